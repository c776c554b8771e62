import Command
import Records
import Settings
import Testing

@testable import Helm

/// Reads releases: kubectl's table, the labels, what a release object may hold, the state of a workload.
struct ReadingTests {

  private func entry(_ line: String, namespace: String? = "default") -> HelmStorage.Entry? {
    HelmStorage.entry(line[...], namespace: namespace)
  }

  @Test func aLineOfTheTable() {
    let found = entry(
      "sh.helm.release.v1.web.v3   helm.sh/release.v1   1     5m56s   "
        + "draft=web,name=web,owner=helm,sh.draft.appversion=,status=deployed,version=3"
    )
    #expect(
      found?.name == "web" && found?.revision == 3 && found?.status == "deployed" && found?.namespace == "default"
        && found?.labels["sh.draft.appversion"] == "")
    let other = entry(
      "team  sh.helm.release.v1.a.b.v1   1   5m   name=a.b,owner=helm,status=failed,version=1", namespace: nil)
    #expect(other?.namespace == "team" && other?.name == "a.b")
  }

  @Test(arguments: [
    "", "sh.helm.release.v1.web.v3", "sh.helm.release.v1.web.v3 x 1 5m <none>",
    "sh.helm.release.v1.web.v3 x 1 5m name=web,status=deployed",
    "other x 1 5m name=web,status=deployed,version=3",
    "sh.helm.release.v1.--all.v3 x 1 5m name=--all,status=deployed,version=3",
    "sh.helm.release.v1.web.v3 x 1 5m name=web,status=deployed,version=4",
    "sh.helm.release.v1.web.v99999999999999999999 x 1 5m name=web,status=deployed,version=99999999999999999999"
  ])
  func aLineThatIsNotARelease(line: String) {
    #expect(entry(line) == nil)
  }

  @Test(arguments: ["web", "a.b", "0", String(repeating: "a", count: 53)]) func releaseNames(name: String) {
    #expect(Name.isRelease(name))
  }
  @Test(arguments: ["", "-x", "x-", "a..b", "A", "a b", "a/b", "--all", "é", String(repeating: "a", count: 54)])
  func noReleaseNames(name: String) { #expect(!Name.isRelease(name)) }

  @Test func labelsAreBelievedForTheirRevision() throws {
    let argument = DraftLabels.argument("web", revision: 3, chart: "web-0.1.0", appVersion: "1.2", now: 7)
    #expect(
      argument
        == "--labels=draft=web,sh.draft.chart=web-0.1.0,sh.draft.appversion=1.2,sh.draft.revision=3,sh.draft.time=7")
    let labels = String(argument.dropFirst(9))
    let own = try #require(entry("sh.helm.release.v1.web.v3 x 1 5m \(labels),name=web,status=deployed,version=3"))
    #expect(
      DraftLabels(own)?.chart == "web-0.1.0" && DraftLabels(own)?.appVersion == "1.2"
        && DraftLabels(own)?.updated.seconds == 7)
    let carriedOver = try #require(
      entry("sh.helm.release.v1.web.v4 x 1 5m \(labels),name=web,status=deployed,version=4"))
    #expect(DraftLabels(carriedOver) == nil)
  }

  @Test(arguments: ["1.0+build", "a b", "-1", "1,draft=evil", String(repeating: "1", count: 64)])
  func valuesThatALabelCannotHoldAreLeftOut(version: String) {
    #expect(
      DraftLabels.argument("web", revision: 3, chart: "web-0.1.0", appVersion: version, now: 7)
        == "--labels=draft=web,sh.draft.revision=none")
  }

  private func stored(_ release: String, name: String = "web") throws -> StoredRelease {
    let entry = HelmStorage.Entry(
      namespace: "default", object: "sh.helm.release.v1.\(name).v1", name: name, revision: 1, status: "deployed")
    // The oldest releases are plain JSON inside base64.
    return try StoredRelease(Base64.encode(Array(release.utf8))[...], entry, kind: .configmaps)
  }

  private func release(templates: String = "[]", files: String = "[]", more: String = "") -> String {
    #"{"name":"web","version":1,"info":{"status":"deployed"},"chart":{"metadata":{"name":"web","version":"1"\#(more)},"values":{"a":1},"templates":\#(templates),"files":\#(files)},"config":{"draft":"web","buildID":7}}"#
  }

  @Test func aStoredChart() throws {
    let chart = try StoredChart(
      try stored(
        release(
          templates: #"[{"name":"templates/a.yaml","data":"aGk="}]"#, files: #"[{"name":"docs/..x/y","data":""}]"#)))
    #expect(chart.files.map(\.path) == ["Chart.yaml", "values.yaml", "templates/a.yaml", "docs/..x/y"])
    #expect(chart.files[2].content == Array("hi".utf8) && chart.files[1].content == Array(#"{"a":1}"#.utf8))
  }

  @Test(arguments: ["../x", "/etc/x", "a/../../x", "", "a//b", "./a", "a/.", "x\\u0000y", "Chart.yaml", "values.yaml"])
  func aPathThatLeadsOut(path: String) throws {
    #expect(throws: HelmError.self) { try StoredChart(try stored(release(files: #"[{"name":"\#(path)","data":""}]"#))) }
  }

  @Test func contextsThatCannotBeRebuilt() throws {
    #expect(throws: HelmError.subchartsLost(name: "web")) {
      try StoredChart(try stored(release(more: #","dependencies":[{"name":"db"}]"#)))
    }
    #expect(throws: HelmError.self) {
      try StoredChart(try stored(#"{"name":"web","version":1,"info":{"status":"deployed"}}"#))
    }
    #expect(throws: HelmError.self) { try StoredChart(try stored(release(files: #"[{"name":"x","data":"*"}]"#))) }
  }

  @Test(arguments: [
    "", "*", "{", "[]", #"{"name":"web"}"#, #"{"name":"other","version":1,"info":{"status":"deployed"}}"#,
    #"{"name":"web","version":2,"info":{"status":"deployed"}}"#
  ])
  func aBodyThatIsNotARelease(body: String) {
    #expect { try stored(body) } throws: { error in
      guard case .unreadableObject(let kind, let name, _, _) = error as? HelmError else { return false }
      return kind == "ConfigMap" && name == "sh.helm.release.v1.web.v1"
    }
  }

  @Test func aTagThatIsANumber() throws { #expect(try stored(release()).buildID == "7") }
}

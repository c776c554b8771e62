import Command
import Records
import Settings
import Testing

@testable import Cluster
@testable import Helm
@testable import Podman
@testable import Releases

/// Releases read back: the table of kubectl, the labels, what a body may hold, how a workload is doing.
struct ReadingTests {
  @Test(arguments: [
    ("2026-11-21T04:31:08Z", 1_795_235_468), ("2026-11-21T04:31:08.123456789Z", 1_795_235_468), ("2026-11-21T05:31:08.5+01:00", 1_795_235_468),
    ("2026-11-20T21:01:08-07:30", 1_795_235_468), ("1970-01-01T00:00:00Z", 0),
  ])
  func instants(text: String, seconds: Int) {
    #expect(Instant(text)?.seconds == seconds)
  }

  @Test(arguments: ["", "2026-11-21", "2026-11-21T04:31:08", "2026-11-21T04:31:08ZZ", "2026-11-21T04:31:08+0100", "xxxx-11-21T04:31:08Z", "2026-11-21T04:31:08.Z+"])
  func noInstants(text: String) {
    #expect(Instant(text) == nil)
  }

  @Test func instantsAreWrittenInOneWay() { #expect(Instant("2026-11-21T05:31:08.5+01:00")?.text == "2026-11-21T04:31:08Z") }

  private func entry(_ line: String, namespace: String? = "default") -> HelmStorage.Entry? { HelmStorage.entry(line[...], namespace: namespace) }

  @Test func aLineOfTheTable() {
    let found = entry("sh.helm.release.v1.web.v3   helm.sh/release.v1   1     5m56s   draft=web,name=web,owner=helm,sh.draft.appversion=,status=deployed,version=3")
    #expect(found?.name == "web" && found?.revision == 3 && found?.status == "deployed" && found?.namespace == "default" && found?.labels["sh.draft.appversion"] == "")
    let other = entry("team  sh.helm.release.v1.a.b.v1   1   5m   name=a.b,owner=helm,status=failed,version=1", namespace: nil)
    #expect(other?.namespace == "team" && other?.name == "a.b")
  }

  @Test(arguments: [
    "", "sh.helm.release.v1.web.v3", "sh.helm.release.v1.web.v3 x 1 5m <none>", "sh.helm.release.v1.web.v3 x 1 5m name=web,status=deployed",
    "other x 1 5m name=web,status=deployed,version=3", "sh.helm.release.v1.--all.v3 x 1 5m name=--all,status=deployed,version=3",
    "sh.helm.release.v1.web.v3 x 1 5m name=web,status=deployed,version=4", "sh.helm.release.v1.web.v99999999999999999999 x 1 5m name=web,status=deployed,version=99999999999999999999",
  ])
  func aLineThatIsNoRelease(line: String) {
    #expect(entry(line) == nil)
  }

  @Test(arguments: ["web", "a.b", "0", String(repeating: "a", count: 53)]) func releaseNames(name: String) { #expect(Name.isRelease(name)) }
  @Test(arguments: ["", "-x", "x-", "a..b", "A", "a b", "a/b", "--all", "é", String(repeating: "a", count: 54)]) func noReleaseNames(name: String) { #expect(!Name.isRelease(name)) }

  @Test func labelsAreBelievedForTheirRevision() throws {
    let argument = DraftLabels.argument("web", revision: 3, chart: "web-0.1.0", appVersion: "1.2", now: 7)
    #expect(argument == "--labels=draft=web,sh.draft.chart=web-0.1.0,sh.draft.appversion=1.2,sh.draft.revision=3,sh.draft.time=7")
    let labels = String(argument.dropFirst(9))
    let own = try #require(entry("sh.helm.release.v1.web.v3 x 1 5m \(labels),name=web,status=deployed,version=3"))
    #expect(DraftLabels(own)?.chart == "web-0.1.0" && DraftLabels(own)?.appVersion == "1.2" && DraftLabels(own)?.updated.seconds == 7)
    let carriedOver = try #require(entry("sh.helm.release.v1.web.v4 x 1 5m \(labels),name=web,status=deployed,version=4"))
    #expect(DraftLabels(carriedOver) == nil)
  }

  @Test(arguments: ["1.0+build", "a b", "-1", "1,draft=evil", String(repeating: "1", count: 64)])
  func whatNoLabelCanSayIsNotSaid(version: String) {
    #expect(DraftLabels.argument("web", revision: 3, chart: "web-0.1.0", appVersion: version, now: 7) == "--labels=draft=web,sh.draft.revision=none")
  }

  private func stored(_ release: String, name: String = "web") throws -> StoredRelease {
    let entry = HelmStorage.Entry(namespace: "default", object: "sh.helm.release.v1.\(name).v1", name: name, revision: 1, status: "deployed")
    // Plain JSON within base64 is what the oldest releases are.
    return try StoredRelease(base64(release)[...], entry, kind: .configmaps)
  }

  private func base64(_ text: String) -> String {
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    var out: [UInt8] = [], bits = 0, count = 0
    for byte in text.utf8 {
      bits = bits << 8 | Int(byte)
      count += 8
      while count >= 6 { count -= 6; out.append(alphabet[bits >> count & 63]) }
    }
    if count > 0 { out.append(alphabet[bits << (6 - count) & 63]) }
    return String(decoding: out, as: UTF8.self)
  }

  private func release(templates: String = "[]", files: String = "[]", more: String = "") -> String {
    #"{"name":"web","version":1,"info":{"status":"deployed"},"chart":{"metadata":{"name":"web","version":"1"\#(more)},"values":{"a":1},"templates":\#(templates),"files":\#(files)},"config":{"draft":"web","buildID":7}}"#
  }

  @Test func aStoredChart() throws {
    let chart = try StoredChart(try stored(release(templates: #"[{"name":"templates/a.yaml","data":"aGk="}]"#, files: #"[{"name":"docs/..x/y","data":""}]"#)))
    #expect(chart.files.map(\.path) == ["Chart.yaml", "values.yaml", "templates/a.yaml", "docs/..x/y"])
    #expect(chart.files[2].content == Array("hi".utf8) && chart.files[1].content == Array(#"{"a":1}"#.utf8))
  }

  @Test(arguments: ["../x", "/etc/x", "a/../../x", "", "a//b", "./a", "a/.", "x\\u0000y", "Chart.yaml", "values.yaml"])
  func aPathThatLeadsOut(path: String) throws {
    #expect(throws: HelmError.self) { try StoredChart(try stored(release(files: #"[{"name":"\#(path)","data":""}]"#))) }
  }

  @Test func whatCannotBeMadeAgain() throws {
    #expect(throws: HelmError.subchartsLost(name: "web")) { try StoredChart(try stored(release(more: #","dependencies":[{"name":"db"}]"#))) }
    #expect(throws: HelmError.self) { try StoredChart(try stored(#"{"name":"web","version":1,"info":{"status":"deployed"}}"#)) }
    #expect(throws: HelmError.self) { try StoredChart(try stored(release(files: #"[{"name":"x","data":"*"}]"#))) }
  }

  @Test(arguments: ["", "*", "{", "[]", #"{"name":"web"}"#, #"{"name":"other","version":1,"info":{"status":"deployed"}}"#, #"{"name":"web","version":2,"info":{"status":"deployed"}}"#])
  func aBodyThatIsNoRelease(body: String) {
    #expect { try stored(body) } throws: { error in
      guard case .unreadableObject(let kind, let name, _, _) = error as? HelmError else { return false }
      return kind == "ConfigMap" && name == "sh.helm.release.v1.web.v1"
    }
  }

  @Test func aTagThatIsANumber() throws { #expect(try stored(release()).buildID == "7") }

  @Test(arguments: [
    (#"{"kind":"Deployment","metadata":{"name":"x","generation":2},"spec":{"replicas":2},"status":{"observedGeneration":2,"replicas":2,"updatedReplicas":2,"readyReplicas":2}}"#, "2/2 true nil"),
    (#"{"kind":"Deployment","metadata":{"name":"x","generation":2},"spec":{"replicas":2},"status":{"observedGeneration":1,"replicas":2,"updatedReplicas":2,"readyReplicas":2}}"#, "2/2 false rolling out"),
    (#"{"kind":"Deployment","metadata":{"name":"x"},"spec":{"replicas":2},"status":{"replicas":3,"updatedReplicas":2,"readyReplicas":2}}"#, "2/2 false rolling out"),
    (#"{"kind":"Deployment","metadata":{"name":"x"},"spec":{},"status":{"replicas":1,"updatedReplicas":1}}"#, "0/1 false not ready"),
    (#"{"kind":"Deployment","metadata":{"name":"x"},"spec":{"replicas":0},"status":{}}"#, "0/0 true nil"),
    (#"{"kind":"Deployment","metadata":{"name":"x"},"spec":{},"status":{"replicas":1,"updatedReplicas":1,"conditions":[{"type":"Progressing","reason":"ProgressDeadlineExceeded"}]}}"#, "0/1 false does not come up"),
    (#"{"kind":"StatefulSet","metadata":{"name":"x"},"spec":{"replicas":3,"updateStrategy":{"rollingUpdate":{"partition":2}}},"status":{"updatedReplicas":1,"readyReplicas":3}}"#, "3/3 true nil"),
    (#"{"kind":"StatefulSet","metadata":{"name":"x"},"spec":{"replicas":3},"status":{"updatedReplicas":1,"readyReplicas":3}}"#, "3/3 false rolling out"),
    (#"{"kind":"DaemonSet","metadata":{"name":"x"},"status":{"desiredNumberScheduled":2,"numberReady":1,"updatedNumberScheduled":2}}"#, "1/2 false not ready"),
    (#"{"kind":"DaemonSet","metadata":{"name":"x"},"status":{"desiredNumberScheduled":0}}"#, "0/0 true nil"),
    (#"{"kind":"Job","metadata":{"name":"x"},"spec":{"completions":2},"status":{"succeeded":1,"active":1}}"#, "1/2 true running"),
    (#"{"kind":"Job","metadata":{"name":"x"},"status":{"conditions":[{"type":"Failed","status":"True","reason":"BackoffLimitExceeded"}]}}"#, "0/1 false BackoffLimitExceeded"),
    (#"{"kind":"Pod","metadata":{"name":"x"},"status":{"phase":"Succeeded"}}"#, "1/1 true nil"),
    (#"{"kind":"Pod","metadata":{"name":"x"},"status":{"phase":"Running","conditions":[{"type":"Ready","status":"False"}]}}"#, "0/1 false not ready"),
    (#"{"kind":"Deployment"}"#, "0/1 false rolling out"),
  ])
  func howAWorkloadIsDoing(object: String, told: String) throws {
    let workload = Status.Workload(try JSON(parsing: object))
    #expect("\(workload.ready)/\(workload.wanted) \(workload.well) \(workload.reason ?? "nil")" == told)
  }

  @Test func podmansReleases() throws {
    let pods = #"""
      [{"Name":"web-2","Status":"Running","Created":"2026-11-21T04:31:08.1Z","Containers":[],"Labels":{"draft":"web","buildID":"b","sh.draft.revision":"2","sh.draft.chart":"web-0.1.0","sh.draft.appversion":""}},
       {"Name":"web-1","Status":"Exited","Containers":[],"Labels":{"draft":"web","sh.draft.revision":"1"}}]
      """#
    let state = try PodmanState(parsing: Array(pods.utf8))
    #expect(state.revisions.map(\.number) == [1, 2] && state.current?.number == 2)
    #expect(state.current?.chart == "web-0.1.0" && state.current?.appVersion == nil && state.current?.created?.text == "2026-11-21T04:31:08Z" && state.current?.buildID == "b")
  }
}

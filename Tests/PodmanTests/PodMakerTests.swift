import Glibc
import Helm
import Records
import Settings
import Testing

@testable import Command
@testable import Podman

/// The podman pods made from a chart.
struct PodMakerTests {
  private let play: Play
  private let home: Home

  init() throws {
    let arguments = try Arguments(parsing: [], options: [])
    let call = Call(name: "draft-release", arguments: arguments, quiet: true, debugging: false)
    let payload = Payload(path: "/nowhere", mediaType: "", digest: "sha256:0", size: 0)
    let image = Image(repository: "web", tag: "7", store: "containers-storage", how: "builder", why: "")
    var settings = Settings(name: "web")
    settings.overridePorts = ["30999:9000"]
    play = Play(
      app: App(name: "web", dir: "/"), image: image, chart: Chart(payload: payload, name: "web", version: "1"),
      settings: settings,
      digest: "sha256:1", timeout: 300, call: call)
    home = try Home()
  }

  private func pods(_ yaml: String, revision: Int = 3, known: [PublishedPort] = []) throws -> [Pod] {
    let rendering = try Rendering(yaml: Array(yaml.utf8), chart: "web", call: nil)
    return try PodMaker(play: play, home: home, revision: revision, known: known).pods(rendering)
  }

  private func deployment(_ container: String, spec: String = "") -> String {
    "kind: Deployment\nmetadata: {name: web}\nspec: {template: {metadata: {labels: {app: web, number: 1}}, spec: "
      + "{\(spec) containers: [{name: c, image: 'web:7', \(container)}]}}}\n"
  }

  @Test func localImageIsNotPulled() throws {
    let container = try #require(
      pods(deployment("imagePullPolicy: Always"))[0].json["spec"]?["containers"]?.array?.first)
    #expect(container["image"] == .string("localhost/web:7"))
    #expect(container["imagePullPolicy"] == .string("Never"))
  }

  @Test func everyPortIsOnLoopback() throws {
    let pod = try pods(
      deployment(
        "ports: [{containerPort: 8080}, {containerPort: 9000, hostIP: 0.0.0.0, hostPort: 80}, {containerPort: 53, "
          + "protocol: UDP}]"
      ))[0]
    let ports = try #require(pod.json["spec"]?["containers"]?.array?.first?["ports"]?.array)
    #expect(ports.allSatisfy { $0["hostIP"] == .string("127.0.0.1") })
    #expect(ports[1]["hostPort"] == .integer(30999))
    #expect(Set(pod.ports.map(\.host)).count == 3)
  }

  @Test func portStaysTheSame() throws {
    let first = try pods(deployment("ports: [{containerPort: 8080}]"))[0].ports
    #expect(try pods(deployment("ports: [{containerPort: 8080}]"), revision: 4)[0].ports == first)
    var moved = first
    moved[0].host = 29_999
    #expect(try pods(deployment("ports: [{containerPort: 8080}]"), known: moved)[0].ports == moved)
  }

  @Test func portsOfAServiceServeAContainerThatDeclaresNone() throws {
    let service =
      "---\nkind: Service\nmetadata: {name: web}\nspec: {selector: {app: web}, ports: [{port: 80, targetPort: 5000}]}\n"
    #expect(try pods(deployment("") + service)[0].ports.map(\.container) == [5000])
    #expect(try pods(deployment("") + service.replacing("app: web", with: "app: other"))[0].ports.isEmpty)
  }

  @Test func labelsTellTheRelease() throws {
    let labels = try #require(
      pods(deployment("ports: [{containerPort: 8080, name: http}]"))[0].json["metadata"]?["labels"])
    #expect(labels["draft"] == .string("web"))
    #expect(labels["number"] == .string("1"))
    #expect(labels["sh.draft.digest"] == .string(play.digest))
    let port = try #require(labels["sh.draft.ports"]?.string.flatMap { PublishedPort(label: $0[...]) })
    #expect(port.container == 8080 && port.name == "http" && port.url == "http://127.0.0.1:\(port.host)/")
  }

  @Test func probesAndSchedulingGo() throws {
    let pod = try pods(
      deployment("livenessProbe: {httpGet: {path: /}}", spec: "serviceAccountName: x, nodeSelector: {a: b},"))[0]
    #expect(pod.json["spec"]?["serviceAccountName"] == nil)
    #expect(pod.json["spec"]?["nodeSelector"] == nil)
    #expect(pod.json["spec"]?["containers"]?.array?.first?["livenessProbe"] == nil)
  }

  @Test func scratchVolumesAreTheirPodsOwn() throws {
    let pod = try pods(
      deployment(
        "volumeMounts: [{name: tmp, mountPath: /tmp}, {name: data, mountPath: /data}]",
        spec: "volumes: [{name: tmp, emptyDir: {}}, {name: data, persistentVolumeClaim: {claimName: web}}],"))[0]
    #expect(pod.json["spec"]?["volumes"]?.array?.map { $0["name"] } == [.string("web-3-tmp"), .string("data")])
    #expect(
      pod.json["spec"]?["containers"]?.array?.first?["volumeMounts"]?.array?.map { $0["name"] } == [
        .string("web-3-tmp"), .string("data")
      ])
  }

  @Test func variablesAreFilledIn() throws {
    let maps =
      "---\nkind: ConfigMap\nmetadata: {name: m}\ndata: {A: one, B: two}\n---\nkind: Secret\nmetadata: {name: "
      + "s}\ndata: {P: aGk=}\nstringData: {Q: plain}\n"
    let env =
      "envFrom: [{configMapRef: {name: m}, prefix: X_}, {secretRef: {name: s}}, {secretRef: {name: outside}}], env: "
      + "[{name: X_A, value: mine}, {name: K, valueFrom: {secretKeyRef: {name: s, key: Q}}}, {name: IP, valueFrom: "
      + "{fieldRef: {fieldPath: status.podIP}}}, {name: SELF, valueFrom: {fieldRef: {fieldPath: metadata.name}}}]"
    let container = try #require(pods(deployment(env) + maps)[0].json["spec"]?["containers"]?.array?.first)
    #expect(
      container["env"]?.array?.map { "\($0["name"]?.string ?? "")=\($0["value"]?.string ?? "")" } == [
        "X_B=two", "P=hi", "Q=plain", "X_A=mine", "K=plain", "SELF=web-3"
      ])
    #expect(container["envFrom"]?.array?.count == 1)
    #expect(throws: HelmError.self) {
      try pods(deployment("env: [{name: K, valueFrom: {secretKeyRef: {name: s, key: none}}}]") + maps)
    }
  }

  @Test func hostilePathInAVolumeIsRejected() throws {
    let maps = "---\nkind: ConfigMap\nmetadata: {name: m}\ndata: {A: one}\n"
    for path in ["../x", "/etc/x", "a/../../x", ""] {
      #expect(throws: HelmError.self) {
        try pods(
          deployment("", spec: "volumes: [{name: v, configMap: {name: m, items: [{key: A, path: '\(path)'}]}}],") + maps
        )
      }
    }
  }

  @Test func hooksAreLeftOutAndSoIsWhatCannotRun() throws {
    let test = "---\nkind: Pod\nmetadata: {name: test, annotations: {helm.sh/hook: test}}\nspec: {containers: []}\n"
    #expect(try pods(deployment("") + test).map(\.name) == ["web-3"])
    #expect(throws: PodmanError.nothingToRun(chart: "web")) { try pods("kind: Service\nmetadata: {name: web}\n") }
    #expect(throws: PodmanError.nothingToRun(chart: "web")) {
      try pods(deployment("").replacing("template:", with: "replicas: 0, template:"))
    }
  }

  @Test func referencesAreFilledIn() throws {
    let maps = "---\nkind: ConfigMap\nmetadata: {name: m}\ndata: {RAW: '$(A)', FROM: map}\n"
    let container = try #require(
      pods(
        deployment(
          """
          envFrom: [{configMapRef: {name: m}}],
          env: [{name: A, value: one}, {name: B, value: 'x$(A)$(LATER)$$(A)$(FROM)'}, {name: LATER, value: '$(B)'}, {name: A, value: '$(A)!'},
            {name: OUT, valueFrom: {secretKeyRef: {name: outside, key: k}}}, {name: P, value: '$(OUT)'}, {name: LABEL, valueFrom: {fieldRef: {fieldPath: "metadata.labels['app']"}}}],
          command: ['$(RAW)', '$(NONE)'], args: ['$(A)$(LABEL)']
          """) + maps)[0].json["spec"]?["containers"]?.array?.first)
    let values = container["env"]?.array?.map { "\($0["name"]?.string ?? "")=\($0["value"]?.string ?? "?")" }
    #expect(
      values == [
        "FROM=map", "RAW=$(A)", "B=xone$(LATER)$(A)map", "LATER=xone$(LATER)$(A)map", "A=one!", "OUT=?", "P=$(OUT)",
        "LABEL=web"
      ])
    #expect(container["command"] == .strings(["$(A)", "$(NONE)"]))
    #expect(container["args"] == .strings(["one!web"]))
  }

  @Test func aSidecarIsAContainerAndInitContainersAreNotRepeated() throws {
    let pod = try pods(
      deployment(
        "",
        spec: """
          terminationGracePeriodSeconds: 60, initContainers: [{name: a, image: x}, {name: s, image: x, restartPolicy: Always, startupProbe: {tcpSocket: {port: 1}},
            ports: [{containerPort: 7}]}, {name: b, image: x}],
          """))[0]
    #expect(
      pod.first.map { "\($0.name) \($0.stays) \($0.probe == nil)" } == ["a false true", "s true false", "b false true"])
    #expect(pod.containers == ["s", "c"])
    #expect(pod.json["spec"]?["initContainers"]?.array?.map { $0["name"]?.string } == ["a", "b"])
    #expect(pod.json["spec"]?["restartPolicy"] == .string("OnFailure"))
    #expect(pod.ports.map(\.container) == [7])
    #expect(pod.json["metadata"]?["labels"]?["sh.draft.grace"] == .string("60"))
    let plain = try pods(deployment("", spec: "initContainers: [{name: s, image: x, restartPolicy: Always}],"))[0]
    #expect(plain.json["spec"]?["restartPolicy"] == nil)
    #expect(plain.json["spec"]?["initContainers"] == nil)
  }

  @Test func volumesAreWhatPodmanHas() throws {
    let maps = "---\nkind: ConfigMap\nmetadata: {name: m}\ndata: {A: one, run.sh: two}\n"
    let pod = try pods(
      deployment(
        """
        volumeMounts: [{name: m, mountPath: /etc/x, subPath: A}, {name: p, mountPath: /p}, {name: e, mountPath: /e, subPath: d}, {name: nf, mountPath: /nf}, {name: c, mountPath: /c}]
        """,
        spec: """
          volumes: [{name: m, configMap: {name: m, defaultMode: 0755}}, {name: e, emptyDir: {}}, {name: nf, nfs: {server: a, path: /}},
            {name: o, secret: {secretName: none, optional: true}}, {name: c, persistentVolumeClaim: {claimName: c, readOnly: true}},
            {name: p, projected: {sources: [{configMap: {name: m, items: [{key: A, path: sub/a, mode: 0400}]}}, {downwardAPI: {items: [{path: l, fieldRef: {fieldPath: metadata.labels}}]}}]}}],
          """) + maps)[0]
    let volumes = Dictionary(
      uniqueKeysWithValues: (pod.json["spec"]?["volumes"]?.array ?? []).map { ($0["name"]?.string ?? "", $0) })
    let map = try #require(volumes["m"]?["hostPath"]?["path"]?.string)
    #expect(try Files.readText(map + "/run.sh") == "two")
    #expect(access(map + "/run.sh", X_OK) == 0)
    let projected = try #require(volumes["p"]?["hostPath"]?["path"]?.string)
    #expect(try Files.readText(projected + "/sub/a") == "one")
    #expect(try Files.readText(projected + "/l") == "app=\"web\"\nnumber=\"1\"")
    #expect(["web-3-e", "web-3-nf", "web-3-o"].allSatisfy { volumes[$0]?["emptyDir"] != nil })
    let mounts = try #require(pod.json["spec"]?["containers"]?.array?.first?["volumeMounts"]?.array)
    #expect(mounts.allSatisfy { $0["subPath"] == nil })
    #expect(volumes[mounts[0]["name"]?.string ?? ""]?["hostPath"]?["path"]?.string == map + "/A")
    #expect(mounts[4]["readOnly"] == .bool(true))
    #expect(throws: HelmError.self) {
      try pods(
        deployment(
          "volumeMounts: [{name: m, mountPath: /x, subPath: ../../y}]",
          spec: "volumes: [{name: m, configMap: {name: m}}],") + maps)
    }
  }

  @Test func filesThatNoPodMountsGo() throws {
    let parent = try Temporary.directory(in: "/tmp")
    defer { Temporary.remove(parent) }
    let home = Home(path: parent), names = (10..<40).map { "\($0)" }
    for name in names { try Files.makeDirectories(parent + "/volumes/" + name) }
    let later = time(nil) + 100_000
    func pods(_ labels: String) throws -> [JSON] { try JSON(parsing: "[{\"Labels\":{\(labels)}}]").array ?? [] }
    func left() throws -> [String] { try Files.list(parent + "/volumes").sorted() }
    MountedFiles.prune(home: home, seconds: 1, now: later) { _ in try pods("\"sh.draft.revision\":\"1\"") }
    #expect(try left() == names)
    MountedFiles.prune(home: home, seconds: 1) { _ in [] }
    #expect(try left() == names)
    MountedFiles.prune(home: home, seconds: 1, now: later) { _ in throw PodmanError.noRelease(name: "") }
    #expect(try left() == names)
    MountedFiles.prune(home: home, seconds: 1, now: later) { _ in try pods("\"sh.draft.files\":\"11 39\"") }
    #expect(try left() == ["11", "39"])
  }

  @Test func aMissingHostPathIsCreated() throws {
    let volumes =
      "volumes: [{name: a, hostPath: {path: /nowhere/x}}, {name: b, hostPath: {path: /etc}}, {name: c, hostPath: "
      + "{path: /nowhere/x, type: File}}],"
    let types = try pods(deployment("", spec: volumes))[0].json["spec"]?["volumes"]?.array?.map {
      $0["hostPath"]?["type"]?.string
    }
    #expect(types == ["DirectoryOrCreate", nil, "File"])
  }
}

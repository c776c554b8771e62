import Command
import Records

/// The revisions of a release that podman has, read back from the labels of their pods:
///
///     draft=web  buildID=TAG  sh.draft.namespace=default  sh.draft.revision=3  sh.draft.pods=1  sh.draft.digest=sha256:…
///     sh.draft.ports=web/8080/tcp/http=20417 …  sh.draft.objects=Deployment/web …
struct PodmanState {
  struct Revision: Equatable {
    var number: Int
    var digest: String
    var pods: [(name: String, status: String, containers: [String])]
    /// How many pods the revision has when it is whole.
    var expected: Int
    var ports: [PublishedPort]
    var objects: [String]

    var isRunning: Bool { pods.count == expected && pods.allSatisfy { $0.status == "Running" } }

    static func == (left: Revision, right: Revision) -> Bool { left.number == right.number && left.digest == right.digest }
  }

  /// By number.
  var revisions: [Revision]

  /// What answers now; else, when nothing runs, the newest that was started. A revision that was only created never answered.
  var current: Revision? {
    revisions.last { $0.isRunning } ?? revisions.last { $0.pods.count == $0.expected && !$0.pods.contains { $0.status == "Created" } }
  }

  static func read(_ app: App) throws -> PodmanState {
    let result = try Child.run(
      ["podman", "pod", "ps", "--format=json", "--filter=label=draft=\(app.name)", "--filter=label=sh.draft.namespace=\(app.namespace)"],
      output: .capture, errors: .capture)
    guard result.succeeded else { throw PodmanFailure.error(result.errorText, doing: "list its pods") }
    return try PodmanState(parsing: result.output)
  }

  init(parsing bytes: [UInt8]) throws {
    let list: JSON
    do { list = bytes.isEmpty ? .array([]) : try JSON(parsing: bytes) } catch {
      throw ReleaseError.podman(doing: "list its pods", said: error.reason)
    }
    var byNumber: [Int: Revision] = [:]
    for pod in list.array ?? [] {
      guard let name = pod["Name"]?.string, let labels = pod["Labels"], let number = labels["sh.draft.revision"]?.string.flatMap({ Int($0) }) else { continue }
      let containers = (pod["Containers"]?.array ?? []).filter { $0["Names"]?.string?.hasSuffix("-infra") == false }.compactMap { $0["Id"]?.string }
      var revision = byNumber[number] ?? Revision(
        number: number, digest: labels["sh.draft.digest"]?.string ?? "", pods: [], expected: labels["sh.draft.pods"]?.string.flatMap { Int($0) } ?? 1,
        ports: [], objects: labels["sh.draft.objects"]?.string?.split(separator: " ").map(String.init) ?? [])
      revision.pods.append((name, pod["Status"]?.string ?? "", containers))
      revision.ports += (labels["sh.draft.ports"]?.string ?? "").split(separator: " ").compactMap { PublishedPort(label: $0) }
      byNumber[number] = revision
    }
    revisions = byNumber.values.sorted { $0.number < $1.number }
    for index in revisions.indices { revisions[index].pods.sort { $0.name < $1.name }; revisions[index].ports.sort { $0.order < $1.order } }
  }
}

import Cluster
import Command
import Helm
import Records
import Settings

/// The revisions of a release that podman has, read from the labels of their pods:
///
///     draft=web  buildID=TAG  sh.draft.namespace=default  sh.draft.revision=3  sh.draft.pods=1
///     sh.draft.digest=sha256:…
///     sh.draft.chart=web-0.1.0  sh.draft.appversion=1.2  sh.draft.ports=web/8080/tcp/http=20417 …
///     sh.draft.objects=Deployment/web …
///     sh.draft.by=ann@laptop:/home/ann/web  sh.draft.grace=60  sh.draft.scratch=web-3-tmp
///     sh.draft.files=SHA-256 …
package struct PodmanState {
  package struct Revision: Equatable {
    package var number: Int
    package var digest: String
    package var pods: [(name: String, status: String, containers: [String])]
    /// How many pods the complete revision has.
    var expected: Int
    package var ports: [PublishedPort]
    package var objects: [String]
    /// `web-0.1.0`; nil for a revision of an older draft that did not record it.
    package var chart: String?
    package var appVersion: String?
    package var created: Instant?
    package var buildID: String?
    /// ``Author``
    package var by: String?
    /// Seconds its containers have to stop, if the chart sets them.
    package var grace: Int?
    /// Volumes that are removed with its pods.
    package var scratch: [String] = []

    package var isRunning: Bool { pods.count == expected && pods.allSatisfy { $0.status == "Running" } }
    /// Whether all its pods exist and were started.
    package var wasStarted: Bool { pods.count == expected && !pods.contains { $0.status == "Created" } }

    package static func == (left: Revision, right: Revision) -> Bool {
      left.number == right.number && left.digest == right.digest
    }
  }

  /// In order of their number.
  package var revisions: [Revision]

  /// The revision that runs; if none does, the newest that was started. A revision that was only created never
  /// answered.
  package var current: Revision? {
    revisions.last { $0.isRunning } ?? revisions.last(where: \.wasStarted)
  }

  /// The revision to return to when a new one fails to start. A revision is known to have been ready if there is none
  /// before it; as long as there is, the newer one counts only if it is ready now.
  package func standing(isReady: (Revision) throws -> Bool) rethrows -> Revision? {
    let started = revisions.filter(\.wasStarted)
    guard started.count > 1 else { return started.first }
    return try started.last { try $0.isRunning && isReady($0) } ?? started.first
  }

  /// The newest revision in any state, to see whose release it is.
  package var newest: Revision? { current ?? revisions.last }

  package static func read(_ app: App, seconds: Int = Podman.patience) throws -> PodmanState {
    let result = try Podman.run(
      [
        "pod", "ps", "--format=json", "--filter=label=draft=\(app.name)",
        "--filter=label=sh.draft.namespace=\(app.namespace)"
      ],
      seconds: seconds, doing: "list its pods")
    guard result.succeeded else { throw PodmanFailure.error(result.errorText, doing: "list its pods") }
    return try PodmanState(parsing: result.output)
  }

  package init(parsing bytes: [UInt8]) throws { self.init(pods: try PodmanState.pods(bytes)) }

  private static func pods(_ bytes: [UInt8]) throws -> [JSON] {
    do { return bytes.isEmpty ? [] : try JSON(parsing: bytes).array ?? [] } catch {
      throw PodmanError.podman(doing: "list its pods", said: error.reason)
    }
  }

  /// Every release that podman has, in one namespace or (nil) in all, by namespace and name.
  package static func list(namespace: String?) throws -> [(name: String, namespace: String, state: PodmanState)] {
    let result = try Podman.run(
      ["pod", "ps", "--format=json", "--filter=label=sh.draft.namespace\(namespace.map { "=\($0)" } ?? "")"],
      doing: "list its pods")
    guard result.succeeded else { throw PodmanFailure.error(result.errorText, doing: "list its pods") }
    var found: [String: (name: String, namespace: String, pods: [JSON])] = [:]
    for pod in try pods(result.output) {
      guard let name = pod["Labels"]?["draft"]?.string, Name.isRelease(name),
        let namespace = pod["Labels"]?["sh.draft.namespace"]?.string
      else { continue }
      found["\(namespace)/\(name)", default: (name, namespace, [])].pods.append(pod)
    }
    return found.sorted { ($0.value.namespace, $0.value.name) < ($1.value.namespace, $1.value.name) }.map {
      ($0.value.name, $0.value.namespace, PodmanState(pods: $0.value.pods))
    }
  }

  private init(pods: [JSON]) {
    var byNumber: [Int: Revision] = [:]
    for pod in pods {
      guard let name = pod["Name"]?.string, let labels = pod["Labels"],
        let number = labels["sh.draft.revision"]?.string.flatMap({ Number.whole($0) })
      else { continue }
      let all = (pod["Containers"]?.array ?? []).compactMap { $0["Names"]?.string }
      let containers = all.filter { !$0.hasSuffix("-infra") }
      var revision =
        byNumber[number]
        ?? Revision(
          number: number, digest: labels["sh.draft.digest"]?.string ?? "", pods: [],
          expected: labels["sh.draft.pods"]?.string.flatMap { Number.whole($0) } ?? 1,
          ports: [], objects: labels["sh.draft.objects"]?.string?.split(separator: " ").map(String.init) ?? [],
          chart: labels["sh.draft.chart"]?.string,
          appVersion: labels["sh.draft.appversion"]?.string.flatMap { $0.isEmpty ? nil : $0 },
          created: pod["Created"]?.string.flatMap { Instant($0) },
          buildID: labels["buildID"]?.string, by: labels["sh.draft.by"]?.string.map(Author.cleaned),
          grace: labels["sh.draft.grace"]?.string.flatMap { Int($0) }.map { min(max($0, 0), 86_400) })
      revision.pods.append((name, pod["Status"]?.string ?? "", containers))
      revision.ports += (labels["sh.draft.ports"]?.string ?? "").split(separator: " ").compactMap {
        PublishedPort(label: $0)
      }
      revision.scratch += (labels["sh.draft.scratch"]?.string ?? "").split(separator: " ").map(String.init).filter {
        $0.hasPrefix(name + "-")
      }
      byNumber[number] = revision
    }
    revisions = byNumber.values.sorted { $0.number < $1.number }
    for index in revisions.indices {
      revisions[index].pods.sort { $0.name < $1.name }; revisions[index].ports.sort { $0.order < $1.order }
    }
  }
}

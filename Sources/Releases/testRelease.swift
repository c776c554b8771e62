import Cluster
import Command
import Glibc
import Helm
import Records
import Settings
import YAML

/// Runs the tests of a release by `helm test`: the hooks of its chart that are made for that, one after another until
/// one fails. The pods are watched meanwhile, and their logs passed on, for helm removes them when a chart says so.
/// https://helm.sh/docs/topics/chart_tests/
/// - Parameters:
///   - record: a line with `app`.
///   - timeout: seconds for each test.
/// - Returns: a result for each pod that was run, in the order of the tests; none if the chart has no tests.
/// - Throws: ``HelmError`` if there is no such release, or helm cannot run them.
package func testRelease(_ record: Record, timeout: Int, home: Home, call: Call) throws -> [ChartTest] {
  let subject = try Subject(record, call: call, reading: false)
  guard case .helm(let context) = subject.engine else { throw ReleaseError.noTests(name: subject.name) }
  let storage = try HelmStorage(context: context, call: call)
  let before = try storage.read(subject.name, namespace: subject.namespace)
  let hooks = TestHook.all(in: before, namespace: subject.namespace)
  guard !hooks.isEmpty else {
    call.warn("release '\(subject.name)' has no tests\n  they are objects with the annotation 'helm.sh/hook: test'")
    return []
  }
  let kubectl = Kubectl(context: context, call: call), pods = TestPods(kubectl)
  let workloads = hooks.compactMap(\.workload)
  try PodWatch(kubectl: kubectl) { pods.take($0, $1) }.add(workloads)
  pods.begin()

  let lock = try ReleaseLock(home: home, app: subject.app, engine: subject.engine)
  let helm = HelmProgram(context: context, namespace: subject.namespace, lock: lock.descriptor, call: call)
  call.say("Testing \(subject.name)")
  let result = try helm.started(["test", subject.name, "--timeout=\(timeout)s"])
  let after = TestHook.all(
    in: try storage.read(subject.name, namespace: subject.namespace), namespace: subject.namespace)
  pods.finish(workloads)

  var done: [ChartTest] = [], failed = false
  for hook in after where !hooks.contains(where: { $0.name == hook.name && $0.started == hook.started }) {
    let found = hook.workload.map { pods.all(of: $0) } ?? []
    let isFailure = hook.phase != "Succeeded"
    failed = failed || isFailure
    for pod in found { done.append(hook.result(pod, of: before, said: isFailure ? result : nil)) }
    // A failure without a pod: one that cannot be created, or a hook of another kind.
    if isFailure, found.isEmpty { done.append(hook.result(nil, of: before, said: result)) }
  }
  if !result.succeeded, !failed {
    throw HelmFailure(result.errorText).clusterError(context: context, doing: "test '\(subject.name)'")
  }
  let rest = after.count { hook in hooks.contains { $0.name == hook.name && $0.started == hook.started } }
  if rest > 0 { call.warn("\(rest) of \(after.count) tests of '\(subject.name)' were not run, because one failed") }
  return done
}

/// A hook for `helm test`, as it is stored with the release.
private struct TestHook {
  /// `Pod/web-test`
  let name: String
  let workload: Workload?
  let phase: String
  /// Of its last run.
  let started: String?
  let finished: String?

  static func all(in stored: StoredRelease, namespace: String) -> [TestHook] {
    (stored.json["hooks"]?.array ?? []).compactMap { hook in
      guard hook["events"]?.array?.contains(where: { ["test", "test-success"].contains($0.string) }) ?? false,
        let kind = hook["kind"]?.string, let name = hook["name"]?.string, isObjectName(name)
      else { return nil }
      let objects = hook["manifest"]?.string.flatMap { try? json(stream: Array($0.utf8)) } ?? []
      func time(_ key: String) -> String? { hook["last_run"]?[key]?.string.flatMap { $0.isEmpty ? nil : $0 } }
      return TestHook(
        name: "\(kind)/\(name)".harmless, workload: Workload.all(in: objects, namespace: namespace).first,
        phase: hook["last_run"]?["phase"]?.string ?? "", started: time("started_at"), finished: time("completed_at"))
    }
  }

  /// - Parameter said: what helm answered, for a test that failed.
  func result(_ found: TestPods.Found?, of release: StoredRelease, said: Child.Result?) -> ChartTest {
    let pod = found?.pod
    // A pod that was removed may not have been seen to end.
    let isOver = pod?.isOver ?? false
    var test = ChartTest(chart: release.chart, values: nil, passed: said == nil, objects: nil, message: nil)
    test.release = "\(release.namespace)/\(release.name)"
    test.pod = pod?.name ?? String(name.drop { $0 != "/" }.dropFirst())
    test.phase = isOver ? pod?.phase : pod == nil || workload?.name.hasPrefix("Pod/") ?? false ? phase : pod?.phase
    let ends = (pod?.containers ?? []).compactMap(\.end)
    test.code = pod?.failed?.code ?? (ends.isEmpty ? nil : 0)
    test.started = ends.compactMap(\.started).min() ?? started
    test.finished = ends.compactMap(\.finished).max() ?? finished
    test.log = found?.log
    if let said {
      let failure = pod?.failed.map {
        "container '\($0.name)' exited with status \($0.code)" + ($0.reason.map { ": \($0)" } ?? "")
      }
      // `1 error occurred: * timed out waiting for the condition`
      let words = HelmFailure(said.errorText).said
      let plain = words.firstRange(of: "* ").map { String(words[$0.upperBound...]) } ?? words
      let reason = pod.flatMap { $0.isOver || $0.reason == "not ready" ? nil : $0.namedReason }
      test.message = failure ?? (plain.trimmed + (reason.map { "; \($0)" } ?? "")).harmless
    }
    return test
  }
}

/// The pods of tests as they come and go, and their logs.
private final class TestPods: @unchecked Sendable {
  struct Found {
    var pod: ClusterPod
    var log: String?
  }

  private struct Log {
    var lines: [String] = []
    var size = 0
    var isCut = false
  }

  /// Bytes of a log that are kept: its end.
  private static let limit = 16_384

  private let kubectl: Kubectl
  private let lock = Lock()
  /// By workload, in the order in which they came.
  private var pods: [String: [ClusterPod]] = [:]
  /// Those of earlier runs.
  private var old: Set<String> = []
  private var hasBegun = false
  private var logs: [String: Log] = [:]
  private var handles: [String: Child.Handle] = [:]
  private var reading = 0

  init(_ kubectl: Kubectl) { self.kubectl = kubectl }

  /// What is there by now is of an earlier run.
  func begin() {
    lock.locked {
      old = Set(pods.values.flatMap { $0 }.map(\.uid))
      pods = [:]
      hasBegun = true
    }
  }

  func take(_ workload: Workload, _ now: [ClusterPod]) {
    lock.locked {
      for pod in now where !old.contains(pod.uid) {
        var list = pods[workload.key] ?? []
        if let place = list.firstIndex(where: { $0.uid == pod.uid }) { list[place] = pod } else { list.append(pod) }
        pods[workload.key] = list
        guard hasBegun else { continue }
        for container in pod.containers where container.id != nil {
          let key = "\(pod.uid)/\(container.name)", handle = Child.Handle()
          guard handles[key] == nil else { continue }
          handles[key] = handle
          logs[key] = Log()
          reading += 1
          Thread.detach { [self] in
            follow(pod, container.name, namespace: workload.namespace, handle)
            lock.locked {
              reading -= 1
              lock.broadcast()
            }
          }
        }
      }
    }
  }

  /// Stops reading the logs of a pod, or all of them.
  private func stop(_ pod: String) {
    for (key, handle) in lock.locked({ handles }) where key.hasPrefix(pod) { handle.stop() }
  }

  /// Asks once more how they are, and waits until their logs are read: they end with the pods.
  func finish(_ workloads: [Workload]) {
    for workload in workloads {
      let path = "/api/v1/namespaces/\(workload.namespace)/pods?\(workload.query)"
      if let list = try? kubectl.get(path, doing: "look at the tests") { take(workload, ClusterPod.all(in: list)) }
    }
    // A test that takes too long goes on after helm has given up.
    for pod in lock.locked({ pods.values.flatMap { $0 } }) where !pod.isOver && !pod.isEnding { stop(pod.uid) }
    Thread.detach { [self] in
      usleep(10_000_000)
      stop("")
    }
    lock.locked { while reading > 0 { lock.wait() } }
  }

  func all(of workload: Workload) -> [Found] {
    lock.locked {
      (pods[workload.key] ?? []).map { pod in
        let parts = pod.containers.compactMap { container in
          logs["\(pod.uid)/\(container.name)"].map { ($0.isCut ? "…\n" : "") + $0.lines.joined() }
        }
        let log = parts.joined()
        return Found(pod: pod, log: log.isEmpty ? nil : log)
      }
    }
  }

  private func follow(_ pod: ClusterPod, _ container: String, namespace: String, _ handle: Child.Handle) {
    let words = kubectl.words(
      ["logs", "--follow", "--container=\(container)"], namespace: namespace, operands: [pod.name])
    let key = "\(pod.uid)/\(container)", prefix = "[\(pod.name)/\(container)]: "
    let call = kubectl.call
    let result = try? Kubectl.run(
      words,
      output: .lines { [self] line in
        let line = line.utf8.last == 0x0A ? line : line + "\n"
        lock.locked { add(line, to: key) }
        if !call.quiet { call.pass((prefix + line.dropLast()).harmless + "\n") }
      }, handle: handle, call: call)
    if result?.succeeded != true { call.debug("the log of \(pod.name) ended: \(result?.errorText.trimmed ?? "")") }
  }

  private func add(_ line: String, to key: String) {
    guard var log = logs[key] else { return }
    log.lines.append(line)
    log.size &+= line.utf8.count
    while log.size > TestPods.limit, log.lines.count > 1 {
      log.size -= log.lines.removeFirst().utf8.count
      log.isCut = true
    }
    if log.size > TestPods.limit, let line = log.lines.first {
      log.lines = [String(decoding: line.utf8.suffix(TestPods.limit), as: UTF8.self)]
      (log.size, log.isCut) = (TestPods.limit, true)
    }
    logs[key] = log
  }
}

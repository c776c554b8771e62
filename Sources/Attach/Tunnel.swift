import CSystem
import Cluster
import Command
import Glibc
import Podman
import Records

/// A `kubectl port-forward` to one pod, from free local ports.
final class Tunnel: @unchecked Sendable {
  let pod: ClusterPod
  private let remotes: [Int]
  private let handle = Child.Handle()
  private let lock = Lock()
  private var locals: [Int: Int] = [:]
  private var milliseconds: Int32 = 0
  private var words = ""
  private var hasEnded = false

  /// - Parameter ended: called when the program has ended, on its thread.
  init(to pod: ClusterPod, remotes: [Int], namespace: String, kubectl: Kubectl, ended: @escaping @Sendable () -> Void) {
    self.pod = pod
    self.remotes = remotes
    let words = kubectl.words(
      ["port-forward", "--address=127.0.0.1"], namespace: namespace,
      operands: ["pod/\(pod.name)"] + remotes.map { ":\($0)" })
    let began = csystem_nanoseconds()
    Thread.detach { [self] in
      _ = try? Kubectl.run(
        words, output: .lines { [self] in opened($0, began) }, errors: .lines { [self] in said($0) }, handle: handle,
        call: kubectl.call)
      if !lastWords.isEmpty { kubectl.call.debug("\(pod.name): \(lastWords)") }
      lock.locked { hasEnded = true }
      ended()
    }
  }

  func stop() { handle.stop() }

  /// Whether every port is open.
  var isOpen: Bool { lock.locked { !hasEnded && locals.count == remotes.count } }

  var isOver: Bool { lock.locked { hasEnded } }

  /// The last line the program printed.
  var lastWords: String { lock.locked { words } }

  /// The local port that is forwarded to a port of the pod.
  func local(_ remote: Int) -> Int? { lock.locked { hasEnded ? nil : locals[remote] } }

  /// Whether the pod accepts connections at these ports. kubectl accepts them before it has asked the pod, and drops
  /// them if the pod refuses. That happens within a third of the time the tunnel took to open, which included six round
  /// trips to the cluster: two TLS connections, with a request on each.
  func answers(at remotes: [Int]) -> Bool {
    let patience = lock.locked { milliseconds }
    return remotes.allSatisfy { remote in local(remote).map { Loopback.answers($0, keeping: patience) } ?? false }
  }

  /// `Forwarding from 127.0.0.1:55139 -> 8080`
  private func opened(_ line: String, _ began: UInt64) {
    let words = line.split { $0 == " " || $0 == "\n" }
    guard words.count == 5, words[0] == "Forwarding", let local = Number.port(words[2].drop { $0 != ":" }.dropFirst()),
      let remote = Number.port(words[4])
    else { return }
    lock.locked {
      locals[remote] = local
      milliseconds = max(50, Int32(clamping: (csystem_nanoseconds() - began) / 3_000_000))
    }
  }

  private func said(_ line: String) {
    if !line.trimmed.isEmpty { lock.locked { words = line.trimmed } }
  }
}

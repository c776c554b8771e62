import CSystem
import Cluster
import Command
import Glibc
import Images
import Records

/// A running container that files are copied into.
struct SyncTarget: Equatable, Sendable {
  var pod: String
  var container: String
  var id: String
  var image: String
  /// Absolute paths where volumes are mounted.
  var mounts: [String]
  /// Whether its root file system is read-only.
  var isReadOnly: Bool

  var place: String { "container '\(container)' of pod '\(pod)'" }
}

/// Copies changes into one container by `kubectl exec`: a shell checks the directories and removes files, tar unpacks
/// an archive, and process 1 gets a signal if one is wanted.
///
/// The shell is the same for every container and reads all it needs from standard input, so it can be started before
/// there is anything to copy: starting it takes most of the time.
final class ContainerCopy: @unchecked Sendable {
  enum Outcome: Sendable {
    /// `start` identifies this run of the container.
    case done(start: String)
    /// The container has restarted since, and has the files of its image again.
    case restarted
    case failed(String)
  }

  /// The signals that can be sent, with their numbers on Linux: those that a process which handles them survives.
  static let signals: KeyValuePairs = ["HUP": 1, "USR1": 10, "USR2": 12, "WINCH": 28]

  /// Reads the lines OWNER, START, SIGNAL and its NUMBER; then `=PATH` for each directory and `-PATH` for each file to
  /// remove, with printf's escapes; an empty line; and the archive. Nothing is changed before all checks have passed.
  ///
  /// The start time of process 1, field 22 of its stat file, changes when the container restarts. A directory must not
  /// be reached through a symbolic link, or files would be written outside the places the Dockerfile names. Root needs
  /// a capability to change the owner of a file, and not every tar reports that it could not.
  private static let script = #"""
    IFS= read -r owner && IFS= read -r start && IFS= read -r signal && IFS= read -r number || exit 90
    fail() { printf '%s\n' "$2" >&2; exit "$1"; }
    bit() { # FILE FIELD NUMBER
      mask=0
      while read -r key value; do [ "$key" != "$2:" ] || mask=$value; done <"$1"
      while [ ${#mask} -gt 8 ]; do mask=${mask#?}; done
      [ $((0x$mask >> $3 & 1)) = 1 ]
    }
    read -r status </proc/1/stat || exit 90
    now=$(set -f; set -- ${status##*)}; shift 19; echo "$1")
    [ -z "$start" ] || [ "$start" = "$now" ] || exit 91
    user=$(id -u):$(id -g)
    case $owner in
      : | "$user") ;;
      *) { [ "${user%%:*}" = 0 ] && bit /proc/self/status CapEff 0; } || fail 92 "$user" ;;
    esac
    [ -z "$signal" ] || bit /proc/1/status SigCgt $((number - 1)) || exit 96
    command -v tar >/dev/null || exit 99
    while IFS= read -r line && [ -n "$line" ]; do
      path=${line#?}
      case $path in *\\*) path=$(printf '%b.' "$path"); path=${path%.} ;; esac
      case $line in
        =*)
          [ "$(cd -P "$path" 2>/dev/null && pwd -P; echo .)" = "$path
    ." ] || fail 97 "$path"
          [ -w "$path" ] || fail 98 "$path" ;;
        *) if [ -d "$path" ] && [ ! -L "$path" ]; then rmdir "$path" 2>/dev/null || :
          else rm -f "$path" || exit 93; fi ;;
      esac
    done
    tar -x -p -f - -C / || exit 94
    [ -z "$signal" ] || kill -s "$signal" 1 || exit 95
    echo "$now"
    """#

  private let target: SyncTarget
  private let lock = Lock()
  private let file: OpenFile
  private var descriptor: Int32 { file.descriptor }
  private let handle = Child.Handle()
  private var result: Result<Child.Result, any Error>?
  private let began = time(nil)

  /// Starts the shell. Throws if the program cannot be started.
  init(_ target: SyncTarget, namespace: String, kubectl: Kubectl) throws {
    self.target = target
    let words = [
      "exec", "-i", "--namespace=\(namespace)", "--context=\(kubectl.context.name)", "--container=\(target.container)",
      target.pod, "--", "sh", "-c"
    ]
    kubectl.call.debug(Kubectl.argv(words).joined(separator: " "))
    var ends: [Int32] = [-1, -1]
    guard csystem_socketpair(&ends) == 0 else { throw SystemError("cannot start 'kubectl'", errno) }
    file = OpenFile(ends[0])
    let theirs = ends[1]
    Thread.detach { [self, handle] in
      let end = OpenFile(theirs)
      let result = Result {
        try Kubectl.run(words + [ContainerCopy.script, "draft-sync"], inputFile: theirs, handle: handle)
      }
      _ = consume end
      lock.locked {
        self.result = result
        lock.broadcast()
      }
    }
  }

  /// Whether the shell is probably still waiting: an idle connection may be lost without notice.
  var isWaiting: Bool { lock.locked { result == nil } && time(nil) - began < 300 }

  /// Ends a shell that is no longer needed.
  func cancel() {
    shutdown(descriptor, Int32(SHUT_RDWR))
    handle.stop()
  }

  /// - Parameters:
  ///   - archive: an open file with what is to be written, read from its start.
  ///   - start: what the last copy into this container returned; empty for the first.
  ///   - signal: sent to process 1, as in `HUP`; nil for none.
  func run(_ changes: ContainerFiles.Changes, archive: Int32, start: String, signal: String?) -> Outcome {
    let number = ContainerCopy.signals.first { $0.key == signal }.map { String($0.value) } ?? ""
    var head = Array(
      "\(changes.owner.map { $0.isEmpty ? ":" : $0 } ?? "")\n\(start)\n\(signal ?? "")\n\(number)\n".utf8)
    for path in changes.directories { head += ContainerCopy.line("=", path) }
    for path in changes.removed { head += ContainerCopy.line("-", path) }
    // If the other end stops reading early, its exit status says why.
    if send(head + [0x0A]) {
      var chunk = [UInt8](repeating: 0, count: 262_144)
      while true {
        let count = uninterrupted { read(archive, &chunk, chunk.count) }
        // A truncated archive is an error to tar as well.
        guard count > 0, send(chunk[..<count]) else { break }
      }
    }
    shutdown(descriptor, Int32(SHUT_WR))
    lock.lock()
    while result == nil { lock.wait() }
    lock.unlock()
    switch result {
    case .success(let result): return outcome(result, changes, signal)
    case .failure(let error): return .failed((error as? any Diagnosis)?.message ?? "kubectl could not be run")
    case nil: return .failed("kubectl could not be run")
    }
  }

  /// A path as the shell reads it, whatever bytes are in its name.
  static func line(_ mark: Character, _ path: [UInt8]) -> [UInt8] {
    Array(String(mark).utf8)
      + path.flatMap { byte -> [UInt8] in
        switch byte {
        case 0x0A: Array(#"\0012"#.utf8)
        case UInt8(ascii: "\\"): Array(#"\\"#.utf8)
        default: [byte]
        }
      } + [0x0A]
  }

  private func send(_ bytes: some Collection<UInt8>) -> Bool {
    Array(bytes).withUnsafeBytes { buffer in
      var sent = 0
      while sent < buffer.count {
        let count = uninterrupted {
          Glibc.send(descriptor, buffer.baseAddress! + sent, buffer.count - sent, Int32(MSG_NOSIGNAL))
        }
        if count <= 0 { return false }
        sent += count
      }
      return true
    }
  }

  private func outcome(_ result: Child.Result, _ changes: ContainerFiles.Changes, _ signal: String?) -> Outcome {
    if result.succeeded { return .done(start: result.outputText.trimmed) }
    let said =
      result.errorText.lines.map { String($0).trimmed }
      .first {
        !$0.isEmpty && !$0.hasPrefix("command terminated with exit code") && !$0.hasPrefix("Defaulted container")
          && !ClusterFailure.isNoise($0)
      }?.harmless ?? "no reason given"
    switch result.status {
    case 91: return .restarted
    case 92:
      return .failed("\(target.place) runs as \(said), and the files belong to \(changes.owner ?? "several users")")
    case 90, 93, 94: return .failed("cannot write in \(target.place): \(said)")
    case 95: return .failed("cannot send SIG\(signal ?? "") in \(target.place): \(said)")
    case 96: return .failed("the first process of \(target.place) does not handle SIG\(signal ?? "")")
    case 97: return .failed("'\(said)' is no longer the directory of the image in \(target.place)")
    case 98: return .failed("'\(said)' cannot be written in \(target.place)")
    case 99: return .failed("\(target.place) has no tar to copy with")
    default:
      let isBare = said.contains("executable file not found") || said.contains("no such file or directory")
      return .failed(isBare ? "\(target.place) has no shell to copy with" : "cannot copy into \(target.place): \(said)")
    }
  }
}

import Command
import Records

/// How a container is doing.
struct ContainerState: Equatable {
  var name: String
  var status: String
  var exitCode: Int
  var restarts: Int
  var pid: Int

  static func read(_ containers: [String]) throws -> [ContainerState] {
    if containers.isEmpty { return [] }
    let result = try Child.run(
      ["podman", "container", "inspect", "--format={{.Name}}\t{{.State.Status}}\t{{.State.ExitCode}}\t{{.RestartCount}}\t{{.State.Pid}}"] + containers,
      output: .capture, errors: .capture)
    guard result.succeeded else { throw PodmanFailure.error(result.errorText, doing: "inspect a container") }
    return result.outputText.split(separator: "\n").compactMap { line in
      let parts = line.split(separator: "\t")
      guard parts.count == 5, let code = Int(parts[2]), let restarts = Int(parts[3]), let pid = Int(parts[4]) else { return nil }
      return ContainerState(name: String(parts[0]), status: String(parts[1]), exitCode: code, restarts: restarts, pid: pid)
    }
  }

  /// It came to its end: it has exited, or was started again because it had.
  var hasFailed: Bool { restarts > 0 || status == "exited" || status == "stopped" || status == "dead" }

  /// Whether its first process handles SIGTERM; see proc(5), SigCgt. What cannot be told is taken to.
  var catchesTermination: Bool {
    guard pid > 0, let status = try? Files.readText("/proc/\(pid)/status"), let line = status.split(separator: "\n").first(where: { $0.hasPrefix("SigCgt:") }),
      let mask = UInt64(String(line.dropFirst(7)).trimmed, radix: 16)
    else { return pid > 0 }
    return mask & (1 << 14) != 0
  }

  /// Its last words, at most ten lines.
  static func log(_ container: String) -> [String] {
    guard let result = try? Child.run(["podman", "logs", "--tail=10", container], output: .capture, errors: .capture) else { return [] }
    return (result.outputText + result.errorText).split(separator: "\n").map { String($0).trimmed }.filter { !$0.isEmpty }.suffix(10)
  }
}

import Command
import Glibc
import Records

/// The state of a container.
package struct ContainerState: Equatable {
  package var name: String
  package var status: String
  package var exitCode: Int
  package var restarts: Int
  var pid: Int
  /// Seconds since it was started.
  package var seconds: Double = 0

  package static func read(_ containers: [String], seconds: Int = Podman.patience) throws -> [ContainerState] {
    if containers.isEmpty { return [] }
    let fields = ["Name", "State.Status", "State.ExitCode", "RestartCount", "State.Pid", "State.StartedAt.UnixNano"]
    let format = fields.map { "{{.\($0)}}" }.joined(separator: "\t")
    let result = try Podman.run(
      ["container", "inspect", "--format=\(format)"] + containers, seconds: seconds, doing: "inspect a container")
    guard result.succeeded else { throw PodmanFailure.error(result.errorText, doing: "inspect a container") }
    var now = timespec()
    clock_gettime(CLOCK_REALTIME, &now)
    let seconds = Double(now.tv_sec) + Double(now.tv_nsec) / 1e9
    return result.outputText.lines.compactMap { line in
      let parts = line.split(separator: "\t")
      let numbers = parts.dropFirst(2).compactMap { Int($0) }
      guard parts.count == fields.count, numbers.count == 4 else { return nil }
      return ContainerState(
        name: String(parts[0]), status: String(parts[1]), exitCode: numbers[0], restarts: numbers[1], pid: numbers[2],
        seconds: seconds - Double(numbers[3]) / 1e9)
    }
  }

  /// Whether it has not ended; a container that ended may have been restarted.
  package var isAlive: Bool { status != "exited" && status != "stopped" && status != "dead" }

  /// Its last exit status; nil while it runs again, since podman forgets it then.
  var lastExitCode: Int? { isAlive && exitCode == 0 ? nil : exitCode }

  /// Whether process 1 handles SIGTERM; see SigCgt in proc(5). True if that cannot be read.
  package var catchesTermination: Bool {
    guard pid > 0, let status = try? Files.readText("/proc/\(pid)/status"),
      let line = status.lines.first(where: { $0.hasPrefix("SigCgt:") }),
      let mask = UInt64(String(line.dropFirst(7)).trimmed, radix: 16)
    else { return pid > 0 }
    return mask & (1 << 14) != 0
  }

  /// Its last lines in the order it wrote them, enough to include the error above a stack trace.
  package static func log(_ container: String, seconds: Int = Podman.patience) -> [String] {
    let last = LastLines()
    if let log = try? ContainerLog(of: container, seconds: seconds) {
      log.read { last.add(String(decoding: $0, as: UTF8.self)) }
    } else {
      _ = try? Podman.run(
        ["logs", container], output: .lines { last.add($0) }, errors: .joined, seconds: seconds, doing: "show its log")
    }
    return last.lines
  }

  private final class LastLines: @unchecked Sendable {
    private var all: [String] = []
    var lines: [String] { all.suffix(60) }

    func add(_ line: String) {
      let text = line.endsLine ? String(line.dropLast()) : line
      guard !text.trimmed.isEmpty else { return }
      all.append(text)
      if all.count > 1_000 { all.removeFirst(all.count - 60) }
    }
  }
}

import Command

/// What podman printed on failure, as an error.
package enum PodmanFailure {
  package static func error(_ errors: String, doing: String) -> PodmanError {
    let lines = errors.lines.map { String($0).trimmed }
    var line =
      lines.last { $0.hasPrefix("Error:") } ?? lines.last { !$0.isEmpty && !$0.hasPrefix("time=") } ?? lines.last
      ?? "no reason given"
    // `Error: starting container …: a dependency … failed to start` follows the error that is the cause.
    if line.contains("a dependency of container"), let first = lines.first(where: { $0.hasPrefix("Error:") }) {
      line = first
    }
    if line.hasPrefix("Error:") { line = String(line.dropFirst(6)).trimmed }
    return .podman(doing: doing, said: line)
  }
}

import Command

/// Runs podman on this machine. Each call has a timeout: podman waits for ever for a lock that another podman holds, or
/// for a container.
package enum Podman {
  package static var isThere: Bool { Child.find(program) != nil }

  private static let program = "podman"

  /// The whole command line, for callers that run podman in their own way.
  package static func argv(_ words: [String]) -> [String] { [program] + words }

  /// Timeout in seconds of a call without one of its own.
  package static let patience = 60

  /// Throws ``PodmanError/podmanSlow(doing:seconds:)``, and the error if podman cannot be started.
  /// - Parameters:
  ///   - lock: stays held until podman has ended, even if we are killed.
  ///   - doing: the purpose, for messages: `list its pods`.
  package static func run(
    _ arguments: [String], lock: Int32? = nil, output: Child.Output = .capture, errors: Child.Output = .capture,
    directory: String? = nil,
    isShort: Bool = false, seconds: Int = patience, doing: String
  ) throws -> Child.Result {
    let result = try Child.run(
      argv(arguments), inputFile: lock, output: output, errors: errors, directory: directory,
      isShort: isShort, seconds: Double(seconds))
    if result.isLate { throw PodmanError.podmanSlow(doing: doing, seconds: seconds) }
    return result
  }

  /// Removes volumes that are no longer mounted.
  package static func removeVolumes(_ names: [String], isShort: Bool = false, seconds: Int = patience) {
    if names.isEmpty { return }
    _ = try? run(
      ["volume", "rm"] + names, output: .discard, isShort: isShort, seconds: seconds, doing: "remove volumes")
  }
}

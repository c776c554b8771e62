import Command

/// podman on this machine. Each call has its time: podman waits for ever for a lock that another one holds, or for a
/// container.
package enum Podman {
  package static var isThere: Bool { Child.find(program) != nil }

  private static let program = "podman"

  /// The whole call, for who runs its own kind of child with it.
  package static func argv(_ words: [String]) -> [String] { [program] + words }

  /// Seconds for a call that nobody gave a time for.
  package static let patience = 60

  /// Throws ``PodmanError/podmanSlow(doing:seconds:)``, and what keeps podman from being started.
  /// - Parameters:
  ///   - lock: is held as long as podman is at it, even when we are killed.
  ///   - doing: what for, as it is told: `list its pods`.
  package static func run(
    _ arguments: [String], lock: Int32? = nil, output: Child.Output = .capture, errors: Child.Output = .capture, directory: String? = nil,
    isShort: Bool = false, seconds: Int = patience, doing: String
  ) throws -> Child.Result {
    let result = try Child.run(
      argv(arguments), inputFile: lock, output: output, errors: errors, directory: directory,
      isShort: isShort, seconds: Double(seconds))
    if result.isLate { throw PodmanError.podmanSlow(doing: doing, seconds: seconds) }
    return result
  }

  /// Removes volumes that nothing mounts any more.
  package static func removeVolumes(_ names: [String], isShort: Bool = false, seconds: Int = patience) {
    if names.isEmpty { return }
    _ = try? run(["volume", "rm"] + names, output: .discard, isShort: isShort, seconds: seconds, doing: "remove volumes")
  }
}

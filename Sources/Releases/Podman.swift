import Command

/// podman on this machine. Each call has its time: podman waits for ever for a lock that another one holds, or for a
/// container.
enum Podman {
  /// Seconds for a call that nobody gave a time for.
  static let patience = 60

  /// Throws ``ReleaseError/podmanSlow(doing:seconds:)``, and what keeps podman from being started.
  /// - Parameters:
  ///   - lock: is held as long as podman is at it, even when we are killed.
  ///   - doing: what for, as it is told: `list its pods`.
  static func run(
    _ arguments: [String], lock: ReleaseLock? = nil, output: Child.Output = .capture, errors: Child.Output = .capture, directory: String? = nil,
    isShort: Bool = false, seconds: Int = patience, doing: String
  ) throws -> Child.Result {
    let result = try Child.run(
      ["podman"] + arguments, inputFile: lock?.descriptor, output: output, errors: errors, directory: directory,
      isShort: isShort, seconds: Double(seconds))
    if result.isLate { throw ReleaseError.podmanSlow(doing: doing, seconds: seconds) }
    return result
  }

  /// Removes volumes that nothing mounts any more.
  static func removeVolumes(_ names: [String], isShort: Bool = false, seconds: Int = patience) {
    if names.isEmpty { return }
    _ = try? run(["volume", "rm"] + names, output: .discard, isShort: isShort, seconds: seconds, doing: "remove volumes")
  }
}

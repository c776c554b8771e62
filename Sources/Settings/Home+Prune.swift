import Command

extension Home {
  /// Removes what is in the caches and nobody has used for some time. All of it can be made again, so all it costs is time.
  /// - Parameter idle: seconds; what was used within them a command under way may still want.
  /// - Returns: how many files went, and the bytes of the blocks they took.
  public func prune(idle: Int = 3_600) -> (files: Int, bytes: Int) {
    let swept = Cache(path + "/cache", kept: 0, idle: idle, isDeep: true).sweep()
    return (swept.number, swept.bytes)
  }
}

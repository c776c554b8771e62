import Command

extension Home {
  /// Removes cache files that have not been used for some time. All of them can be made again, so this only costs time.
  /// - Parameter idle: in seconds; a running command may still need what was used more recently.
  /// - Returns: the number of files removed, and their size on disk in bytes.
  public func prune(idle: Int = 3_600) -> (files: Int, bytes: Int) {
    let swept = Cache(path + "/cache", kept: 0, idle: idle, isDeep: true).sweep()
    return (swept.number, swept.bytes)
  }
}

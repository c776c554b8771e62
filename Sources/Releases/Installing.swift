import Command

extension Order {
  nonisolated(unsafe) private static var told: Set<String> = []
  private static let lock = Lock()

  /// Says that the release is new: once, though the same order may be attempted again.
  func sayInstalling() {
    guard Order.lock.locked({ Order.told.insert("\(app.namespace)/\(app.name) \(digest)").inserted }) else { return }
    call.pass("    Release \"\(app.name)\" does not exist. Installing it now.\n")
  }
}

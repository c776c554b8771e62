import Command

extension Order {
  nonisolated(unsafe) private static var told: Set<String> = []
  private static let lock = Lock()

  /// Says once that the release is new, even if the same order is attempted again.
  func sayInstalling() {
    guard Order.lock.locked({ Order.told.insert("\(app.namespace)/\(app.name) \(digest)").inserted }) else { return }
    call.pass("    Release \"\(app.name)\" does not exist. Installing it now.\n")
  }
}

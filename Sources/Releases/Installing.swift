import Command

extension Order {
  /// Says once that the release is new, even if the same order is attempted again.
  func sayInstalling() {
    let order = "\(app.namespace)/\(app.name) \(digest)"
    guard call.memory.value(ReleaseMemory.init).state.withLock({ $0.told.insert(order).inserted }) else { return }
    call.pass("    Release \"\(app.name)\" does not exist. Installing it now.\n")
  }
}

import Command

extension Order {
  /// Says that the release is new: once, though the same order may be attempted again.
  func sayInstalling() {
    let order = "\(app.namespace)/\(app.name) \(digest)"
    guard call.memory.value(ReleaseMemory.init).state.withLock({ $0.told.insert(order).inserted }) else { return }
    call.pass("    Release \"\(app.name)\" does not exist. Installing it now.\n")
  }
}

import Command

/// The warnings of one release, each told once, however often it is attempted.
final class Warnings {
  private let call: Call
  private var told: Set<String> = []

  init(_ call: Call) { self.call = call }

  func warn(_ text: String) { if told.insert(text).inserted { call.warn(text) } }
}

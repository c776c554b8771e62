import Command

/// The warnings of one release, each printed once however often the release is attempted.
package final class Warnings {
  private let call: Call
  private var told: Set<String> = []

  package init(_ call: Call) { self.call = call }

  package func warn(_ text: String) { if told.insert(text).inserted { call.warn(text) } }
}

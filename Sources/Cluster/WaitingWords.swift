import CSystem
import Command

/// Says every five seconds what a release waits for: one sentence, and the last log lines of the container it waits for
/// if they are new.
package struct WaitingWords {
  private let call: Call
  private var told = csystem_nanoseconds()
  private var words: [String] = []

  package init(_ call: Call) { self.call = call }

  package var isDue: Bool { csystem_nanoseconds() - told >= 5_000_000_000 }

  /// - Parameter seconds: how long the release has been waited for.
  package mutating func tell(seconds: Int, _ reason: (words: String, log: [String])) {
    told = csystem_nanoseconds()
    call.say("Waiting, \(seconds) s: \(reason.words)")
    var last = Array(reason.log.suffix(3))
    if let error = errorLine(reason.log), !last.contains(error) { last.insert(error, at: 0) }
    if last != words, !last.isEmpty { call.pass(last.joined(separator: "\n").indented(by: 4)) }
    words = last
  }
}

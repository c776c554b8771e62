import Glibc
import Records

/// One run of a command: its arguments, and how it speaks.
public struct Call: Sendable {
  /// `draft-push`.
  public internal(set) var name: String
  public let arguments: Arguments
  public let quiet: Bool
  public let debugging: Bool
  /// What the run remembers from line to line.
  public internal(set) var memory = Memory()
  /// What is remembered of the line at hand: one look at a file counts for all that is done about it.
  public internal(set) var line = Memory()
  /// Bytes moved for the line at hand, for the events.
  var meter = Meter()

  /// Counts bytes read, sent or written for the line at hand: what `bytes` of the event says.
  public func moved(bytes: Int) { meter.add(bytes) }

  /// The same call for one line, with a count and a memory of its own.
  func forOneLine() -> Call {
    var call = self
    (call.line, call.meter) = (Memory(), Meter())
    return call
  }

  /// The same call under another name, by which it signs.
  func named(_ name: String) -> Call {
    var call = self
    call.name = name
    return call
  }

  /// The value of an environment variable; an empty one counts as unset.
  public func variable(_ name: String) -> String? { environmentVariable(name) }

  /// Progress for a person: `--> Draft detected …`. Silenced by `--quiet`.
  public func say(_ text: String) { if !quiet { Diagnostics.write(.text("--> \(text)\n")) } }

  /// Progress as it is, for the output of a builder, in whole lines.
  public func pass(_ text: String) { if !quiet { Diagnostics.write(.text(text)) } }

  /// A line of progress that is drawn again in its place, at the margin; nil takes it away.
  public func redraw(_ line: String?) { if !quiet { Diagnostics.redraw(line) } }

  /// A line of somebody else's, even under `--quiet`: they have been told to be quiet.
  public func relay(_ text: String) { Diagnostics.write(.text(text.harmless + "\n")) }

  /// A question on the terminal, even under `--quiet`: whether the answer is yes.
  public func ask(_ question: String) -> Bool {
    Diagnostics.write(.text(question))
    return ["y", "yes"].contains(readLine()?.lowercased() ?? "")
  }

  /// Something is not as it should be, and the work goes on.
  public func warn(_ text: String) { warn(text, by: name) }

  /// The same about settings, which are those of the command that was called.
  public func warnOfSettings(_ text: String) { warn(text, by: Caller.current.name ?? name) }

  private func warn(_ text: String, by name: String) {
    Diagnostics.write(.text("\(name): "), .yellow("warning"), .text(": \(text)\n"))
  }

  /// What is done and why, under `--debug` or `DRAFT_DEBUG`.
  public func debug(_ text: @autoclosure () -> String) {
    if debugging { Diagnostics.write(.text("\(name): \(text())\n")) }
  }

  /// One sentence, and a second line with what to try.
  public func report(_ error: some Diagnosis) { Diagnostics.report(error, by: name) }

  /// Whether standard error is a terminal, so that progress may move.
  public var showsProgress: Bool { !quiet && isatty(STDERR_FILENO) == 1 }
}

/// The value of an environment variable; an empty one counts as unset.
public func environmentVariable(_ name: String) -> String? {
  guard let value = getenv(name), value.pointee != 0 else { return nil }
  return String(cString: value)
}

/// A count that several threads may add to.
final class Meter: @unchecked Sendable {
  private var count = 0
  private let lock = Lock()

  func add(_ more: Int) { lock.locked { count += more } }
  var total: Int { lock.locked { count } }
}

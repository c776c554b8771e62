import Glibc
import Records

/// One run of a command: its arguments, and the output to its user.
public struct Call: Sendable {
  /// `draft-push`.
  public internal(set) var name: String
  public let arguments: Arguments
  public let quiet: Bool
  public let debugging: Bool
  /// What the run remembers from line to line.
  public internal(set) var memory = Memory()
  /// What is remembered of the record at hand: one look at a file counts for all that is done about it.
  public internal(set) var line = Memory()
  /// Bytes moved for the current line, for the events.
  var meter = Meter()

  /// Counts bytes read, sent or written for the current line: `bytes` of its event.
  public func moved(bytes: Int) { meter.add(bytes) }

  /// The same call for one line, with its own count and a memory of bytes.
  func forOneLine() -> Call {
    var call = self
    (call.line, call.meter) = (Memory(), Meter())
    return call
  }

  /// The same call under another name, which signs its messages.
  func named(_ name: String) -> Call {
    var call = self
    call.name = name
    return call
  }

  /// The value of an environment variable; an empty one counts as unset.
  public func variable(_ name: String) -> String? { environmentVariable(name) }

  /// Prints progress: `--> Draft detected …`. Silenced by `--quiet`.
  public func say(_ text: String) { if !quiet { Diagnostics.write(.text("--> \(text)\n")) } }

  /// Prints progress as it is, in whole lines: for the output of a builder. Silenced by `--quiet`.
  public func pass(_ text: String) { if !quiet { Diagnostics.write(.text(text)) } }

  /// Redraws a line of progress in place, from the left margin; nil clears it.
  public func redraw(_ line: String?) { if !quiet { Diagnostics.redraw(line) } }

  /// Prints a line of another program, even under `--quiet`: that program was told to be quiet itself.
  public func relay(_ text: String) { Diagnostics.write(.text(text.harmless + "\n")) }

  /// Asks a question on the terminal, even under `--quiet`. Returns whether the answer is yes.
  public func ask(_ question: String) -> Bool {
    Diagnostics.write(.text(question))
    return ["y", "yes"].contains(readLine()?.lowercased() ?? "")
  }

  /// Prints a warning: something is wrong, but the work goes on.
  public func warn(_ text: String) { warn(text, by: name) }

  /// A warning about settings, signed by the command that the user called.
  public func warnOfSettings(_ text: String) { warn(text, by: Caller.current.name ?? name) }

  private func warn(_ text: String, by name: String) {
    Diagnostics.write(.text("\(name): "), .yellow("warning"), .text(": \(text)\n"))
  }

  /// Prints what is done and why, under `--debug` or `DRAFT_DEBUG`.
  public func debug(_ text: @autoclosure () -> String) {
    if debugging { Diagnostics.write(.text("\(name): \(text())\n")) }
  }

  /// Prints an error: its message, and its hint on a second line.
  public func report(_ error: some Diagnosis) { Diagnostics.report(error, by: name) }

  /// Whether to animate progress: standard error is a terminal.
  public var showsProgress: Bool { !quiet && isatty(STDERR_FILENO) == 1 }
}

/// The value of an environment variable; an empty one counts as unset.
public func environmentVariable(_ name: String) -> String? {
  guard let value = getenv(name), value.pointee != 0 else { return nil }
  return String(cString: value)
}

/// A counter that several threads may add to.
final class Meter: @unchecked Sendable {
  private var count = 0
  private let lock = Lock()

  func add(_ more: Int) { lock.locked { count += more } }
  var total: Int { lock.locked { count } }
}

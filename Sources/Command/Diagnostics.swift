import Glibc
import Records
import Synchronization

/// The words on standard error, and the one door to it: whatever they quote is made harmless here. Each message is one
/// write, so that stages of a pipe do not cut each other's lines.
package enum Diagnostics {
  /// Another one in tests.
  static let descriptor = Atomic(STDERR_FILENO)

  static func write(_ pieces: Piece...) { send(pieces.map { $0.shown(colored: colored) }.joined()) }

  /// A line that is drawn again in its place; nil takes it away.
  static func redraw(_ line: String?) { send("\r\(line?.harmless ?? "")\u{1B}[K") }

  private static func send(_ text: String) {
    // Nobody is left to tell when standard error is gone.
    try? writeAll(Array(text.utf8), to: descriptor.load(ordering: .relaxed))
  }

  static func report(_ error: any Diagnosis, by name: String) {
    let hint = error.hint.map { "  \($0.harmless)\n" } ?? ""
    write(.text("\(name): "), .red(error.message.harmless), .text("\n\(hint)"))
  }

  static let colored = wantsColor(STDERR_FILENO)

  package static func wantsColor(_ descriptor: Int32) -> Bool {
    isatty(descriptor) == 1 && environmentVariable("NO_COLOR") == nil && environmentVariable("TERM") != "dumb"
  }
}

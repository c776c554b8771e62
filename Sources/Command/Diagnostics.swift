import Glibc
import Records

/// The only way to standard error: everything quoted is made harmless here. Each message is one write, so that the
/// stages of a pipe do not cut into each other's lines.
enum Diagnostics {
  /// Tests replace it.
  nonisolated(unsafe) static var descriptor = STDERR_FILENO

  static func write(_ pieces: Piece...) { send(pieces.map { $0.shown(colored: colored) }.joined()) }

  /// Redraws a line in place; nil clears it.
  static func redraw(_ line: String?) { send("\r\(line?.harmless ?? "")\u{1B}[K") }

  private static func send(_ text: String) {
    // If standard error is gone, there is no way left to report that.
    try? writeAll(Array(text.utf8), to: descriptor)
  }

  static func report(_ error: any Diagnosis, by name: String) {
    let hint = error.hint.map { "  \($0.harmless)\n" } ?? ""
    write(.text("\(name): "), .red(error.message.harmless), .text("\n\(hint)"))
  }

  static let colored = wantsColor(STDERR_FILENO)

  static func wantsColor(_ descriptor: Int32) -> Bool {
    isatty(descriptor) == 1 && environmentVariable("NO_COLOR") == nil && environmentVariable("TERM") != "dumb"
  }
}

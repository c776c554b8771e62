import Glibc
import Records

/// The words on standard error. Each message is one write, so that stages of a pipe do not cut each other's lines.
enum Diagnostics {
  static func write(_ text: String) {
    // Nobody is left to tell when standard error is gone.
    try? writeAll(Array(text.utf8), to: STDERR_FILENO)
  }

  static func report(_ error: any Diagnosis, by name: String) {
    var text = "\(name): \(red(oneLine(error.message)))\n"
    if let hint = error.hint { text += "  \(oneLine(hint))\n" }
    write(text)
  }

  /// A message may quote what a hostile file or server said; it must stay one line and must not speak to the terminal.
  static func oneLine(_ text: String) -> String {
    String(String.UnicodeScalarView(text.unicodeScalars.map { $0.value < 0x20 || (0x7F...0x9F).contains($0.value) ? " " : $0 }))
  }

  static let colored = isatty(STDERR_FILENO) == 1 && environmentVariable("NO_COLOR") == nil && environmentVariable("TERM") != "dumb"
  static func red(_ text: String) -> String { colored ? "\u{1B}[31m\(text)\u{1B}[0m" : text }
  static func yellow(_ text: String) -> String { colored ? "\u{1B}[33m\(text)\u{1B}[0m" : text }
}

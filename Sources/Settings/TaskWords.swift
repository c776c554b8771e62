/// Splits a command line into words, with sh(1)'s single and double quotes, backslashes, `$NAME` and `${NAME}`.
///
/// The value of a variable is never split. Nothing else of a shell is supported, and what clearly needs a shell is
/// refused instead of being passed to a program as an argument.
enum TaskWords {
  /// What is wrong with a command line.
  enum Mistake: Error, Equatable {
    case nothing
    case openQuote(Character)
    case unset(String)
    case badVariable(String)
    case shell(String)
  }

  private static let operators: Set<String> = [
    "|", "||", "&", "&&", ";", "<", ">", ">>", "<<", "2>", "2>>", "&>", "2>&1", "1>&2", ">&2"
  ]

  static func split(_ line: String, _ variable: (String) -> String?) throws -> [String] {
    var words: [String] = []
    /// nil between words.
    var word: String?
    var quoted = false
    var rest = line[...]

    func end() throws {
      guard let finished = word else { return }
      if !quoted, operators.contains(finished) { throw Mistake.shell(finished) }
      words.append(finished)
      word = nil
      quoted = false
    }

    while let character = rest.popFirst() {
      switch character {
      case " ", "\t", "\n", "\r\n": try end()
      case "'":
        guard let close = rest.firstIndex(of: "'") else { throw Mistake.openQuote("'") }
        word = (word ?? "") + rest[..<close]
        rest = rest[rest.index(after: close)...]
        quoted = true
      case "\"":
        word = (word ?? "") + (try inDoubleQuotes(&rest, variable))
        quoted = true
      case "\\":
        guard let next = rest.popFirst() else { throw Mistake.openQuote("\\") }
        if next == "\n" || next == "\r\n" { continue }
        word = (word ?? "") + String(next)
        quoted = true
      case "$": word = (word ?? "") + (try expansion(&rest, variable))
      case "`": throw Mistake.shell("`")
      default: word = (word ?? "") + String(character)
      }
    }
    try end()
    return words
  }

  private static func inDoubleQuotes(_ rest: inout Substring, _ variable: (String) -> String?) throws -> String {
    var text = ""
    while let character = rest.popFirst() {
      switch character {
      case "\"": return text
      case "\\":
        guard let next = rest.popFirst() else { throw Mistake.openQuote("\"") }
        if next == "\n" || next == "\r\n" { continue }
        text += "$`\"\\".contains(next) ? String(next) : "\\" + String(next)
      case "$": text += try expansion(&rest, variable)
      case "`": throw Mistake.shell("`")
      default: text.append(character)
      }
    }
    throw Mistake.openQuote("\"")
  }

  /// Expands what follows a `$`.
  private static func expansion(_ rest: inout Substring, _ variable: (String) -> String?) throws -> String {
    if rest.first == "$" { rest.removeFirst(); return "$" }
    if rest.first == "(" { throw Mistake.shell("$(") }
    var name: String
    if rest.first == "{" {
      guard let close = rest.firstIndex(of: "}") else { throw Mistake.badVariable("$" + rest) }
      name = String(rest[rest.index(after: rest.startIndex)..<close])
      rest = rest[rest.index(after: close)...]
      guard Name.isVariable(name) else { throw Mistake.badVariable("${\(name)}") }
    } else {
      name = String(rest.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") })
      // A plain dollar sign: a price, or the end of a pattern.
      guard Name.isVariable(name) else { return "$" }
      rest = rest.dropFirst(name.count)
    }
    guard let value = variable(name) else { throw Mistake.unset(name) }
    return value
  }
}

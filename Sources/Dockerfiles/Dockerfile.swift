import Records

/// A Dockerfile as written: its directives, and its instructions in order, each with its lines.
///
/// The grammar is that of https://docs.docker.com/reference/dockerfile/: parser directives, the escape character, line
/// continuation with comments and empty lines in between, here-documents, flags, and the JSON form. Unknown
/// instructions are kept; it is up to the builder to reject them. ``stages(arguments:)`` interprets the file, stage by
/// stage, with variables expanded.
public struct Dockerfile: Sendable {
  /// One instruction, as written.
  public struct Instruction: Sendable, Equatable {
    /// In capitals: `RUN`.
    public var name: String
    /// The leading `--name=value` words; a flag without `=` has an empty value.
    public var flags: [Flag]
    /// The text after name and flags, continuation lines joined, outer blanks removed, variables not expanded.
    public var text: String
    public var heredocs: [Heredoc]
    /// Its lines, from 1, here-documents included.
    public var lines: ClosedRange<Int>
    /// The name as written.
    package var spelling = ""

    /// The JSON form, `["a", "b"]`; nil if the text is not in that form.
    public var list: [String]? {
      guard text.utf8.first == UInt8(ascii: "["), let array = try? JSON(parsing: Array(text.utf8)).array else {
        return nil
      }
      let strings = array.compactMap(\.string)
      return strings.count == array.count ? strings : nil
    }
  }

  /// A flag of an instruction: `--from=build`.
  public struct Flag: Sendable, Equatable {
    public var name: String
    public var value: String
  }

  /// A here-document: `<<NAME`, its lines, and a last line with the name.
  public struct Heredoc: Sendable, Equatable {
    public var name: String
    /// The lines with their line feeds; `<<-` strips leading tabs.
    public var content: String
    /// Whether variables are expanded: not if the name is quoted.
    public var expands: Bool
  }

  /// The parser directives at the head of the file, names in lower case: `syntax`, `escape`, `check`.
  public private(set) var directives: [(name: String, value: String)] = []
  /// The escape character: a backslash, or a backquote after `# escape=`.
  public private(set) var escape = UInt8(ascii: "\\")
  public private(set) var instructions: [Instruction] = []

  /// Parses the text of a Dockerfile. Throws ``DockerfileError`` with the line of what no builder accepts.
  public init(_ text: String) throws(DockerfileError) {
    var lines = DockerfileLines(text)
    try readDirectives(&lines)
    while let (first, line) = lines.next(escape: escape) {
      let (name, rest) = Dockerfile.cut(line)
      var instruction = Instruction(
        name: Dockerfile.uppercased(name), flags: [], text: "", heredocs: [], lines: first...first,
        spelling: String(name))
      (instruction.flags, instruction.text) = Dockerfile.flags(rest, escape: escape)
      if ["RUN", "COPY", "ADD"].contains(Dockerfile.subject(of: instruction)) {
        let isRun = Dockerfile.subject(of: instruction) == "RUN"
        let found = try lines.heredocs(of: instruction.text, from: first, escape: escape, isRun: isRun)
        instruction.heredocs = found.documents
        if !isRun, !found.documents.isEmpty { instruction.text = found.words.joined(separator: " ") }
      }
      instruction.lines = first...max(first, lines.number)
      instructions.append(instruction)
    }
    if instructions.isEmpty { throw DockerfileError.empty }
  }

  /// Reads `# name=value` lines before anything else; no name may repeat.
  private mutating func readDirectives(_ lines: inout DockerfileLines) throws(DockerfileError) {
    while let line = lines.peek, let directive = Dockerfile.directive(line) {
      let number = lines.skip()
      if directives.contains(where: { $0.name == directive.name }) {
        throw .directive(line: number, "the directive '\(directive.name)' is given twice")
      }
      directives.append(directive)
      guard directive.name == "escape" else { continue }
      guard directive.value == "\\" || directive.value == "`" else {
        throw .directive(line: number, "the escape character is '\\' or '`', not '\(directive.value)'")
      }
      escape = directive.value.utf8.first ?? escape
    }
  }

  private static func directive(_ line: Substring) -> (name: String, value: String)? {
    let line = trimmed(line)
    guard line.utf8.first == UInt8(ascii: "#"), let equals = line.firstIndex(of: "=") else { return nil }
    let name = trimmed(line[line.index(after: line.startIndex)..<equals]).lowercased()
    guard ["syntax", "escape", "check"].contains(name) else { return nil }
    return (name, String(trimmed(line[line.index(after: equals)...])))
  }

  /// The instruction itself, or the one inside an `ONBUILD`.
  private static func subject(of instruction: Instruction) -> String {
    instruction.name == "ONBUILD" ? uppercased(cut(Substring(instruction.text)).name) : instruction.name
  }

  /// The first word, and the rest without the blanks in between.
  package static func cut(_ line: Substring) -> (name: Substring, rest: Substring) {
    let end = line.utf8.firstIndex(where: isBlank) ?? line.endIndex
    return (line[..<end], trimmed(line[end...]))
  }

  static func flags(_ text: Substring, escape: UInt8) -> ([Flag], String) {
    var flags: [Flag] = [], rest = text
    while rest.hasPrefix("--") {
      let (word, after) = cut(rest)
      if word == "--" { rest = after; break }
      let parts = word.dropFirst(2).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      flags.append(Flag(name: String(parts[0]), value: parts.count > 1 ? String(parts[1]) : ""))
      rest = after
    }
    return (flags, String(rest))
  }

  package static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }

  static func trimmed(_ text: Substring) -> Substring {
    let bytes = text.utf8
    guard let first = bytes.firstIndex(where: { !isBlank($0) }), let last = bytes.lastIndex(where: { !isBlank($0) })
    else { return text[text.endIndex...] }
    return text[first..<bytes.index(after: last)]
  }

  private static func uppercased(_ text: Substring) -> String { String(text).uppercased() }
}

/// Errors in a Dockerfile that every builder would reject.
public enum DockerfileError: Error, Equatable, Sendable {
  /// No instructions.
  case empty
  case directive(line: Int, String)
  /// A here-document without its last line.
  case heredoc(line: Int, name: String)
  /// An instruction that is not allowed before the first `FROM`.
  case noFrom(line: Int, name: String)
  /// A `FROM` without an image.
  case badFrom(line: Int)
  /// Not an image reference, where one is required.
  case noReference(line: Int, name: String)
  /// A word that, with variables expanded, is longer than a program's argument can be.
  case tooLong(line: Int)
}

import Records

/// A Dockerfile as it is written: its directives and its instructions in order, each with the lines it stands on.
///
/// The grammar is the one of https://docs.docker.com/reference/dockerfile/: parser directives, the escape character, line
/// continuation with comments and empty lines in between, here-documents, flags, and the JSON form. An instruction whose name
/// is unknown is kept all the same: judging is the builder's business. What the file amounts to, stage by stage, with the
/// variables put in, is ``stages(arguments:)``.
public struct Dockerfile: Sendable {
  public struct Instruction: Sendable, Equatable {
    /// In capitals: `RUN`.
    public var name: String
    /// The leading `--name=value` words; a flag without `=` has an empty value.
    public var flags: [Flag]
    /// What follows name and flags, continuation lines joined, outer spaces removed, no variable put in.
    public var text: String
    public var heredocs: [Heredoc]
    /// The lines it stands on, from 1, here-documents included.
    public var lines: ClosedRange<Int>
    /// The name as it is written.
    package var spelling = ""

    /// The JSON form, `["a", "b"]`; nil when the text has another form.
    public var list: [String]? {
      guard text.utf8.first == UInt8(ascii: "["), let array = try? JSON(parsing: Array(text.utf8)).array else { return nil }
      let strings = array.compactMap(\.string)
      return strings.count == array.count ? strings : nil
    }
  }

  public struct Flag: Sendable, Equatable {
    public var name: String
    public var value: String
  }

  /// A here-document: `<<NAME`, its lines and a last line that says NAME.
  public struct Heredoc: Sendable, Equatable {
    public var name: String
    /// Each line with its line feed; leading tabs are gone after `<<-`.
    public var content: String
    /// Whether variables are put in: not when the name was quoted.
    public var expands: Bool
  }

  /// Parser directives from the head of the file, names in lower case: `syntax`, `escape`, `check`.
  public private(set) var directives: [(name: String, value: String)] = []
  /// The escape character: a backslash, or a backquote by `# escape=`.
  public private(set) var escape = UInt8(ascii: "\\")
  public private(set) var instructions: [Instruction] = []

  /// Reads the text of a Dockerfile. Throws ``DockerfileError`` with the line of what no builder would understand.
  public init(_ text: String) throws(DockerfileError) {
    var lines = DockerfileLines(text)
    try readDirectives(&lines)
    while let (first, line) = lines.next(escape: escape) {
      let (name, rest) = Dockerfile.cut(line)
      var instruction = Instruction(name: Dockerfile.uppercased(name), flags: [], text: "", heredocs: [], lines: first...first, spelling: String(name))
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

  /// `# name=value` lines before anything else, each name once.
  private mutating func readDirectives(_ lines: inout DockerfileLines) throws(DockerfileError) {
    while let line = lines.peek, let directive = Dockerfile.directive(line) {
      let number = lines.skip()
      if directives.contains(where: { $0.name == directive.name }) { throw .directive(line: number, "the directive '\(directive.name)' is given twice") }
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

  /// The instruction that does the work: what an `ONBUILD` wraps.
  private static func subject(of instruction: Instruction) -> String {
    instruction.name == "ONBUILD" ? uppercased(cut(Substring(instruction.text)).name) : instruction.name
  }

  /// The first word and the rest without the space between them.
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
    guard let first = bytes.firstIndex(where: { !isBlank($0) }), let last = bytes.lastIndex(where: { !isBlank($0) }) else { return text[text.endIndex...] }
    return text[first..<bytes.index(after: last)]
  }

  private static func uppercased(_ text: Substring) -> String { String(text).uppercased() }
}

/// What makes a Dockerfile one that no builder would understand.
public enum DockerfileError: Error, Equatable, Sendable {
  /// No instruction at all.
  case empty
  case directive(line: Int, String)
  /// A here-document that no line ends.
  case heredoc(line: Int, name: String)
  /// An instruction before the first `FROM` that cannot stand there.
  case noFrom(line: Int, name: String)
  /// A `FROM` that names no image.
  case badFrom(line: Int)
  /// What stands where an image has to is no reference to one.
  case noReference(line: Int, name: String)
  /// A word that becomes longer than any program could be given, when its variables are put in.
  case tooLong(line: Int)
}

/// The kind of an operand or of an option's value; tells the shells what to complete.
public enum Kind: Equatable, Sendable {
  case directory
  case file
  /// The name of a release.
  case release
  /// The name of a command, plugins included.
  case command
  /// An environment of draft.toml.
  case environment
  case context
  case namespace
  case number
  case seconds
  /// `KEY=VALUE`.
  case setting
  /// One of these words.
  case words([String])
  case text

  /// The kind that a placeholder implies; text if it implies none.
  init(placeholder: String) {
    self =
      switch placeholder {
      case "DIRECTORY": .directory
      case "FILE": .file
      case "NUMBER": .number
      case "SECONDS": .seconds
      case _ where placeholder.contains("|"): .words(placeholder.split(separator: "|").map(String.init))
      case _ where placeholder.contains("="): .setting
      default: .text
      }
  }

  /// The name in `--describe`.
  var name: String {
    switch self {
    case .directory: "directory"
    case .file: "file"
    case .release: "release"
    case .command: "command"
    case .environment: "environment"
    case .context: "context"
    case .namespace: "namespace"
    case .number: "number"
    case .seconds: "seconds"
    case .setting: "setting"
    case .words: "words"
    case .text: "text"
    }
  }
}

/// The operands of a command. A string literal is enough for `"[DIRECTORY...]"`, `"[NAME|DIRECTORY...]"` and `"FILE"`.
public struct Operands: Sendable, ExpressibleByStringLiteral {
  /// The operands in the usage line.
  public var usage: String
  /// The kind of the first operand, if it differs from the others: a verb.
  public var first: Kind?
  /// The kinds each operand may have; empty if the command takes none.
  public var kinds: [Kind]

  public init(_ usage: String, first: Kind? = nil, _ kinds: Kind...) {
    self.usage = usage
    self.first = first
    self.kinds = kinds
  }

  public init(stringLiteral usage: String) {
    self.usage = usage
    // By bytes: String.contains would take a twentieth of the start-up.
    let words = usage.utf8.split { !(UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) }
    func has(_ word: StaticString) -> Bool {
      words.contains { $0.elementsEqual(UnsafeBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount)) }
    }
    kinds =
      switch (has("NAME"), has("DIRECTORY"), has("FILE")) {
      case (true, true, _): [.release, .directory]
      case (_, true, _): [.directory]
      case (_, _, true): [.file]
      default: usage.isEmpty ? [] : [.text]
      }
  }
}

/// The input or the output of a command.
public struct Flow: Sendable, ExpressibleByStringLiteral {
  /// A sentence for `--help`; empty if there is nothing to say.
  public var text: String
  /// The members of a record that it reads or writes.
  public var members: [String]

  public init(_ text: String, _ members: [String]) {
    self.text = text
    self.members = members
  }

  public init(stringLiteral text: String) { self.init(text, []) }
}

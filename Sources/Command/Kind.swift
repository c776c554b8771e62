/// What an operand or the value of an option is, so that a shell knows what to offer for it.
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
  /// One of these and no other.
  case words([String])
  case text

  /// That of a placeholder; text where the word does not say more.
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

  /// As `--describe` spells it.
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

/// The operands of a command. A literal is enough for `"[DIRECTORY...]"`, `"[NAME|DIRECTORY...]"` and `"FILE"`.
public struct Operands: Sendable, ExpressibleByStringLiteral {
  /// As the usage line shows them.
  public var usage: String
  /// The first one, where it is of another kind than the others: a verb.
  public var first: Kind?
  /// What each of them may be; none where the command takes no operand.
  public var kinds: [Kind]

  public init(_ usage: String, first: Kind? = nil, _ kinds: Kind...) {
    self.usage = usage
    self.first = first
    self.kinds = kinds
  }

  public init(stringLiteral usage: String) {
    self.usage = usage
    kinds =
      if usage.contains("NAME|DIRECTORY") { [.release, .directory] }
      else if usage.contains("DIRECTORY") { [.directory] }
      else if usage.contains("FILE") { [.file] }
      else { usage.isEmpty ? [] : [.text] }
  }
}

/// What goes into a command or comes out of it.
public struct Flow: Sendable, ExpressibleByStringLiteral {
  /// A sentence for `--help`; empty for a command that has nothing to say.
  public var text: String
  /// The members of a record it is about.
  public var members: [String]

  public init(_ text: String, _ members: [String]) {
    self.text = text
    self.members = members
  }

  public init(stringLiteral text: String) { self.init(text, []) }
}

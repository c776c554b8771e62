/// One option of a command. It is declared once: parsing, `--help` and `--describe` go by it, and by that the manual
/// page and the completions.
public struct Option: Sendable {
  public var name: String
  public var letter: Character?
  /// nil for a switch.
  public var value: Value?
  public var help: String
  public var repeats: Bool

  public init(_ name: String, _ letter: Character? = nil, value: Value? = nil, repeats: Bool = false, help: String) {
    self.name = name
    self.letter = letter
    self.value = value
    self.help = help
    self.repeats = repeats
  }

  /// What an option takes. A literal is enough where the placeholder says the kind, as `"FILE"`, `"KEY=VALUE"` and
  /// `"helm|podman"` do.
  public struct Value: Sendable, ExpressibleByStringLiteral {
    /// As `--help` shows it.
    public var placeholder: String
    public var kind: Kind

    public init(_ placeholder: String, _ kind: Kind) {
      self.placeholder = placeholder
      self.kind = kind
    }

    public init(stringLiteral placeholder: String) { self.init(placeholder, Kind(placeholder: placeholder)) }

    public static func words(_ words: [String]) -> Value { Value(words.joined(separator: "|"), .words(words)) }
  }

  /// Throws ``UsageError`` for a value that is none of the words it may be.
  func check(_ text: String) throws(UsageError) {
    guard case .words(let words) = value?.kind, !words.contains(text) else { return }
    let choice = "\(words.dropLast().joined(separator: ", ")) or \(words[words.count - 1])"
    throw UsageError("option '--\(name)' is \(choice), not '\(text)'")
  }
}

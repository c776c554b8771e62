/// One option of a command, declared once: parsing, `--help` and `--describe` use it, and through `--describe` the
/// manual page and the completions.
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

  /// The value of an option. A string literal is enough if the placeholder implies the kind, as `"FILE"`, `"KEY=VALUE"`
  /// and `"helm|podman"` do.
  public struct Value: Sendable, ExpressibleByStringLiteral {
    /// The placeholder in `--help`.
    public var placeholder: String
    public var kind: Kind

    public init(_ placeholder: String, _ kind: Kind) {
      self.placeholder = placeholder
      self.kind = kind
    }

    public init(stringLiteral placeholder: String) { self.init(placeholder, Kind(placeholder: placeholder)) }

    public static func words(_ words: [String]) -> Value { Value(words.joined(separator: "|"), .words(words)) }
  }

  /// Throws ``UsageError`` if the value is not one of the allowed words.
  func check(_ text: String) throws(UsageError) {
    guard case .words(let words) = value?.kind, !words.contains(text) else { return }
    let choice = "\(words.dropLast().joined(separator: ", ")) or \(words[words.count - 1])"
    throw UsageError("option '--\(name)' is \(choice), not '\(text)'")
  }
}

/// A command line parsed by the conventions of getopt_long: `--name=value`, `--name value`, unambiguous abbreviations,
/// bundled letters, `--` to end the options, operands and options in any order.
public struct Arguments: Sendable {
  private var values: [String: [String]] = [:]
  public private(set) var operands: [String] = []
  /// The number of operands before a `--`; nil without one.
  public private(set) var leading: Int?

  /// Throws ``UsageError`` for an unknown or ambiguous option, and for a missing or unexpected value.
  public init(parsing words: [String], options: [Option]) throws(UsageError) {
    var rest = words[...]
    while let word = rest.popFirst() {
      if word == "--" {
        leading = operands.count
        operands += rest
        return
      } else if word.hasPrefix("--") {
        let parts = word.dropFirst(2).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        let option = try Arguments.find(String(parts[0]), in: options)
        if option.value == nil {
          guard parts.count == 1 else { throw UsageError("option '--\(option.name)' takes no value") }
          values[option.name, default: []].append("")
        } else if parts.count == 2 {
          try add(String(parts[1]), to: option)
        } else {
          guard let value = rest.popFirst() else {
            // As the last word, `--version` is that of every command.
            guard options.contains(where: { $0.name == option.name && $0.value == nil }) else {
              throw UsageError("option '--\(option.name)' needs a value")
            }
            values[option.name, default: []].append("")
            return
          }
          try add(value, to: option)
        }
      } else if word.hasPrefix("-"), word != "-" {
        var letters = word.dropFirst()
        while let letter = letters.popFirst() {
          guard let option = options.first(where: { $0.letter == letter }) else {
            throw UsageError("unknown option '-\(letter)'")
          }
          if option.value == nil {
            values[option.name, default: []].append("")
          } else if !letters.isEmpty {
            try add(String(letters), to: option)
            letters = ""
          } else {
            guard let value = rest.popFirst() else { throw UsageError("option '-\(letter)' needs a value") }
            try add(value, to: option)
          }
        }
      } else {
        operands.append(word)
      }
    }
  }

  private mutating func add(_ value: String, to option: Option) throws(UsageError) {
    try option.check(value)
    values[option.name, default: []].append(value)
  }

  private static func find(_ name: String, in options: [Option]) throws(UsageError) -> Option {
    if let exact = options.first(where: { $0.name == name }) { return exact }
    let candidates = options.filter { $0.name.hasPrefix(name) }
    guard candidates.count <= 1 else {
      throw UsageError("option '--\(name)' is ambiguous: " + candidates.map { "--\($0.name)" }.joined(separator: ", "))
    }
    guard let option = candidates.first, !name.isEmpty else {
      throw UsageError(
        "unknown option '--\(name)'",
        hint: nearest(to: name, among: options.map(\.name)).map { "did you mean '--\($0)'?" })
    }
    return option
  }

  public func has(_ name: String) -> Bool { values[name] != nil }

  /// The last value given, which overrides earlier ones.
  public subscript(name: String) -> String? { values[name]?.last }

  /// The last value as a number from 1; nil without one. Throws ``UsageError``.
  public func number(_ name: String) throws(UsageError) -> Int? {
    guard let text = self[name] else { return nil }
    guard let number = Int(text), number > 0 else {
      throw UsageError("option '--\(name)' takes a number from 1, not '\(text)'")
    }
    return number
  }

  /// All values given, in order.
  public func all(_ name: String) -> [String] { values[name] ?? [] }
}

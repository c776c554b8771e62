/// One option of a command, as `--help`, the manual page and the completions show it.
public struct Option: Sendable {
  public var name: String
  public var letter: Character?
  /// The placeholder of its value, as in `NAME`, or the words it may be, as in `helm|podman`; nil for a switch.
  public var value: String?
  public var help: String
  public var repeats: Bool

  public init(_ name: String, _ letter: Character? = nil, value: String? = nil, repeats: Bool = false, help: String) {
    self.name = name
    self.letter = letter
    self.value = value
    self.help = help
    self.repeats = repeats
  }

  /// Throws ``UsageError`` for a value that is none of the words it may be.
  fileprivate func check(_ text: String) throws(UsageError) {
    let words = (value ?? "").split(separator: "|").map(String.init)
    guard words.count > 1, !words.contains(text) else { return }
    throw UsageError("option '--\(name)' is \(words.dropLast().joined(separator: ", ")) or \(words[words.count - 1]), not '\(text)'")
  }
}

extension Option {
  public static let environment = Option("environment", "e", value: "NAME", help: "the environment of draft.toml to use (default: $DRAFT_ENV, then development)")
  public static let kubeContext = Option("kube-context", value: "NAME", help: "the kube context to release to")
  // For the commands that look at what runs.
  public static let runsInContext = Option("kube-context", value: "NAME", help: "the kube context it runs in")
  public static let runsInNamespace = Option("namespace", value: "NAME", help: "the namespace it runs in")
  public static let runsByEngine = Option("engine", value: "helm|podman", help: "what runs it (default: the setting 'engine', else helm when a kube context is configured, else podman)")

  /// What every command takes.
  static let common = [
    Option("home", value: "DIRECTORY", help: "the draft home (default: $DRAFT_HOME, then ~/.draft)"),
    Option("debug", help: "say on standard error what is done and why"),
    Option("help", "h", help: "print this text"),
    Option("version", help: "print the version"),
  ]

  /// For a command that writes records and is no stage; see ``Call/writesRecords``.
  public static let output = Option("output", "o", value: "record|table", help: "records or words, whatever standard output is")
  public static let quiet = Option("quiet", "q", help: "no progress on standard error")

  /// What every stage takes besides.
  static let stage = [
    Option("jobs", "j", value: "NUMBER", help: "how many lines to work on at once (default: 1)"), output, quiet,
  ]
}

/// A command line taken apart by getopt_long's conventions: `--name=value`, `--name value`, any unambiguous abbreviation,
/// bundled letters, `--` ends the options, operands and options in any order.
public struct Arguments: Sendable {
  private var values: [String: [String]] = [:]
  public private(set) var operands: [String] = []
  /// How many of the operands stand before a `--`; nil without one.
  public private(set) var leading: Int?

  /// Throws ``UsageError`` for an unknown or ambiguous option, a missing value, or one that is not wanted.
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
          guard let value = rest.popFirst() else { throw UsageError("option '--\(option.name)' needs a value") }
          try add(value, to: option)
        }
      } else if word.hasPrefix("-"), word != "-" {
        var letters = word.dropFirst()
        while let letter = letters.popFirst() {
          guard let option = options.first(where: { $0.letter == letter }) else { throw UsageError("unknown option '-\(letter)'") }
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
      throw UsageError("unknown option '--\(name)'", hint: nearest(to: name, among: options.map(\.name)).map { "did you mean '--\($0)'?" })
    }
    return option
  }

  public func has(_ name: String) -> Bool { values[name] != nil }

  /// The last value given; the last one wins, as everywhere.
  public subscript(name: String) -> String? { values[name]?.last }

  public func all(_ name: String) -> [String] { values[name] ?? [] }
}

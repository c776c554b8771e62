/// The language tables of `languages.txt`, which is compiled in so that one binary is enough. Read once per run.
struct LanguageTable: Sendable {
  /// The role of a language in an application, in order of precedence.
  enum Kind: String, Sendable, Comparable {
    case code, tool, markup, data, prose
    private var rank: Int {
      switch self {
      case .code: 0;
      case .tool: 1;
      case .markup: 2;
      case .data: 3;
      case .prose: 4
      }
    }
    static func < (left: Kind, right: Kind) -> Bool { left.rank < right.rank }
  }

  struct Entry: Sendable {
    var name: String
    var kind = Kind.data
    var markers: [String] = []
    var packs: [String] = []
    var argument: String?
    var codenames: [(name: String, version: String)] = []
    /// Whether a bare version in the manifest is a minimum.
    var bareIsMinimum = false
    var managers: [(file: String, manager: String)] = []
    var frameworks: [(name: String, dependency: String)] = []
    var ports: [String] = []
    var entries: [String] = []
  }

  private(set) var entries: [Entry] = []
  private var byExtension: [String: Int] = [:]
  private var byName: [String: Int] = [:]
  private var byInterpreter: [String: Int] = [:]
  /// Directories that are never entered; `prunedAtTop` only at the root of the tree.
  private(set) var pruned: Set<String> = []
  private(set) var prunedAtTop: Set<String> = []
  private(set) var generated: [String] = []
  /// Ports of databases, brokers and mail, which sources mention without listening on them.
  private(set) var notWeb: Set<Int> = []

  static let shared = LanguageTable(String(decoding: PackageResources.languages_txt, as: UTF8.self))

  init(_ text: String) {
    for line in text.utf8.split(separator: UInt8(ascii: "\n")) where line.first != UInt8(ascii: "#") {
      let words = line.split(separator: UInt8(ascii: " ")).map { String($0) ?? "" }
      guard let key = words.first else { continue }
      if key.hasPrefix("[") {
        let name = String(words.joined(separator: " ").dropFirst().dropLast())
        if name != "tree" { entries.append(Entry(name: name)) }
      } else {
        read(key, Array(words.dropFirst()))
      }
    }
  }

  private mutating func read(_ key: String, _ values: [String]) {
    let last = entries.count - 1
    switch key {
    case "directories": pruned = Set(values)
    case "top": prunedAtTop = Set(values)
    case "generated": generated = values
    case "notweb": notWeb = Set(values.compactMap(Int.init))
    case "kind": entries[last].kind = Kind(rawValue: values[0]) ?? .data
    case "extensions": for value in values { byExtension[value] = last }
    case "names": for value in values { byName[value] = last }
    case "interpreters": for value in values { byInterpreter[value] = last }
    case "markers": entries[last].markers = values
    case "packs": entries[last].packs = values
    case "argument": entries[last].argument = values[0]
    case "minimum": entries[last].bareIsMinimum = true
    case "codenames": entries[last].codenames = LanguageTable.pairs(values).map { (name: $0.0, version: $0.1) }
    case "managers": entries[last].managers = LanguageTable.pairs(values).map { (file: $0.0, manager: $0.1) }
    case "framework": entries[last].frameworks.append((values[0], values[1]))
    case "port": entries[last].ports = values.map { value in String(value.map { $0 == "_" ? " " : $0 }) }
    case "entries": entries[last].entries = values
    default: break
    }
  }

  private static func pairs(_ words: [String]) -> [(String, String)] {
    words.map { word in
      let parts = word.split(separator: "=", maxSplits: 1).map(String.init)
      return (parts[0], parts.count > 1 ? parts[1] : "")
    }
  }

  /// The language of a file, by its name; nil if the name does not tell.
  func index(ofFile name: String) -> Int? {
    if let index = byName[name] { return index }
    guard let dot = name.lastIndex(of: "."), dot != name.startIndex else { return nil }
    return byExtension[name[name.index(after: dot)...].lowercased()]
  }

  /// The language of a script, by the program in its `#!` line: `/usr/bin/env -S python3.11 -u` gives python.
  func index(ofScript head: [UInt8]) -> Int? {
    guard head.starts(with: Array("#!".utf8)) else { return nil }
    let line = String(decoding: head.dropFirst(2).prefix { $0 != 0x0A && $0 != 0x0D }, as: UTF8.self)
    var words = line.split(separator: " ").map { String($0.split(separator: "/").last ?? "") }
    if words.first == "env" { words = words.dropFirst().filter { !$0.hasPrefix("-") && !$0.contains("=") } }
    guard let program = words.first?.lowercased() else { return nil }
    if let index = byInterpreter[program] { return index }
    let bare = String(program.prefix { !$0.isNumber })
    return byInterpreter[bare]
  }

  func isGenerated(_ name: String) -> Bool { generated.contains { name.hasSuffix($0) } }

  func entry(named name: String) -> Entry? { entries.first { $0.name == name } }
}

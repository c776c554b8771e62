import Command

/// Converts a layer's value to the kind of its key. Options and variables give text, TOML values have types.
extension Layers {
  struct Sourced<T> {
    let value: T
    let source: String
    let place: String
  }

  /// Empty text counts as not set, but hides the layers below: `registry = ""` means no registry.
  func text(_ key: Key) throws -> Sourced<String>? {
    guard let found = try first(key) else { return nil }
    let text: String
    switch found.value {
    case .words(let words): text = words.last ?? ""
    case .toml(let value): text = try Layers.want(value.string, "a string", value, key, found)
    }
    guard !text.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F }) else {
      throw SettingsError.wrongValue(
        key: key.name, place: found.place, reason: "it contains a control character", hint: nil)
    }
    return Sourced(value: text, source: found.source, place: found.place)
  }

  /// Whether the key has this text from draft.toml and not from the user. A record's text may come from either.
  func isOfProject(_ key: Key, _ text: String) throws -> Bool {
    let distances = try distances(key, text)
    return distances.contains(3) && distances.isDisjoint(with: [0, 2, 4])
  }

  /// Whether the key has this text from the record and not from the user.
  func isOfRecord(_ key: Key, _ text: String) throws -> Bool {
    let distances = try distances(key, text)
    return distances.contains(1) && distances.isDisjoint(with: [0, 2, 4])
  }

  private func distances(_ key: Key, _ text: String) throws -> Set<Int> {
    Set(
      try all(key).filter { found in
        switch found.value {
        case .words(let words): words.last == text
        case .toml(let value): value.string == text
        }
      }.map(\.distance))
  }

  func flag(_ key: Key) throws -> Sourced<Bool>? {
    guard let found = try first(key) else { return nil }
    let text: String
    switch found.value {
    case .words(let words):
      text = words.last ?? ""
      // A switch without a value.
      if text.isEmpty { return Sourced(value: true, source: found.source, place: found.place) }
    case .toml(let value):
      if let flag = value.bool { return Sourced(value: flag, source: found.source, place: found.place) }
      // 'draft config set' writes only strings.
      guard let string = value.string, found.file?.label == Home.configName else {
        throw Layers.wrong("true or false", value, key, found)
      }
      text = string
    }
    return Sourced(value: try Layers.flag(text, key, place: found.place), source: found.source, place: found.place)
  }

  /// Parses the text of a flag.
  static func flag(_ text: String, _ key: Key, place: String) throws -> Bool {
    switch text.lowercased() {
    case "true", "1", "yes", "on": return true
    case "false", "0", "no", "off": return false
    default:
      throw SettingsError.wrongValue(
        key: key.name, place: place, reason: "it must be true or false, not '\(text)'", hint: nil)
    }
  }

  func seconds(_ key: Key) throws -> Sourced<Double>? {
    guard let found = try first(key) else { return nil }
    let number: Double?
    switch found.value {
    case .words(let words): number = words.last.flatMap(Double.init)
    case .toml(let value): number = try Layers.want(value.number, "a number of seconds", value, key, found)
    }
    guard let number, (0...3600).contains(number) else {
      throw SettingsError.wrongValue(
        key: key.name, place: found.place, reason: "it must be a number of seconds from 0 to 3600", hint: nil)
    }
    return Sourced(value: number, source: found.source, place: found.place)
  }

  /// The list of the highest layer that has one, each item with its place.
  func list(_ key: Key) throws -> [Sourced<String>] { try first(key).map { try Layers.items($0, key) } ?? [] }

  /// The lists of all layers, highest precedence last.
  func lists(_ key: Key) throws -> [Sourced<String>] { try all(key).reversed().flatMap { try Layers.items($0, key) } }

  /// The tables of all layers, highest precedence last; from options and variables, each word is `NAME=VALUE`.
  func tables(_ key: Key) throws -> [Sourced<(name: String, value: String)>] {
    try all(key).reversed().flatMap { found -> [Sourced<(name: String, value: String)>] in
      switch found.value {
      case .words(let words):
        return try words.map { word in
          guard let (name, value) = word.cut(at: "="), !name.isEmpty else {
            throw SettingsError.wrongValue(
              key: key.name, place: found.place, reason: "it must be NAME=VALUE", hint: nil)
          }
          return Sourced(value: (name, value), source: found.source, place: found.place)
        }
      case .toml(let value):
        return try Layers.want(value.members, "a table of strings", value, key, found).map { member in
          let text = try Layers.want(member.value.string, "a string for '\(member.key)'", member.value, key, found)
          return Sourced(
            value: (member.key, text), source: found.source(of: member.value), place: found.place(of: member.value))
        }
      }
    }
  }

  private static func items(_ found: Found, _ key: Key) throws -> [Sourced<String>] {
    switch found.value {
    case .words(let words): words.map { Sourced(value: $0, source: found.source, place: found.place) }
    case .toml(let value):
      try want(value.array, "a list of strings", value, key, found).map { item in
        Sourced(
          value: try want(item.string, "strings only", item, key, found), source: found.source(of: item),
          place: found.place(of: item))
      }
    }
  }

  private static func want<T>(_ value: T?, _ wanted: String, _ toml: TOML, _ key: Key, _ found: Found) throws -> T {
    guard let value else { throw wrong(wanted, toml, key, found) }
    return value
  }

  private static func wrong(_ wanted: String, _ toml: TOML, _ key: Key, _ found: Found) -> SettingsError {
    .wrongKind(key: key.name, place: found.place(of: toml), wanted: wanted, found: toml.kind)
  }
}

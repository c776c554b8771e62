import Records
import Settings

/// The values a chart is given: the `set` strings of the settings, then draft's own, which win.
///
/// User strings are passed to helm unchanged, since their syntax is helm's. Draft's own are typed as strings, so that a
/// tag of digits stays a string, and every character with a meaning to helm is escaped, so that an image name cannot
/// set another key.
package struct ChartValues {
  /// For the record, in the order they are applied.
  package let settings: [Values.Setting]
  /// The same as arguments of helm, without values that come from elsewhere.
  package let arguments: [String]
  /// All of them, in the words of helm.
  package let given: GivenValues
  /// Values that came from elsewhere.
  package let found: [Found]
  /// Whether there are others than draft's own.
  private let hasOthers: Bool

  /// A value that comes from elsewhere, looked up. It is in no argument, record or message.
  package struct Found {
    package let setting: Values.Setting
    package let text: String
  }

  /// nil when the image has no name that an image may have.
  package init?(app: App, image: Image, settings: Settings) {
    guard ChartValues.isReference(image.repository, image.tag) else { return nil }
    let injected: KeyValuePairs = [
      "image.repository": image.repository, "image.tag": image.tag, "draft": app.name, "buildID": image.tag,
      "basedomain": settings.basedomain
    ]
    self.settings =
      settings.set.flatMap { text, source in
        ChartValues.assignments(text).map { Values.Setting(key: $0.key, value: $0.value, source: source) }
      } + injected.map { Values.Setting(key: $0, value: $1, source: "draft") } + [
        Values.Setting(key: "ondraft", value: "true", source: "draft")
      ]
    // helm applies all --set before any --set-string, each in the order given.
    arguments =
      settings.set.map { "--set=\($0.text)" } + ["--set=ondraft=true"] + injected.map { ChartValues.argument($0, $1) }
    var given = GivenValues()
    given.set = settings.set.map(\.text) + ["ondraft=true"]
    given.strings = injected.map { "\($0)=\(ChartValues.escaped($1))" }
    (self.given, found, hasOthers) = (given, [], !settings.set.isEmpty)
  }

  /// The values that an environment declares, and no others: files first, then settings. A value in braces is a list,
  /// as helm spells one; any other is one value, whatever characters are in it.
  /// - Parameters:
  ///   - set: settings in the words of helm, after those that are declared.
  ///   - lookUp: the value of a setting that comes from elsewhere, which is a string.
  package init(declared: Values, set: [String] = [], lookUp: (Values.Setting) throws -> String) rethrows {
    settings = declared.settings
    var arguments = declared.files.map { "--values=\($0.path)" }, given = GivenValues(), found: [Found] = []
    given.files = declared.files.map(\.path)
    for setting in declared.settings {
      if setting.from != nil {
        let text = try lookUp(setting)
        found.append(Found(setting: setting, text: text))
        given.strings.append("\(setting.key)=\(ChartValues.escaped(text))")
        continue
      }
      let value = ChartValues.list(setting.value) == nil ? ChartValues.escaped(setting.value) : setting.value
      let text = "\(setting.key)=\(value)"
      arguments.append("--set\(setting.typed ? "" : "-string")=\(text)")
      if setting.typed { given.set.append(text) } else { given.strings.append(text) }
    }
    arguments += set.map { "--set=\($0)" }
    given.set += set
    (self.arguments, self.given, self.found, hasOthers) = (arguments, given, found, !settings.isEmpty || !set.isEmpty)
  }

  /// Gives helm's options for these values to the body. What others than draft have set is in none of them.
  package func pass<Result>(_ body: ([String]) throws -> Result) throws -> Result {
    hasOthers ? try HandedValues(given).pass(body) : try body(arguments)
  }

  /// A text without the values that are secret, as they are, as they are quoted, and their longer lines.
  package func masked(_ text: String) -> String {
    let secrets = found.filter { $0.setting.secret && !$0.text.isEmpty }.flatMap { value in
      [Array(value.text.utf8), Array(JSON.string(value.text).bytes.dropFirst().dropLast())]
        + value.text.utf8.split(separator: 0x0A).filter { $0.count > 5 }.map { Array($0) }
    }
    var rest = Array(text.utf8)
    // The longest first: one may be a part of another.
    for secret in secrets.sorted(by: { $0.count > $1.count }) {
      var done: [UInt8] = []
      while let range = rest.firstRange(of: secret) {
        done += rest[..<range.lowerBound] + Array("(secret)".utf8)
        rest.removeSubrange(..<range.upperBound)
      }
      rest = done + rest
    }
    return String(decoding: rest, as: UTF8.self)
  }

  /// The items of `{a,b}`, helm's spelling of a list; nil for anything else.
  package static func list(_ text: String) -> [String]? {
    guard text.hasPrefix("{"), text.hasSuffix("}"), text.utf8.count > 2 else { return nil }
    var items = [""], isEscaped = false
    for scalar in text.unicodeScalars.dropFirst().dropLast() {
      if isEscaped {
        items[items.count - 1].unicodeScalars.append(scalar)
        isEscaped = false
      } else if scalar == "\\" {
        isEscaped = true
      } else if scalar == "," {
        items.append("")
      } else if scalar == "}" {
        return nil
      } else {
        items[items.count - 1].unicodeScalars.append(scalar)
      }
    }
    return isEscaped ? nil : items
  }

  /// An argument for helm that sets a value to a string, even if it looks like a number.
  package static func argument(_ key: String, _ value: String) -> String { "--set-string=\(key)=\(escaped(value))" }

  /// Whether the characters are those of an image reference in distribution's grammar; enough to keep out options and
  /// control characters.
  static func isReference(_ repository: String, _ tag: String) -> Bool {
    func word(_ text: String, _ more: String) -> Bool {
      guard let first = text.utf8.first,
        isAlphanumeric(first) || first == UInt8(ascii: "_") || (first == UInt8(ascii: "[") && more.contains("["))
      else { return false }
      return text.utf8.allSatisfy { isAlphanumeric($0) || more.utf8.contains($0) }
    }
    return word(repository, "._-/:[]") && word(tag, "._-") && tag.utf8.count <= 128
  }

  private static func isAlphanumeric(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"):
      true
    default: false
    }
  }

  package static func escaped(_ value: String) -> String {
    var out = ""
    for scalar in value.unicodeScalars {
      if #",\{}[]="#.unicodeScalars.contains(scalar) { out.unicodeScalars.append("\\") }
      out.unicodeScalars.append(scalar)
    }
    return out
  }

  /// Splits helm's `a=b,c={d,e}` into single assignments, spelled as they are. For the record only; helm parses the
  /// string itself.
  package static func assignments(_ text: String) -> [(key: String, value: String)] {
    var parts: [String] = [""]
    var escaped = false, depth = 0
    for character in text {
      if character == ",", !escaped, depth == 0 { parts.append(""); continue }
      if !escaped {
        if character == "{" { depth += 1 } else if character == "}" { depth = max(0, depth - 1) }
      }
      escaped = character == "\\" && !escaped
      parts[parts.count - 1].append(character)
    }
    return parts.filter { !$0.isEmpty }.map { part in
      let sides = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      return (String(sides[0]), sides.count > 1 ? String(sides[1]) : "")
    }
  }
}

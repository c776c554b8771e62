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
  /// The same as arguments of helm.
  package let arguments: [String]

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
  }

  /// The values that an environment declares, and no others: files first, then settings. A value in braces is a list,
  /// as helm spells one; any other is one value, whatever characters are in it.
  package init(declared: Values) {
    settings = declared.settings
    arguments =
      declared.files.map { "--values=\($0.path)" }
      + declared.settings.filter { $0.from == nil }.map { setting in
        let value = ChartValues.list(setting.value) == nil ? ChartValues.escaped(setting.value) : setting.value
        return "--set\(setting.typed ? "" : "-string")=\(setting.key)=\(value)"
      }
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

  static func escaped(_ value: String) -> String {
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

import Records
import Settings

/// What the chart is given: the `set` strings of the settings, and then what draft injects, which wins.
///
/// User strings go to helm as they are, since their syntax is helm's. Injected ones are typed as strings, so that a tag of digits
/// stays one, and every character that means something to helm is escaped, so that no image name can set another key.
package struct ChartValues {
  /// For the record, in the order they are applied.
  package let settings: [Values.Setting]
  /// The same for helm.
  package let arguments: [String]

  /// nil when the image has no name that an image may have.
  package init?(app: App, image: Image, settings: Settings) {
    guard ChartValues.isReference(image.repository, image.tag) else { return nil }
    let injected: KeyValuePairs = [
      "image.repository": image.repository, "image.tag": image.tag, "draft": app.name, "buildID": image.tag, "basedomain": settings.basedomain,
    ]
    self.settings =
      settings.set.flatMap { text, source in
        ChartValues.assignments(text).map { Values.Setting(key: $0.key, value: $0.value, source: source) }
      } + injected.map { Values.Setting(key: $0, value: $1, source: "draft") } + [Values.Setting(key: "ondraft", value: "true", source: "draft")]
    // helm applies all --set before any --set-string, each in the order given.
    arguments =
      settings.set.map { "--set=\($0.text)" } + ["--set=ondraft=true"] + injected.map { ChartValues.argument($0, $1) }
  }

  /// One more for helm: a text, whatever it looks like.
  package static func argument(_ key: String, _ value: String) -> String { "--set-string=\(key)=\(escaped(value))" }

  /// The characters of an image reference, as the distribution's grammar has them; enough to keep out options and control characters.
  static func isReference(_ repository: String, _ tag: String) -> Bool {
    func word(_ text: String, _ more: String) -> Bool {
      guard let first = text.utf8.first, isAlphanumeric(first) || first == UInt8(ascii: "_") || (first == UInt8(ascii: "[") && more.contains("[")) else { return false }
      return text.utf8.allSatisfy { isAlphanumeric($0) || more.utf8.contains($0) }
    }
    return word(repository, "._-/:[]") && word(tag, "._-") && tag.utf8.count <= 128
  }

  private static func isAlphanumeric(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
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

  /// Helm's `a=b,c={d,e}` as single assignments, spelled as they are. For the record only; helm reads the string itself.
  static func assignments(_ text: String) -> [(key: String, value: String)] {
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

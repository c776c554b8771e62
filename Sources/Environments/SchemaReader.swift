import Command
import Records
import YAML

/// Reads the mappings of a file and notes what is wrong with them: nothing in it is passed over in silence.
struct SchemaReader {
  let file: SourceFile
  /// What is being read, for findings: `prod/web`.
  var subject: String
  private(set) var findings: [Finding] = []

  init(_ file: SourceFile, subject: String) { (self.file, self.subject) = (file, subject) }

  mutating func note(
    _ rule: Rule, _ severity: Finding.Severity = .error, at yaml: YAML, _ message: String, _ advice: String? = nil
  ) {
    findings.append(file.finding(rule, severity, of: subject, at: yaml, message, advice))
  }

  /// The members of a mapping by key. Notes keys that are not known and those that are there twice.
  /// - Parameter what: as in "of a release".
  mutating func fields(_ yaml: YAML, of what: String, known: [String]) -> [String: YAML] {
    guard let members = yaml.mapping else {
      note(.type, at: yaml, "\(what) is not a mapping")
      return [:]
    }
    var fields: [String: YAML] = [:]
    fields.reserveCapacity(members.count)
    take(members, of: what, known: known, isMerged: false, &fields, 0)
    return fields
  }

  private mutating func take(
    _ members: [YAML.Member], of what: String, known: [String], isMerged: Bool, _ fields: inout [String: YAML],
    _ depth: Int
  ) {
    var merged: [YAML] = []
    for member in members {
      guard let scalar = member.key.scalar else {
        note(.type, at: member.key, "a key of \(what) is not a text")
        continue
      }
      let name = scalar.text
      if name == "<<", scalar.style == .plain {
        merged += member.value.sequence ?? [member.value]
        continue
      }
      guard known.contains(name) else {
        note(
          .key, at: member.key, "\(what) has no key '\(name)'",
          nearest(to: name, among: known).map { "did you mean '\($0)'?" }
            ?? "it is one of \(known.joined(separator: ", "))")
        continue
      }
      if fields[name] == nil {
        fields[name] = member.value
      } else if !isMerged {
        note(.duplicate, at: member.key, "\(what) has the key '\(name)' twice", "keep one of the two")
      }
    }
    guard depth < 10 else { return }
    for mapping in merged {
      guard let members = mapping.mapping else {
        note(.type, at: mapping, "what '<<' merges into \(what) is not a mapping")
        continue
      }
      take(members, of: what, known: known, isMerged: true, &fields, depth + 1)
    }
  }

  /// The text of a field; nil if it is absent. A number counts as it is spelled.
  mutating func text(_ yaml: YAML?, _ name: String) -> String? {
    guard let yaml else { return nil }
    guard let text = yaml.text, !text.isEmpty else {
      note(.type, at: yaml, yaml.isNull || yaml.scalar != nil ? "'\(name)' has no value" : "'\(name)' is not a text")
      return nil
    }
    return text
  }

  mutating func bool(_ yaml: YAML?, _ name: String) -> Bool {
    guard let yaml else { return false }
    guard let bool = yaml.bool else {
      note(.type, at: yaml, "'\(name)' is neither true nor false")
      return false
    }
    return bool
  }

  /// The items of a list; none if it is absent or has no value.
  mutating func list(_ yaml: YAML?, _ name: String) -> [YAML] {
    guard let yaml, !yaml.isNull else { return [] }
    guard let items = yaml.sequence else {
      note(.type, at: yaml, "'\(name)' is not a list")
      return []
    }
    return items
  }

  mutating func missing(_ name: String, of what: String, at yaml: YAML, _ advice: String? = nil) {
    note(.missing, at: yaml, "\(what) has no '\(name)'", advice)
  }
}

/// The checks of environments; draft-env(1) lists them.
enum Rule: String {
  case key, duplicate, missing, type, name, chart, unpinned, provider, needs, trigger, shadowed, unread, secret
  // Of releases beside each other and beside their charts.
  case unused, image, ingress
}

/// A YAML file with its name as it is shown.
struct SourceFile {
  /// As it is found from the current directory.
  let path: String
  let bytes: [UInt8]
  let root: YAML

  init(_ path: String, limit: Int = 64 << 20) throws {
    (self.path, bytes) = (path, try Files.read(path, limit: limit))
    root = try YAML(parsing: bytes, file: path)
  }

  /// Its directory, with a slash at the end; empty for the current one.
  var directory: String { path.lastIndex(of: "/").map { String(path[...$0]) } ?? "" }

  /// A path in it, from the current directory.
  func resolve(_ other: String) -> String {
    var other = other
    while other.hasPrefix("./") { other = String(other.dropFirst(2)) }
    return other.hasPrefix("/") ? other : directory + other
  }

  func place(_ yaml: YAML) -> String { "\(path):\(yaml.start.line)" }

  func finding(
    _ rule: Rule, _ severity: Finding.Severity, of subject: String, at yaml: YAML, _ message: String, _ advice: String?
  ) -> Finding {
    // Findings count bytes.
    let before = bytes.prefix(yaml.start.offset), line = before.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
    return Finding(
      chart: subject, rule: rule.rawValue, severity: severity, file: path, line: yaml.start.line,
      column: yaml.start.offset - line + 1, message: message, advice: advice, values: nil)
  }
}

/// An immutable field of an object, such as the template of a Job.
public struct FixedField: Equatable, Sendable {
  /// `Job`
  package var kind: String
  /// The name that kubectl takes: `job/migrate`.
  package var resource: String
  package var name: String
  /// `spec.template`
  package var field: String

  /// How the API words it for one field or another; there is no error code for it.
  private static let marks = [
    "is immutable", "may not change", "may not be changed", "cannot be changed", "can not be unset", "cannot be unset",
    "cannot change ", "updates to "
  ]

  /// The fields that an answer of the API names, without Go's values: `Job.batch "m" is invalid: spec.template: field
  /// is immutable`.
  package static func all(in text: String) -> [FixedField] {
    let invalid = "\" is invalid: "
    var found: [FixedField] = [], rest = text[...]
    while let here = rest.firstRange(of: invalid) {
      let before = rest[..<here.lowerBound]
      rest = rest[here.upperBound...]
      let next = rest.firstRange(of: invalid)?.lowerBound ?? rest.endIndex
      guard let quote = before.lastIndex(of: "\"") else { continue }
      let name = before[before.index(after: quote)...]
      let kind = before[..<quote].split(whereSeparator: \.isWhitespace).last ?? ""
      guard isObjectName(String(name)), kind.first?.isUppercase == true, kind.utf8.allSatisfy(isPlain) else { continue }
      for field in fields(rest[..<next]) {
        let one = FixedField(kind: kind, name: name, field: field)
        if !found.contains(one) { found.append(one) }
      }
    }
    return found
  }

  private init(kind: Substring, name: Substring, field: String) {
    let parts = kind.split(separator: ".", maxSplits: 1)
    self.kind = String(parts[0])
    self.name = String(name)
    self.field = field
    resource = (parts.count < 2 || ["apps", "batch"].contains(parts[1]) ? parts[0] : kind).lowercased() + "/" + name
  }

  /// The text before each mark is the field, and maybe what is wrong with it: `data: Forbidden: field `.
  private static func fields(_ text: Substring) -> [String] {
    var found: [(at: Substring.Index, field: String)] = []
    for mark in marks {
      var rest = text
      while let here = rest.firstRange(of: mark) {
        rest = rest[here.upperBound...]
        var before = text[..<here.lowerBound]
        while let colon = before.ranges(of: ": ").last {
          before = before[..<colon.lowerBound]
          let word =
            before.split { $0.isWhitespace || $0 == "," }.last.map { $0.hasPrefix("[") ? $0.dropFirst() : $0 } ?? ""
          guard let first = word.utf8.first, (0x61...0x7A).contains(first), word != "value",
            word.utf8.allSatisfy({ isPlain($0) || "[]".utf8.contains($0) })
          else { continue }
          found.append((here.lowerBound, String(word)))
          break
        }
      }
    }
    return found.sorted { $0.at < $1.at }.map(\.field)
  }

  private static func isPlain(_ byte: UInt8) -> Bool {
    (0x61...0x7A).contains(byte) || (0x41...0x5A).contains(byte) || (0x30...0x39).contains(byte)
      || ".-_".utf8.contains(byte)
  }
}

extension FixedField {
  /// What to do about all of them. The names come from the cluster and have been checked.
  package static func hint(_ fields: [FixedField], namespace: String) -> String {
    guard !fields.contains(where: { $0.kind == "PersistentVolumeClaim" }) else {
      return "put the field back, or give the claim another name: what it stores is deleted with it"
    }
    var resources: [String] = []
    for field in fields where !resources.contains(field.resource) { resources.append(field.resource) }
    let kinds = Set(fields.map(\.kind))
    let delete = "'kubectl delete \(resources.joined(separator: " ")) --namespace \(namespace)"
    switch kinds {
    case ["Job"]:
      let saving =
        "the annotation 'helm.sh/hook: pre-install,pre-upgrade', or a name of its own for each image, saves that"
      return delete + "' and release again; " + saving
    case ["StatefulSet"]:
      return delete + " --cascade=orphan' and release again, its pods and volumes stay; or put the field back"
    default: return delete + "' and release again, what it does is unavailable until then; or put the field back"
    }
  }
}

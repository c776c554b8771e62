import Records

extension ChartParams {
  /// A values file to fill in: every parameter with its documentation and its default. All but the required ones are
  /// commented out, so that the file changes nothing until you uncomment something; so is nothing that a release sets.
  package var stub: String {
    var root = Branch()
    for parameter in list where !parameter.steps.contains(.each) { root.add(parameter, parameter.steps[...]) }
    let body = root.text(indent: 0)
    return (release.map { "# release: \($0.harmless)\n" } ?? "")
      + (hasReference ? "# chart: \(reference.harmless)\n" : "") + (body.isEmpty ? "" : "\n" + body)
  }

  /// A JSON Schema of the values, from what is known about the parameters.
  package var schema: JSON {
    var root = Branch()
    for parameter in list where !parameter.steps.contains(.each) { root.add(parameter, parameter.steps[...]) }
    return .object(
      [
        ("$schema", .string("http://json-schema.org/draft-07/schema#")),
        ("title", .string("Values of \(chart.metadata.name)"))
      ] + root.schema)
  }
}

/// The parameters as a tree, in the order of the values.
private struct Branch {
  private var names: [String] = []
  private var children: [String: Branch] = [:]
  private var parameter: Parameter?

  mutating func add(_ parameter: Parameter, _ steps: ArraySlice<ValuePaths.Step>) {
    guard case .key(let name)? = steps.first else { return self.parameter = parameter }
    if children[name] == nil { names.append(name) }
    children[name, default: Branch()].add(parameter, steps.dropFirst())
  }

  /// Whether it is not in comments.
  private var isPlain: Bool {
    parameter.map { $0.isRequired || $0.isSet } ?? children.values.contains(where: \.isPlain)
  }

  func text(indent: Int) -> String {
    names.map { name in
      guard let child = children[name] else { return "" }
      let space = String(repeating: " ", count: indent)
      let mark = space + (child.isPlain ? "" : "# "), key = Branch.key(name)
      guard let parameter = child.parameter else { return "\(mark)\(key):\n" + child.text(indent: indent + 2) }
      let uses = parameter.uses.first.map { "\($0.file):\($0.line)" }
      let documentation =
        parameter.documentation ?? (parameter.isDeclared ? nil : uses.map { "Not in values.yaml; read at \($0)" })
      let comment = documentation.map { "\(space)# \($0.harmless)\n" } ?? ""
      // For helm null removes the key.
      let isToFill = parameter.fallback == .null && parameter.isRequired && !parameter.isSet
      let fallback = isToFill ? nil : parameter.fallback
      return comment + "\(mark)\(key): \((fallback ?? .string("")).text)\n"
    }.joined()
  }

  private static func key(_ name: String) -> String {
    let isPlain = name.utf8.allSatisfy {
      (0x30...0x39).contains($0) || (0x61...0x7A).contains($0 | 0x20) || $0 == UInt8(ascii: "_")
        || $0 == UInt8(ascii: "-")
    }
    let isWord = name.utf8.first.map { (0x61...0x7A).contains($0 | 0x20) } ?? false
    let isOdd = ["y", "n", "yes", "no", "on", "off", "true", "false", "null"].contains(name.lowercased())
    return isPlain && isWord && !isOdd ? name : JSON.string(name).text
  }

  var schema: [(name: String, value: JSON)] {
    if let parameter {
      return [
        ("description", parameter.documentation.map(JSON.string)), ("type", parameter.type.map(JSON.string)),
        ("enum", parameter.choices.isEmpty ? nil : .array(parameter.choices)), ("default", parameter.fallback)
      ].compactMap { name, value in value.map { (name, $0) } }
    }
    let required = names.filter { children[$0]?.parameter?.isRequired ?? false }
    return [
      ("type", .string("object")), ("properties", .object(names.map { ($0, .object(children[$0]?.schema ?? [])) }))
    ]
      + (required.isEmpty ? [] : [("required", .strings(required))])
  }
}

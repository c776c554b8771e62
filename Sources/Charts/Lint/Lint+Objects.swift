import Command
import Records
import Templates
import YAML

/// Checks of objects before rendering, where the templates spell them out.
extension Lint {
  /// Finds API versions that Kubernetes does not serve, in text that is certain to be printed.
  mutating func removed(_ walk: CertainWalk, _ reader: ValueReader, _ version: Version, _ one: Case) {
    guard version.major == 1 else { return }
    for (source, _, event) in walk.events {
      guard case .text(let slice) = event else { continue }
      let origin = reader.sources[source], text = origin.template.text(slice)
      var at = text.startIndex, api: (String, Int)?
      for line in text.split(separator: 0x0A, omittingEmptySubsequences: false) {
        defer { at += line.count + 1 }
        if let value = Lint.value(of: "apiVersion", line) { api = (value, at) }
        guard let kind = Lint.value(of: "kind", line), let found = api, let removed = RemovedAPI.find(found.0, kind),
          version.minor >= removed.minor
        else { continue }
        let place = origin.template.place(of: Int32(truncatingIfNeeded: found.1))
        var finding = LintFinding(
          .api, .error, origin.file, place.line, place.column,
          "Kubernetes \(version.major).\(version.minor) has no \(kind) of \(found.0): 1.\(removed.minor) removed it",
          removed.instead == "none" ? "there is no replacement" : "use \(removed.instead)")
        finding.values = one.file
        if !findings.contains(where: { $0.rule == .api && $0.file == finding.file && $0.line == finding.line }) {
          findings.append(finding)
        }
      }
    }
  }

  /// The value of a key at the start of a line, if it is a plain word.
  private static func value(of key: String, _ line: ArraySlice<UInt8>) -> String? {
    guard line.starts(with: key.utf8) else { return nil }
    let rest = line[(line.startIndex + key.utf8.count)...]
    guard rest.first == UInt8(ascii: ":") else { return nil }
    let word = rest.dropFirst().filter {
      $0 != 0x20 && $0 != 0x0D && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "'")
    }
    return word.isEmpty ? nil : String(decoding: word, as: UTF8.self)
  }

  /// Checks selectors and ports of objects that are spelled out.
  mutating func objects(_ reader: ValueReader, _ chart: LoadedChart) {
    var objects: [Literal] = [], isWhole = true
    for source in reader.sources where source.isRendered && source.instance == 0 {
      guard source.file.hasSuffix(".yaml") || source.file.hasSuffix(".yml") else { continue }
      guard let found = Literal.objects(in: source) else {
        isWhole = false
        continue
      }
      objects += found
    }
    for object in objects
    where ["Deployment", "StatefulSet", "DaemonSet", "ReplicaSet"].contains(object.kind) && !object.hasSelectors {
      guard let spec = object.yaml["spec"], spec.mapping != nil, !object.hasOpenKeys(object.yaml),
        !object.hasOpenKeys(spec), object.indent >= spec.mapping?.first?.key.start.column ?? 200
      else { continue }
      // Helm's, as far as it needs no rendering.
      findings.append(
        Literal.finding(
          .selector, .error, object, spec, "the \(object.kind) has no selector",
          "add 'selector' with the labels of its pods"))
    }
    isWhole = isWhole && objects.allSatisfy { !$0.hasBranches }
    objects.removeAll(where: \.hasBranches)
    for object in objects where ["Deployment", "StatefulSet", "DaemonSet"].contains(object.kind) {
      guard let selector = Literal.labels(object.yaml["spec"]?["selector"]?["matchLabels"]),
        let labels = Literal.labels(object.yaml["spec"]?["template"]?["metadata"]?["labels"])
      else { continue }
      if let (key, value) = selector.sorted(by: { $0.key < $1.key }).first(where: { labels[$0.key] != $0.value }),
        let node = object.yaml["spec"]?["selector"]
      {
        findings.append(
          Literal.finding(
            .selector, .error, object, node,
            "the selector of the \(object.kind) does not match its own pods: \(key): \(value)",
            "give the pods that label"))
      }
    }
    // Whether a Service finds pods is known only if all pods are.
    guard isWhole, chart.subcharts.isEmpty else { return }
    let pods = objects.filter { $0.podSpec != nil }
    guard !pods.isEmpty, pods.allSatisfy({ Literal.labels($0.podLabels) != nil }),
      !objects.contains(where: { $0.kind.contains(Literal.hole) || Literal.isForeign($0) })
    else { return }
    for service in objects where service.kind == "Service" {
      guard let node = service.yaml["spec"]?["selector"], let selector = Literal.labels(node), !selector.isEmpty else {
        continue
      }
      let matched = pods.filter { pod in
        Literal.labels(pod.podLabels).map { labels in selector.allSatisfy { labels[$0.key] == $0.value } } ?? false
      }
      if matched.isEmpty {
        findings.append(
          Literal.finding(
            .selector, .warning, service, node, "the selector of the Service matches no pods of the chart",
            "give it the labels of the pods"))
        continue
      }
      for port in service.yaml["spec"]?["ports"]?.sequence ?? [] {
        guard let target = port["targetPort"], let name = target.string, !name.contains(Literal.hole), Int(name) == nil
        else { continue }
        guard let names = Literal.portNames(of: matched), !names.contains(name) else { continue }
        findings.append(
          Literal.finding(
            .port, .warning, service, target, "no container of the pods has a port '\(name)'",
            names.isEmpty ? "name the port of the container" : "they have: \(names.sorted().joined(separator: ", "))"))
      }
    }
  }
}

/// An object of a template. Where the template prints a value, it has a hole.
private struct Literal {
  /// Stands for a printed value. No YAML file can contain it.
  static let hole = "\u{E000}"

  let yaml: YAML
  let file: String
  let kind: String
  /// Whether the file has branches, which are left out.
  let hasBranches: Bool
  /// The fewest spaces before what a branch prints.
  let indent: Int
  /// Whether the file has the word matchLabels or matchExpressions anywhere.
  let hasSelectors: Bool
  /// The lines of the template, by the lines of the text.
  private let lines: [Int]

  /// The lines of the text that have a hole: columns in them are not those of the template.
  private let holes: Set<Int>

  func place(_ node: YAML) -> (line: Int, column: Int) {
    let line = node.start.line
    return (lines.indices.contains(line - 1) ? lines[line - 1] : line, holes.contains(line) ? 1 : node.start.column)
  }

  static func finding(
    _ rule: LintRule, _ severity: Finding.Severity, _ object: Literal, _ node: YAML, _ message: String, _ advice: String
  ) -> LintFinding {
    let place = object.place(node)
    return LintFinding(rule, severity, object.file, place.line, place.column, message.harmless, advice.harmless)
  }

  /// Whether a template may print more keys of a mapping.
  func hasOpenKeys(_ yaml: YAML) -> Bool {
    yaml.mapping?.contains { $0.key.scalar?.text.contains(Literal.hole) ?? true } ?? true
  }

  var podTemplate: YAML? {
    switch kind {
    case "Pod": yaml
    case "CronJob": yaml["spec"]?["jobTemplate"]?["spec"]?["template"]
    case "Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Job": yaml["spec"]?["template"]
    default: nil
    }
  }
  var podSpec: YAML? { podTemplate?["spec"] }
  var podLabels: YAML? { podTemplate?["metadata"]?["labels"] }

  /// Other objects make pods of their own.
  static func isForeign(_ object: Literal) -> Bool {
    object.yaml["apiVersion"]?.text.map { $0.contains(".") && !$0.contains(".k8s.io/") } ?? true
  }

  /// nil if a part of them is not spelled out.
  static func labels(_ yaml: YAML?) -> [String: String]? {
    guard let members = yaml?.mapping else { return nil }
    var labels: [String: String] = [:]
    for member in members {
      guard let key = member.key.scalar?.text, let value = member.value.scalar?.text, !key.contains(hole),
        !value.contains(hole)
      else { return nil }
      labels[key] = value
    }
    return labels
  }

  static func portNames(of pods: [Literal]) -> Set<String>? {
    var names: Set<String> = []
    for pod in pods {
      guard let spec = pod.podSpec, !pod.hasOpenKeys(spec), let containers = spec["containers"]?.sequence else {
        return nil
      }
      for container in containers {
        guard container.mapping != nil, !pod.hasOpenKeys(container) else { return nil }
        guard let ports = container["ports"] else { continue }
        guard let items = ports.sequence else { return nil }
        for item in items {
          guard item.mapping != nil, !pod.hasOpenKeys(item) else { return nil }
          guard let name = item["name"]?.text else { continue }
          guard !name.contains(hole) else { return nil }
          names.insert(name)
        }
      }
    }
    return names
  }

  /// Whether a branch prints only whole lines of text, and values inside them or indented further.
  private static func isPlain(_ list: Template.List, _ template: Template, _ indent: inout Int) -> Bool {
    var isInLine = false
    for statement in template[list] {
      switch statement.kind {
      case .text(let slice): isInLine = template.text(slice).reversed().prefix { $0 != 0x0A }.contains { $0 != 0x20 }
      case .action(let pipeline):
        guard !isInLine, template[pipeline].variables.0 == nil else { continue }
        guard let by = indentation(template.text(of: pipeline)) else { return false }
        indent = min(indent, by.spaces)
      case .if(let branch), .with(let branch), .range(let branch):
        guard isPlain(branch.then, template, &indent), isPlain(branch.otherwise, template, &indent) else {
          return false
        }
      case .template: guard isInLine else { return false }
      case .break, .continue: return false
      }
    }
    return true
  }

  /// Of a pipeline that ends in `indent 8` or `nindent 8`.
  private static func indentation(_ pipeline: String) -> (spaces: Int, isOnNewLine: Bool)? {
    let words = (pipeline.split(separator: "|").last ?? "").split(separator: " ")
    guard words.count == 2, words[0] == "indent" || words[0] == "nindent", let spaces = Int(words[1]),
      (0...200).contains(spaces)
    else { return nil }
    return (spaces, words[0] == "nindent")
  }

  /// The objects of a template; nil if its branches may print keys, or it is not YAML with holes.
  static func objects(in source: ValueReader.Source) -> [Literal]? {
    let template = source.template
    var text: [UInt8] = [], lines: [Int] = [], hasBranches = false, indent = 200
    for statement in template[template.root] {
      switch statement.kind {
      case .text(let slice):
        var line = template.place(of: Int32(truncatingIfNeeded: template.text(slice).startIndex)).line
        if text.isEmpty { lines.append(line) }
        for byte in template.text(slice) {
          text.append(byte)
          if byte == 0x0A {
            line += 1
            lines.append(line)
          }
        }
      case .action(let pipeline):
        if template[pipeline].variables.0 != nil { continue }
        let isInLine = text.reversed().prefix { $0 != 0x0A }.contains { $0 != 0x20 }
        let by = indentation(template.text(of: pipeline))
        if let by, by.isOnNewLine || !isInLine {
          // A member of the mapping above.
          if by.isOnNewLine {
            lines.append(lines.last ?? 1)
            text.append(0x0A)
          }
          text += Array(repeating: 0x20, count: by.spaces) + Array("\(hole): \(hole)".utf8)
        } else {
          text += Array(hole.utf8)
        }
      case .if(let branch), .with(let branch), .range(let branch):
        guard isPlain(branch.then, template, &indent), isPlain(branch.otherwise, template, &indent) else { return nil }
        hasBranches = true
      case .template:
        guard text.reversed().prefix(while: { $0 != 0x0A }).contains(where: { $0 != 0x20 }) else { return nil }
        text += Array(hole.utf8)
      case .break, .continue: return nil
      }
    }
    let hasSelectors = ["matchLabels", "matchExpressions"].contains {
      template.source.firstRange(of: Array($0.utf8)) != nil
    }
    let holes = Set(
      text.split(separator: 0x0A, omittingEmptySubsequences: false).enumerated().filter {
        $0.element.firstRange(of: Array(hole.utf8)) != nil
      }.map { $0.offset + 1 })
    guard let documents = try? YAML.documents(parsing: text) else { return nil }
    var objects: [Literal] = []
    for document in documents where !document.isNull {
      guard document.mapping != nil, let kind = document["kind"]?.text else { return nil }
      objects.append(
        Literal(
          yaml: document, file: source.file, kind: kind, hasBranches: hasBranches, indent: indent,
          hasSelectors: hasSelectors, lines: lines, holes: holes))
    }
    return objects
  }
}

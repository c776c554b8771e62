import Command
import Records
import Templates
import YAML

/// The checks of what a chart is rendered to with the values of a case.
extension Lint {
  /// A chart rendered with one case.
  struct Rendered {
    let one: Case
    let rendering: ChartRendering
    let set: TemplateSet
    /// The names of the templates that have been rendered, in order.
    var names: [String] = []
    var texts: [String: [UInt8]] = [:]

    /// The place in a template that a byte of a rendered one came from: the template is rendered once more for it.
    func place(in name: String, of byte: Int) -> (template: Template, offset: Int32)? {
      let trace = Trace()
      guard (try? rendering.render(name, by: set, trace: trace)) != nil else { return nil }
      return trace.place(of: byte)
    }
  }

  /// Templates that have been parsed, with their names in order: most cases have the same ones.
  struct ParsedTemplates {
    var sets: [(names: [String], set: TemplateSet)] = []

    mutating func set(for rendering: ChartRendering) throws(RenderError) -> TemplateSet {
      let names = rendering.names
      if let known = sets.first(where: { $0.names == names }) { return known.set }
      let set = try rendering.parsed(names)
      sets.append((names, set))
      return set
    }
  }

  /// Renders a chart as helm's lint does, and checks the result.
  mutating func render(
    _ tree: ChartTree, _ values: GoMap, _ one: Case, files: [String: String], _ parsed: inout ParsedTemplates
  ) {
    guard let capabilities = Capabilities(kubeVersion: order.kubeVersion.map { "\($0)" }) else { return }
    var renderOrder = RenderOrder(capabilities: capabilities)
    (renderOrder.isLint, renderOrder.name) = (true, "test-release")
    let rendering = ChartRendering(tree, GoMap(copying: values, .values), renderOrder)
    let set: TemplateSet
    do throws(RenderError) { set = try parsed.set(for: rendering) } catch {
      return failure(error, files, one)
    }
    var rendered = Rendered(one: one, rendering: rendering, set: set)
    let notes = set.notes.count
    var isWhole = true
    for name in rendering.names where !ChartRendering.isPartial(name) {
      do throws(RenderError) {
        rendered.texts[name] = try rendering.render(name, by: set)
        rendered.names.append(name)
      } catch {
        // Helm stops here; the others may have errors of their own.
        isWhole = false
        failure(error, files, one)
      }
    }
    for note in set.notes[notes...] { say(note, files, one) }
    check(rendered, root: tree.name, files, isWhole: isWhole)
  }

  private func how(_ one: Case) -> String { one.file.map { "with \($0)" } ?? "with the defaults" }

  /// Says what holds for several cases once: the defaults come first.
  private mutating func sayOnce(_ finding: LintFinding, _ one: Case) {
    var finding = finding
    finding.values = one.file
    let isKnown = findings.contains {
      $0.rule == finding.rule && $0.file == finding.file && $0.line == finding.line && $0.column == finding.column
    }
    if !isKnown { findings.append(finding) }
  }

  private mutating func say(_ note: TemplateSet.Note, _ files: [String: String], _ one: Case) {
    let place = note.template.place(of: note.offset), file = files[note.template.name] ?? note.template.name
    let message = String(decoding: note.message, as: UTF8.self)
    let behind = message.isEmpty ? "" : ": \(message)"
    sayOnce(
      note.isFail
        ? LintFinding(
          .fail, .warning, file, place.line, place.column, "'fail' is reached \(how(one))\(behind)".harmless,
          "set defaults that work, or add a file in ci/ that does")
        : LintFinding(
          .required, .warning, file, place.line, place.column,
          "a required value is not set \(how(one))\(behind)".harmless,
          "set a default, or add a file in ci/ that sets it"), one)
  }

  /// A rendering that fails.
  private mutating func failure(_ error: RenderError, _ files: [String: String], _ one: Case) {
    guard case .chart(let text) = error else {
      sayOnce(LintFinding(.template, .error, path, 0, 1, error.message.harmless, error.hint), one)
      return
    }
    // `template: web/templates/a.yaml:3:8: executing "…" at <…>: …`, of which the last that names a file is the inner.
    var file = path, line = 0, column = 1
    for part in text.pieces(behind: "template: ") {
      let words = part.split(separator: ":", maxSplits: 3, omittingEmptySubsequences: false)
      guard words.count == 4, let known = files[String(words[0])], let first = Int(words[1]),
        let second = Int(words[2])
      else { continue }
      (file, line, column) = (known, first, second + 1)
    }
    let reason = text.pieces(behind: ">: ").last.map { String($0) } ?? text
    let isNull = text.contains("nil pointer evaluating")
    sayOnce(
      LintFinding(
        isNull ? .null : .template, .error, file, line, column, "rendering fails \(how(one)): \(reason)".harmless,
        isNull ? "declare the value that it is a member of, or test that first" : nil), one)
  }

  // MARK: documents

  /// A document of a rendered template.
  private struct Document {
    let yaml: YAML
    let name: String
    /// Where it begins in the text of the template.
    let start: Int
    var kind: String { yaml["kind"]?.text ?? "" }
    var apiVersion: String { yaml["apiVersion"]?.text ?? "" }

    var podTemplate: YAML? {
      switch kind {
      case "Pod": yaml
      case "CronJob": yaml["spec"]?["jobTemplate"]?["spec"]?["template"]
      case "Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Job": yaml["spec"]?["template"]
      default: nil
      }
    }
    var podLabels: [String: String] { Document.labels(podTemplate?["metadata"]?["labels"]) }
    /// Where its chart is, as in `web/charts/redis`.
    var chart: Substring {
      Substring(name.utf8.prefix(name.utf8.count - (name.pieces(behind: "/templates/").last?.utf8.count ?? 0)))
    }
    /// Other objects make pods of their own.
    var isForeign: Bool { apiVersion.contains(".") && !apiVersion.contains(".k8s.io/") }

    var portNames: [String] {
      (podTemplate?["spec"]?["containers"]?.sequence ?? []).flatMap { $0["ports"]?.sequence ?? [] }.compactMap {
        $0["name"]?.text
      }
    }

    static func labels(_ yaml: YAML?) -> [String: String] {
      var labels: [String: String] = [:]
      for member in yaml?.mapping ?? [] {
        if let key = member.key.scalar?.text, let value = member.value.scalar?.text { labels[key] = value }
      }
      return labels
    }
  }

  /// Helm's rules for the objects of the chart, and ours for all.
  /// https://github.com/helm/helm/blob/v3.17.3/pkg/lint/rules/template.go
  private mutating func check(
    _ rendered: Rendered, root: String, _ files: [String: String], isWhole isRendered: Bool
  ) {
    var documents: [Document] = [], isWhole = isRendered
    for name in rendered.names where !name.hasSuffix("NOTES.txt") {
      guard let text = rendered.texts[name], !text.isEmpty else { continue }
      if let place = text.withUnsafeBytes({ $0.first("(<nil>)") }), place > 2, text[place - 2] == UInt8(ascii: "!") {
        let verb = String(decoding: text[(place - 2)..<(place + 7)], as: UTF8.self)
        let found = at(place - 2, in: name, rendered, files)
        sayOnce(
          LintFinding(
            .null, .warning, found.file, found.line, found.column,
            "the template prints %\(verb) \(how(rendered.one)): a value is null".harmless,
            "declare the value, or give it a default"), rendered.one)
      }
      let isOwn = files[name].map { $0.hasSuffix(".yaml") } ?? false && name.hasPrefix(root + "/templates/")
      for (start, document) in Lint.documents(text) {
        let yaml: YAML?
        do throws(YAMLError) { yaml = try YAML.firstForGo(parsing: Array(document)) } catch {
          isWhole = false
          let byte = start + Lint.offset(ofLine: error.line, in: document)
          notYAML(name, byte, error.reason, isOwn, rendered, files)
          break
        }
        guard let yaml, !yaml.isNull else { continue }
        if let reason = Lint.fault(of: yaml) {
          isWhole = false
          notYAML(name, start + yaml.start.offset, reason, isOwn, rendered, files)
          break
        }
        documents.append(Document(yaml: yaml, name: name, start: start))
        if isOwn { helmRules(documents[documents.count - 1], text, rendered, files) }
      }
    }
    if let version = order.kubeVersion { removed(documents, version, rendered, files) }
    selectors(documents, isWhole: isWhole, rendered, files)
  }

  private func at(_ byte: Int, in name: String, _ rendered: Rendered, _ files: [String: String]) -> (
    file: String, line: Int, column: Int
  ) {
    guard let found = rendered.place(in: name, of: byte), let file = files[found.template.name] else {
      return (files[name] ?? name, 0, 1)
    }
    let place = found.template.place(of: found.offset)
    return (file, place.line, place.column)
  }

  private mutating func say(
    _ rule: LintRule, _ severity: Finding.Severity, _ document: Document, _ node: YAML, _ message: String,
    _ advice: String, _ rendered: Rendered, _ files: [String: String]
  ) {
    let place = at(document.start + node.start.offset, in: document.name, rendered, files)
    sayOnce(
      LintFinding(rule, severity, place.file, place.line, place.column, message.harmless, advice.harmless), rendered.one
    )
  }

  /// Helm looks at the templates of the chart itself only.
  private mutating func notYAML(
    _ name: String, _ byte: Int, _ reason: String, _ isOwn: Bool, _ rendered: Rendered, _ files: [String: String]
  ) {
    let place = at(byte, in: name, rendered, files)
    sayOnce(
      LintFinding(
        .template, isOwn ? .error : .warning, place.file, place.line, place.column,
        "the template prints what is not an object \(how(rendered.one)): \(reason)".harmless,
        "try 'draft render' to see it"), rendered.one)
  }

  /// What helm cannot read of an object.
  private static func fault(of yaml: YAML) -> String? {
    if let fault = yaml.goFault { return fault }
    guard yaml.mapping != nil else { return "it is not a mapping" }
    for (key, value) in yaml.merged where !value.isNull {
      switch key.lowercased() {
      case "apiversion", "kind": if value.scalar == nil { return "'\(key)' is not a text" }
      case "metadata":
        guard value.mapping != nil else { return "'metadata' is not a mapping" }
        for (inner, value) in value.merged where !value.isNull {
          if ["name", "namespace"].contains(inner.lowercased()), value.scalar == nil {
            return "'metadata.\(inner)' is not a text"
          }
        }
      default: break
      }
    }
    return nil
  }

  /// The documents of a text, with their offsets, as Kubernetes divides it: at lines that begin with `---`.
  private static func documents(_ text: [UInt8]) -> [(start: Int, bytes: ArraySlice<UInt8>)] {
    var documents: [(Int, ArraySlice<UInt8>)] = [], start = 0, place = 0
    func add(_ end: Int) {
      let document = text[start..<end]
      if document.contains(where: { $0 != 0x20 && $0 != 0x0A && $0 != 0x0D && $0 != 0x09 }) {
        documents.append((start, document))
      }
    }
    while let found = text.withUnsafeBytes({ $0.first("\n---", from: place) }) {
      add(found + 1)
      let end = text[(found + 4)...].firstIndex(of: 0x0A)
      start = end.map { $0 + 1 } ?? text.count
      // The line end may be that of the next mark.
      place = end ?? text.count
    }
    add(text.count)
    return documents
  }

  private static func offset(ofLine line: Int, in bytes: ArraySlice<UInt8>) -> Int {
    var left = line - 1, place = bytes.startIndex
    while left > 0, let end = bytes[place...].firstIndex(of: 0x0A) { (place, left) = (end + 1, left - 1) }
    return min(place, bytes.endIndex - 1) - bytes.startIndex
  }

  // MARK: objects

  private mutating func helmRules(
    _ document: Document, _ text: [UInt8], _ rendered: Rendered, _ files: [String: String]
  ) {
    switch document.kind {
    case "Deployment", "ReplicaSet", "DaemonSet", "StatefulSet":
      // Helm looks for the words anywhere in the file.
      let hasSelector = text.withUnsafeBytes { $0.first("matchLabels") != nil || $0.first("matchExpressions") != nil }
      if !hasSelector {
        say(
          .selector, .error, document, document.yaml["spec"] ?? document.yaml, "the \(document.kind) has no selector",
          "add 'selector' with the labels of its pods", rendered, files)
      }
    case "List":
      for item in document.yaml["items"]?.sequence ?? [] {
        guard let annotation = item["metadata"]?["annotations"]?["helm.sh/resource-policy"] else { continue }
        say(
          .template, .error, document, annotation,
          "helm does not read 'helm.sh/resource-policy' of an object in a List", "make it an object of its own",
          rendered, files)
      }
    default: break
    }
  }

  private mutating func removed(
    _ documents: [Document], _ version: Version, _ rendered: Rendered, _ files: [String: String]
  ) {
    guard version.major == 1 else { return }
    for document in documents {
      guard let node = document.yaml["apiVersion"], let removed = RemovedAPI.find(document.apiVersion, document.kind),
        version.minor >= removed.minor
      else { continue }
      say(
        .api, .error, document, node,
        "Kubernetes \(version.major).\(version.minor) has no \(document.kind) of \(document.apiVersion): "
          + "1.\(removed.minor) removed it",
        removed.instead == "none" ? "there is no replacement" : "use \(removed.instead)", rendered, files)
    }
  }

  private mutating func selectors(
    _ documents: [Document], isWhole: Bool, _ rendered: Rendered, _ files: [String: String]
  ) {
    for object in documents where ["Deployment", "StatefulSet", "DaemonSet", "ReplicaSet"].contains(object.kind) {
      guard let node = object.yaml["spec"]?["selector"], !object.isForeign else { continue }
      let selector = Document.labels(node["matchLabels"]), labels = object.podLabels
      if let (key, value) = selector.sorted(by: { $0.key < $1.key }).first(where: { labels[$0.key] != $0.value }) {
        say(
          .selector, .error, object, node,
          "the selector of the \(object.kind) does not match its own pods: \(key): \(value)",
          "give the pods that label", rendered, files)
      }
    }
    // Whether a Service finds pods is known only if all pods are.
    let pods = documents.filter { $0.podTemplate != nil }
    guard isWhole, !pods.isEmpty, !documents.contains(where: \.isForeign) else { return }
    for service in documents where service.kind == "Service" {
      guard let node = service.yaml["spec"]?["selector"] else { continue }
      let selector = Document.labels(node)
      guard !selector.isEmpty, !selector.keys.contains(where: Lint.isSetByKubernetes) else { continue }
      // A chart may leave out its pods until a value is set.
      guard pods.contains(where: { $0.chart == service.chart }) else { continue }
      let matched = pods.filter { pod in
        let labels = pod.podLabels
        return selector.allSatisfy { labels[$0.key] == $0.value }
      }
      if matched.isEmpty {
        say(
          .selector, .warning, service, node, "the selector of the Service matches no pods of the chart",
          "give it the labels of the pods", rendered, files)
        continue
      }
      let names = Set(matched.flatMap(\.portNames))
      for port in service.yaml["spec"]?["ports"]?.sequence ?? [] {
        guard let target = port["targetPort"], let name = target.text, Int(name) == nil, !names.contains(name) else {
          continue
        }
        say(
          .port, .warning, service, target, "no container of the pods has a port '\(name)'",
          names.isEmpty ? "name the port of the container" : "they have: \(names.sorted().joined(separator: ", "))",
          rendered, files)
      }
    }
  }

  /// Labels that pods get only when they run.
  private static func isSetByKubernetes(_ label: String) -> Bool {
    ["statefulset.kubernetes.io/", "apps.kubernetes.io/", "batch.kubernetes.io/"].contains(where: label.hasPrefix)
      || ["controller-revision-hash", "pod-template-hash", "job-name", "controller-uid"].contains(label)
  }

  // MARK: branches

  /// Branches that no case has taken.
  mutating func branches(_ parsed: ParsedTemplates, _ files: [String: String], root: String, cases: Int) {
    struct Key: Hashable {
      let name: String
      let offset: Int32
      let isElse: Bool
    }
    var found: [Key: TemplateSet.Branch] = [:]
    for (names, set) in parsed.sets {
      for name in names where name.hasPrefix(root + "/templates/") && !ChartRendering.isPartial(name) {
        for branch in set.branches(in: name) {
          let key = Key(name: name, offset: branch.offset, isElse: branch.isElse)
          if !(found[key]?.isTaken ?? false) { found[key] = branch }
        }
      }
    }
    let how =
      cases == 1
      ? "the defaults never take"
      : "neither the defaults nor the other \(cases - 1) \(cases == 2 ? "case takes" : "cases take")"
    // What is being installed or upgraded is not up to the values.
    for (key, branch) in found where !branch.isTaken && !branch.condition.contains(".Release.Is") {
      let place = branch.template.place(of: branch.offset)
      findings.append(
        LintFinding(
          .branch, .info, files[key.name] ?? key.name, place.line, place.column,
          "\(how) \(branch.isElse ? "the 'else' of" : "the branch") '\(branch.condition)'".harmless,
          "add a file in ci/ that takes it"))
    }
  }
}

extension String {
  /// What stands behind each occurrence of a mark, up to the next.
  fileprivate func pieces(behind mark: String) -> [Substring] {
    var pieces: [Substring] = [], start: Index?
    let mark = Array(mark.utf8)
    var place = utf8.startIndex
    while place < utf8.endIndex {
      if utf8[place...].starts(with: mark) {
        if let start { pieces.append(self[start..<place]) }
        place = utf8.index(place, offsetBy: mark.count)
        start = place
      } else {
        place = utf8.index(after: place)
      }
    }
    if let start { pieces.append(self[start...]) }
    return pieces
  }
}

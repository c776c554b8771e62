import Archives
import Command
import Glibc
import Records
import Templates
import YAML

/// Options for checking charts.
package struct LintOrder: Sendable {
  /// Values files. Each is a case, like the defaults and the chart's `ci/*.yaml`.
  package var values: [String]
  /// Values that are in no file, by what they are called.
  package var given: [(name: String, bytes: [UInt8])] = []
  /// The version of Kubernetes that the chart is for; nil does not check API versions.
  package var kubeVersion: Version?

  /// Whether to list each value that only templates have, and branches of templates that no case takes.
  package var listsAll: Bool

  package init(values: [String] = [], kubeVersion: Version? = nil, listsAll: Bool = false) {
    (self.values, self.kubeVersion, self.listsAll) = (values, kubeVersion, listsAll)
  }
}

/// Checks a chart: as helm does, and what follows from its values and templates without rendering. Reports only what is
/// certain.
/// - Parameters:
///   - named: what the user calls it.
///   - path: where it is, if that is not what it is called by.
/// - Returns: the findings by file and place. A chart that cannot be read is a finding too.
/// - Throws: ``ChartError/missing(path:)`` if there is nothing, and errors of `order.values`.
package func lintChart(_ named: String, at path: String? = nil, by order: LintOrder) throws -> [LintFinding] {
  let source = path ?? named
  guard Files.exists(source) else { throw ChartError.missing(path: named) }
  if Files.isDirectory(source), !Files.exists(source + "/Chart.yaml") { throw ChartError.notAChart(path: named) }
  func plain(_ path: String) -> String {
    var place = path
    while place.utf8.count > 1, place.hasSuffix("/") { place.removeLast() }
    return place
  }
  var lint = Lint(path: plain(named), source: plain(source), order: order)
  try lint.run()
  return lint.sorted
}

/// The checks of a chart, in the order of their dependencies.
struct Lint {
  /// The values that a chart is checked with.
  struct Case {
    /// The file; nil for the defaults.
    let file: String?
    let values: ChartDocument?
  }

  /// As it is shown.
  let path: String
  /// Where it is.
  let source: String
  let order: LintOrder
  var findings: [LintFinding] = []

  init(path: String, source: String, order: LintOrder) { (self.path, self.source, self.order) = (path, source, order) }

  var sorted: [LintFinding] {
    var seen: [LintFinding] = []
    for finding in findings {
      let isSame = seen.contains {
        $0.rule == finding.rule && $0.file == finding.file && $0.line == finding.line && $0.column == finding.column
          && $0.message == finding.message
      }
      if !isSame { seen.append(finding) }
    }
    return seen.enumerated().sorted { a, b in
      (a.element.file, a.element.line, a.element.column, a.offset) < (
        b.element.file, b.element.line, b.element.column, b.offset
      )
    }.map(\.element)
  }

  mutating func run() throws {
    let cases = try givenCases()
    if Files.isDirectory(source) {
      do {
        let bytes = try ChartFiles.read(source + "/Chart.yaml")
        findings += try MetadataRules.findings(
          ChartEntry(name: "Chart.yaml", bytes: bytes), shown: path + "/Chart.yaml")
      } catch { return say(error, .metadata) }
    }
    let chart: LoadedChart
    do { chart = try LoadedChart(path: source).named(path) } catch {
      // The reason may have been reported for Chart.yaml already.
      if !findings.contains(where: { $0.severity == .error }) { say(error, .chart) }
      return
    }
    if !Files.isDirectory(source) {
      do {
        findings += try MetadataRules.findings(
          ChartEntry(name: "Chart.yaml", bytes: chart.manifest.bytes), shown: chart.shown("Chart.yaml"))
      } catch {
        return say(error, .metadata)
      }
    }
    if chart.values == nil {
      findings.append(
        LintFinding(
          .values, .info, chart.shown("values.yaml"), 0, 1, "the chart has no values.yaml",
          "add one with the defaults of what its templates read"))
    }
    if chart.templates.isEmpty, !chart.metadata.isLibrary, chart.subcharts.isEmpty {
      findings.append(LintFinding(.template, .warning, chart.shown("templates"), 0, 1, "the chart has no templates"))
    }
    dependencies(of: chart)
    templateFiles(of: chart)
    secret(of: chart)
    try values(of: chart, cases: cases + ciCases(of: chart))
  }

  private mutating func say(_ error: any Error, _ rule: LintRule) {
    switch error {
    case ChartError.bad(let file, let line, let reason):
      findings.append(LintFinding(rule, .error, file, line, 1, "the chart \(reason)"))
    case ChartError.badTemplate(let file, let line, let reason):
      findings.append(LintFinding(.template, .error, file, line, 1, "the template does not parse: \(reason)"))
    case let error as YAMLError:
      findings.append(LintFinding(rule, .error, error.file ?? path, error.line, error.column, error.reason))
    default:
      let diagnosis = diagnosis(of: error)
      findings.append(LintFinding(rule, .error, path, 0, 1, diagnosis.message, diagnosis.hint))
    }
  }

  // MARK: cases

  /// - Throws: errors of the files that the user named.
  private func givenCases() throws -> [Case] {
    let files = try order.values.map { (name: $0, bytes: try Files.read($0, limit: ChartLimits.file)) }
    return try (files + order.given).map { name, bytes in
      Case(file: name, values: try ChartDocument(ChartEntry(name: name, bytes: bytes), shown: name))
    }
  }

  /// `ci/*.yaml`; in a directory also those that `.helmignore` excludes.
  private mutating func ciCases(of chart: LoadedChart) -> [Case] {
    func isCase(_ name: String) -> Bool { name.hasSuffix(".yaml") || name.hasSuffix(".yml") }
    var entries = chart.files.filter {
      $0.name.hasPrefix("ci/") && isCase($0.name) && !$0.name.dropFirst(3).contains("/")
    }
    if Files.isDirectory(source) {
      let names = ((try? Files.list(source + "/ci")) ?? []).filter(isCase)
      entries = names.compactMap { name in
        (try? Files.read(source + "/ci/" + name, limit: ChartLimits.file)).map {
          ChartEntry(name: "ci/" + name, bytes: $0)
        }
      }
    }
    var cases: [Case] = []
    for entry in entries.sorted(by: { $0.name < $1.name }) {
      do {
        cases.append(
          Case(file: chart.shown(entry.name), values: try ChartDocument(entry, shown: chart.shown(entry.name))))
      } catch { say(error, .values) }
    }
    return cases
  }

  // MARK: values

  private mutating func values(of chart: LoadedChart, cases: [Case]) throws {
    var reader: ValueReader
    do { reader = try ValueReader(chart) } catch { return say(error, .template) }
    let schemas = schemas(of: chart)
    let files = Dictionary(reader.sources.map { ($0.template.name, $0.file) }) { one, _ in one }
    var parsed = ParsedTemplates(), name = chart.metadata.name, count = 0
    for one in [Case(file: nil, values: nil)] + cases {
      let given = one.values.flatMap { Value(yaml: $0.yaml).map } ?? GoMap()
      let tree: ChartTree, values: GoMap
      do {
        tree = try ChartTree(chart, given: given)
        // Helm's lint merges twice, so that a null also deletes what declares it.
        values = try tree.values(given: tree.values(given: given))
      } catch {
        say(error, .values)
        continue
      }
      name = tree.name
      if !schemas.isEmpty {
        let before = findings.count
        // Helm's lint checks twice: values.yaml with the given values, and the values it renders with.
        if schemas[""] != nil {
          check(CoalescedChart.plain(chart, given: [String: ChartValue](given)), of: chart, prefix: [], schemas, one)
        }
        check(CoalescedChart(tree, values), prefix: [], schemas, one)
        // As helm, nothing is rendered with values that the schema forbids.
        if findings.count > before { continue }
      }
      render(tree, values, one, files: files, &parsed)
      count += 1
    }
    if order.listsAll { branches(parsed, files, root: name, cases: count) }
    do { marks(try parameters(by: &reader, withSubcharts: false), chart) } catch { say(error, .schema) }
  }

  /// By the place of the chart.
  private mutating func schemas(of chart: LoadedChart) -> [String: SchemaRules] {
    var schemas: [String: SchemaRules] = [:]
    for one in chart.all {
      guard let entry = one.schema else { continue }
      do {
        let rules = try SchemaRules(entry, shown: one.shown(entry.name))
        schemas[one.place] = rules
        if !rules.unknown.isEmpty, one.place.isEmpty {
          findings.append(
            LintFinding(
              .keyword, .info, one.shown(entry.name), 0, 1,
              "the schema has parts that are not checked: \(rules.unknown.joined(separator: ", "))"))
        }
      } catch { say(error, .schema) }
    }
    return schemas
  }

  private mutating func check(_ chart: CoalescedChart, prefix: [String], _ schemas: [String: SchemaRules], _ one: Case)
  {
    check(chart.values, of: chart.chart, prefix: prefix, schemas, one)
    for inner in chart.subcharts { check(inner, prefix: prefix + [inner.name], schemas, one) }
  }

  private mutating func check(
    _ values: [String: ChartValue], of chart: LoadedChart, prefix: [String], _ schemas: [String: SchemaRules],
    _ one: Case
  ) {
    guard let schema = schemas[chart.place] else { return }
    let violations: [SchemaRules.Violation]
    do { violations = try schema.violations(.table(values)) } catch { return say(error, .schema) }
    for violation in violations {
      let steps = prefix + violation.steps
      let given = Lint.place(steps, in: one.values?.yaml), own = Lint.place(violation.steps, in: chart.values?.yaml)
      // The file that has more of the path.
      let isGiven = given.map { $0.depth > prefix.count && $0.depth - prefix.count >= own?.depth ?? 0 } ?? false
      let file = isGiven ? one.file ?? "" : chart.shown(chart.values?.name ?? "values.yaml"),
        start = isGiven ? given?.start : own?.start
      let name = ValuePaths.text(steps.map { ValuePaths.Step.key($0) })
      var finding = LintFinding(
        .schema, .error, file, start?.line ?? 0, start?.column ?? 1,
        "the schema forbids \(name.isEmpty ? "the values" : "'\(name)'"): \(violation.message)".harmless,
        "change the value, or \(chart.shown("values.schema.json"))")
      finding.values = one.file
      findings.append(finding)
    }
  }

  /// The node of a values file at a path, or the deepest one on the path.
  private static func place(_ steps: [String], in yaml: YAML?) -> (start: YAML.Place, depth: Int)? {
    guard var node = yaml else { return nil }
    var depth = 0, start = node.start
    for step in steps {
      if let member = node.mapping?.first(where: { $0.key.scalar?.text == step }) {
        (node, start) = (member.value, member.key.start)
      } else if let items = node.sequence, let number = Int(step), items.indices.contains(number) {
        (node, start) = (items[number], items[number].start)
      } else {
        break
      }
      depth += 1
    }
    return (start, depth)
  }

  private mutating func marks(_ parameters: ChartParameters, _ chart: LoadedChart) {
    let tags = Set(chart.all.flatMap { $0.metadata.dependencies.flatMap(\.tags) })
    var undeclared: [Parameter] = []
    for parameter in parameters.list where parameter.chart.isEmpty {
      if !parameter.isDeclared {
        undeclared.append(parameter)
      } else if parameters.isComplete, parameter.isDeclared, !parameter.isUsed, let file = parameter.file {
        if parameter.steps.count == 2, parameter.steps[0] == .key("tags"), case .key(let tag) = parameter.steps[1],
          tags.contains(tag)
        {
          continue
        }
        // Values for a missing sub-chart are unknown.
        guard case .key(let first)? = parameter.steps.first, first != "global",
          !chart.missing.contains(where: { $0.key == first })
        else { continue }
        findings.append(
          LintFinding(
            .unused, .warning, file, parameter.line ?? 0, 1, "no template reads '\(parameter.path)'".harmless,
            "remove it, or read it"))
      }
    }
    say(undeclared: undeclared, chart)
  }

  /// Most are options that a chart leaves out on purpose.
  private mutating func say(undeclared: [Parameter], _ chart: LoadedChart) {
    let read = undeclared.filter { !$0.uses.isEmpty }
    guard !order.listsAll, read.count > 1 else {
      for parameter in read {
        let use = parameter.uses[0]
        findings.append(
          LintFinding(
            .undeclared, .info, use.file, use.line, use.column,
            "'\(parameter.path)' is read, but not in values.yaml".harmless, "declare it, with a comment"))
      }
      return
    }
    let names = read.prefix(4).map { "'\($0.path)'" }.joined(separator: ", ")
    findings.append(
      LintFinding(
        .undeclared, .info, chart.shown("values.yaml"), 0, 1,
        "\(read.count) values are read, but not in values.yaml: \(names)\(read.count > 4 ? ", …" : "")".harmless,
        "declare them, with comments; --all lists them"))
  }

  // MARK: files

  /// Helm's own: https://github.com/helm/helm/blob/v3.17.0/pkg/lint/rules/dependencies.go
  private mutating func dependencies(of chart: LoadedChart) {
    let file = chart.shown("Chart.yaml")
    for dependency in chart.missing {
      findings.append(
        LintFinding(
          .dependency, .warning, file, dependency.line, 1, "charts/ lacks dependency '\(dependency.name)'",
          "try 'draft package --dependency-update \(path)'"))
    }
    for dependency in chart.metadata.dependencies
    where [.wrongVersion, .invalidVersion].contains(chart.state(of: dependency)) {
      findings.append(
        LintFinding(
          .dependency, .warning, file, dependency.line, 1,
          "charts/ has another version of '\(dependency.name)' than \(dependency.version)",
          "try 'draft package --dependency-update \(path)'"))
    }
    let declared = Set(chart.metadata.dependencies.map(\.name))
    for inner in chart.subcharts where !declared.contains(inner.metadata.name) {
      findings.append(
        LintFinding(
          .dependency, .error, file, 0, 1, "charts/ has '\(inner.metadata.name)', which is not a declared dependency",
          "add it to 'dependencies', or remove it"))
    }
  }

  /// https://github.com/helm/helm/blob/v3.17.0/pkg/lint/rules/template.go
  private mutating func templateFiles(of chart: LoadedChart) {
    for entry in chart.templates {
      let file = chart.shown(entry.name), base = entry.name.split(separator: "/").last ?? ""
      if ![".yaml", ".yml", ".tpl", ".txt"].contains(where: { base.hasSuffix($0) }) {
        findings.append(
          LintFinding(
            .template, .error, file, 0, 1, "the name of the template ends in none of .yaml, .yml, .tpl, .txt",
            "rename it, or move it out of templates/"))
      }
      if let line = Lint.line(of: ".Release.Time", in: entry.bytes) {
        findings.append(
          LintFinding(.template, .error, file, line, 1, ".Release.Time exists only in Helm 2", "use the function 'now'")
        )
      }
      if let line = Lint.line(of: "crd-install", in: entry.bytes, on: "helm.sh/hook") {
        findings.append(
          LintFinding(
            .template, .warning, file, line, 1, "the hook 'crd-install' exists only in Helm 2",
            "move the definition to crds/"))
      }
    }
  }

  /// The line of a text that comes after another text.
  private static func line(of text: String, in bytes: [UInt8], on other: String? = nil) -> Int? {
    bytes.withUnsafeBytes { bytes in
      var place = 0
      while let found = bytes.first(text, from: place) {
        let end = bytes.first("\n", from: found) ?? bytes.count
        let start = (bytes[..<found].lastIndex(of: 0x0A) ?? -1) + 1
        guard let other else { return Lint.line(start, in: bytes) }
        if UnsafeRawBufferPointer(rebasing: bytes[start..<end]).first(other) != nil {
          return Lint.line(start, in: bytes)
        }
        place = end
      }
      return nil
    }
  }

  private static func line(_ place: Int, in bytes: UnsafeRawBufferPointer) -> Int {
    bytes[..<place].reduce(1) { $0 + ($1 == 0x0A ? 1 : 0) }
  }

  private mutating func secret(of chart: LoadedChart) {
    // Not too large even if it does not compress.
    guard chart.predictedSecret(archive: chart.plainSize) > LoadedChart.secretLimit * 8 / 10 else { return }
    guard let packed = try? chart.packed(), let written = try? chart.write(packed, seconds: 0, sink: { _ in })
    else { return }
    let size = chart.predictedSecret(archive: written.size)
    guard size > LoadedChart.secretLimit * 8 / 10 else { return }
    findings.append(
      LintFinding(
        .secret, .warning, path, 0, 1,
        "a release may need a Secret of \(size >> 10) KB; the limit is \(LoadedChart.secretLimit >> 10) KB",
        "list files that the templates do not need in .helmignore"))
  }
}

extension UnsafeRawBufferPointer {
  /// Where a text is first, from a place on.
  func first(_ text: String, from place: Int = 0) -> Int? {
    var text = text
    return text.withUTF8 { text in
      guard let base = baseAddress, let first = text.first else { return nil }
      var place = place
      while place + text.count <= count {
        guard let found = memchr(base + place, Int32(first), count - place - text.count + 1) else { return nil }
        place = UnsafeRawPointer(found) - base
        if memcmp(found, text.baseAddress!, text.count) == 0 { return place }
        place += 1
      }
      return nil
    }
  }
}

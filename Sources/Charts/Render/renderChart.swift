import Glibc
import Records
import Templates

/// How a chart is rendered: what `helm template` is told by options.
package struct RenderOrder {
  package var name = "release-name"
  package var namespace = "default"
  package var isUpgrade = false
  package var revision = 1
  /// It is for a cluster of which nothing is known: what asks for its versions or objects is unknowable, and
  /// `kubeVersion` is not looked at.
  package var isForUnknownCluster = false
  package let capabilities: Capabilities
  package let dialect: Dialect
  /// As in `helm lint`: nothing is installed, and `fail`, `required` and what only helm can know end nothing.
  var isLint = false
  /// Whether values.schema.json counts.
  package var checksSchema = true
  /// Whether ``RenderedChart/trace`` is to know what is made up.
  package var tracesRandom = false
  /// What the user gave, if it is to know what everything came from.
  package var traced: GivenValues?

  package init(capabilities: Capabilities) { (self.capabilities, dialect) = (capabilities, capabilities.dialect) }
}

/// A chart that is rendered.
package struct RenderedChart {
  /// In the order in which helm installs them.
  package let objects: [ChartManifest]
  package let hooks: [ChartManifest]
  /// The files of crds/, the chart's own before those of its sub-charts, with their names.
  package let definitions: [(path: String, text: [UInt8])]
  /// NOTES.txt; empty without one.
  package let notes: [UInt8]
  let dialect: Dialect
  /// If the order wants it.
  package let trace: RenderTrace?
}

/// Renders a chart as `helm template` does, without helm.
/// https://github.com/helm/helm/blob/v3.17.3/pkg/engine/engine.go
/// - Parameter given: the values of the user.
/// - Throws: ``RenderError``.
package func renderChart(_ chart: LoadedChart, given: GoMap, by order: RenderOrder) throws(RenderError) -> RenderedChart
{
  guard !chart.metadata.isLibrary else { throw .chart("library charts are not installable") }
  let missing = chart.missing.map(\.name)
  guard missing.isEmpty else {
    throw .chart(
      "An error occurred while checking for chart dependencies. You may need to run `helm dependency build` to fetch "
        + "missing dependencies: found in Chart.yaml, but missing in charts/ directory: "
        + missing.joined(separator: ", "))
  }
  for chart in chart.all {
    guard let file = chart.values, !HelmFunctions.isReadAlike(file.bytes) else { continue }
    throw .unknowable(why: "a byte order mark in \(chart.shown(file.name))")
  }
  let tree: ChartTree, values: GoMap
  do throws(ChartError) {
    tree = try ChartTree(chart, given: given, order.dialect)
    values = GoMap(copying: try tree.values(given: given), .values)
  } catch { throw .chart(error.helmText) }
  if order.checksSchema { try checkSchemas(tree, values) }
  let constraint = chart.metadata.kubeVersion
  if !constraint.isEmpty, !order.isForUnknownCluster, let version = Version(order.capabilities.plainVersion),
    !(VersionConstraint(constraint)?.admits(version) ?? false)
  {
    throw .chart(
      "chart requires kubeVersion: \(constraint) which is incompatible with Kubernetes "
        + order.capabilities.plainVersion
    )
  }
  var rendering = ChartRendering(tree, values, order)
  var files = try rendering.files()
  var trace: RenderTrace?
  if rendering.isTraced {
    trace = RenderTrace(
      files.reduce(into: [:]) { all, file in
        if let trace = rendering.traces[file.key] { all[file.key] = RenderedFile(file.value, trace) }
      }, order.traced.map { (ValuePlaces(values), ValueSources(tree, $0)) })
  }
  let notes = files[tree.name + "/templates/NOTES.txt"] ?? []
  for name in files.keys where name.hasSuffix("NOTES.txt") { files[name] = nil }
  let (objects, hooks) = try Manifests.sorted(files, order.dialect)
  return RenderedChart(
    objects: objects, hooks: hooks, definitions: definitions(tree), notes: notes, dialect: order.dialect, trace: trace)
}

private func definitions(_ tree: ChartTree) -> [(path: String, text: [UInt8])] {
  tree.chart.crds.map { ("\(tree.path)/\($0.name)", $0.bytes) } + tree.subcharts.flatMap { definitions($0) }
}

/// The templates of a chart and its sub-charts, and what each of them sees.
struct ChartRendering {
  private struct File {
    let source: [UInt8]
    let data: GoMap
    let directory: String
  }

  private var templates: [String: File] = [:]
  /// What the texts of templates came from.
  private(set) var traces: [String: Trace] = [:]
  let isTraced: Bool
  private let order: RenderOrder
  private let chart: String

  init(_ tree: ChartTree, _ values: GoMap, _ order: RenderOrder) {
    (self.order, chart) = (order, tree.name)
    isTraced = order.traced != nil || order.tracesRandom && tree.chart.all.contains { $0.mayMakeUp }
    let release = GoMap([
      ("Name", Value(order.name)), ("Namespace", Value(order.namespace)), ("IsUpgrade", .bool(order.isUpgrade)),
      ("IsInstall", .bool(!order.isUpgrade && !order.isLint)), ("Revision", .int(order.isLint ? 0 : order.revision)),
      ("Service", "Helm")
    ])
    _ = add(
      tree, .map(values), release: .map(release),
      capabilities: order.isForUnknownCluster ? Capabilities.unknown : order.capabilities.value)
  }

  /// Takes in the templates of a chart.
  /// - Parameter values: of the chart.
  /// - Returns: what its templates see.
  private mutating func add(_ tree: ChartTree, _ values: Value, release: Value, capabilities: Value) -> GoMap {
    let subcharts = GoMap()
    let data = GoMap(
      [
        ("Chart", tree.chart.metadata.value(name: tree.name, isRoot: tree.isRoot, order.dialect)),
        ("Files", ChartFilesMethods.value(tree.chart.files)), ("Release", release), ("Capabilities", capabilities),
        ("Values", values), ("Subcharts", .map(subcharts))
      ], .values)
    for inner in tree.subcharts {
      let table = values.map?.table(at: inner.name) ?? GoMap(.values)
      subcharts[inner.name] = .map(add(inner, .map(table), release: release, capabilities: capabilities))
    }
    let path = tree.path
    for template in tree.chart.templates {
      if tree.chart.metadata.isLibrary, !Self.isPartial(template.name) { continue }
      templates["\(path)/\(template.name)"] = File(
        source: template.bytes, data: data, directory: "\(path)/templates")
    }
    return data
  }

  static func isPartial(_ name: String) -> Bool {
    name.utf8.reversed().prefix(while: { $0 != UInt8(ascii: "/") }).last == UInt8(ascii: "_")
  }

  /// Deepest first, and the last by name first: what is parsed later replaces definitions of the same name.
  var names: [String] {
    templates.keys.map { ($0, $0.utf8.count { $0 == UInt8(ascii: "/") }) }
      .sorted { $0.1 != $1.1 ? $0.1 > $1.1 : $1.0.utf8.lexicographicallyPrecedes($0.0.utf8) }.map(\.0)
  }

  mutating func files() throws(RenderError) -> [String: [UInt8]] {
    let set = try parsed(names)
    var files: [String: [UInt8]] = [:]
    for name in names where !Self.isPartial(name) {
      if isTraced { traces[name] = Trace() }
      files[name] = try render(name, by: set, trace: traces[name])
    }
    return files
  }

  /// - Parameter names: those of this rendering, in order.
  func parsed(_ names: [String]) throws(RenderError) -> TemplateSet {
    let set = TemplateSet(
      functions: order.isLint ? HelmFunctions.lintTable() : HelmFunctions.table(withLookup: !order.isForUnknownCluster))
    for name in names {
      guard let file = templates[name] else { continue }
      do throws(TemplateError) { try set.add(name, file.source) } catch {
        throw .chart(HelmText.parseError(error.text, name))
      }
    }
    return set
  }

  /// One of the templates that are no partials.
  func render(_ name: String, by set: TemplateSet, trace: Trace? = nil) throws(RenderError) -> [UInt8] {
    guard let file = templates[name] else { return [] }
    file.data["Template"] = .map(
      GoMap([(Array("Name".utf8), Value(name)), (Array("BasePath".utf8), Value(file.directory))], .values))
    var options = Execution.Options()
    options.isLint = order.isLint
    do throws(RenderFailure) { return try set.render(name, .map(file.data), options: options, trace: trace) } catch {
      switch error {
      case .execution(let text), .parse(let text), .failed(let text): throw .chart(text)
      case .limit(let what): throw .tooLarge(chart: chart, what: what)
      case .unknowable(let function, let template, let line):
        throw .unknowable(why: "\(function) at \(template):\(line)")
      case .unknown: throw .unknowable(why: "a function at \(name)")
      }
    }
  }
}

extension LoadedChart {
  /// Whether a template or a value has a word in it that may be a function that makes something up: to know what came
  /// from it costs a third of the time.
  fileprivate var mayMakeUp: Bool {
    let words = ["rand", "uuidv4", "shuffle", "now"].map { Array($0.utf8) }
    return (templates.map(\.bytes) + [values?.bytes ?? []]).contains { bytes in
      words.contains { LoadedChart.contains(bytes, $0) }
    }
  }

  private static func contains(_ text: [UInt8], _ word: [UInt8]) -> Bool {
    text.withUnsafeBytes { bytes in
      guard let base = bytes.baseAddress else { return false }
      var place = 0
      while place + word.count <= bytes.count,
        let found = memchr(base + place, Int32(word[0]), bytes.count - word.count + 1 - place)
      {
        if memcmp(found, word, word.count) == 0 { return true }
        place = UnsafeRawPointer(found) - base + 1
      }
      return false
    }
  }
}

/// What helm makes of Go's texts.
enum HelmText {
  /// https://github.com/helm/helm/blob/v3.17.3/pkg/engine/engine.go `cleanupParseError`
  static func parseError(_ text: String, _ name: String) -> String {
    let parts = text.split(separator: ": ", maxSplits: 3, omittingEmptySubsequences: false)
    if parts.count == 1 { return "parse error in (\(name)): \(text)" }
    // The first part is "template"
    return "parse error at (\(parts[1])): \(parts.dropFirst(2).joined(separator: ": "))"
  }
}

extension ChartError {
  /// As helm says it.
  fileprivate var helmText: String {
    if case .mistyped(let chart, let value) = self { return "type mismatch on \(chart): \(value)" }
    return message
  }
}

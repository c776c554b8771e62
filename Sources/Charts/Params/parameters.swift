import Records
import YAML

/// The parameters of a chart.
package struct ChartParameters: Sendable {
  /// In the order of values.yaml; then those that are not declared, by path.
  package var list: [Parameter]
  /// Every place that reads a value, by file and line, sub-charts included.
  package var uses: [ValueUse]
  /// Whether all templates were followed to their end.
  package var isComplete: Bool

  /// The limit for the uses of all parameters together.
  static let useLimit = 1_000_000
}

/// The parameters of a chart, and where its templates read them.
/// - Parameter withSubcharts: include parameters that only sub-charts declare or read.
/// - Throws: ``ChartError`` for a template that does not parse or a schema that is not JSON.
package func parameters(of chart: LoadedChart, withSubcharts: Bool = false) throws -> ChartParameters {
  var reader = try ValueReader(chart)
  return try parameters(by: &reader, withSubcharts: withSubcharts)
}

/// The same for templates that have been parsed.
func parameters(by reader: inout ValueReader, withSubcharts: Bool) throws -> ChartParameters {
  reader.read()
  let uses = reader.uses + conditions(of: &reader)
  var declared = Declarations()
  for (place, instance) in reader.instances.enumerated() {
    try declared.add(instance.chart, prefix: reader.paths.steps(instance.prefix), lists: place == 0 || withSubcharts)
  }
  var list = declared.parameters
  let numbers = list.map { reader.paths.path($0.steps) }
  let tree = UseTree(uses, reader.paths)
  var left = ChartParameters.useLimit
  for (place, number) in numbers.enumerated() where left > 0 {
    list[place].uses = tree.uses(of: number).map { uses[$0] }
    left -= list[place].uses.count
  }
  list += undeclared(uses, tree, reader.paths, declared, withSubcharts: withSubcharts)
  for place in list.indices { describe(&list[place], declared) }
  return ChartParameters(list: list, uses: uses, isComplete: reader.isComplete && left > 0)
}

/// The conditions of dependencies read values too.
private func conditions(of reader: inout ValueReader) -> [ValueUse] {
  var uses: [ValueUse] = []
  for instance in reader.instances {
    for dependency in instance.chart.metadata.dependencies {
      for condition in dependency.condition.split(separator: ",") {
        let steps = condition.split(separator: ".").map { ValuePaths.Step.key(String($0.filter { $0 != " " })) }
        let number = reader.paths.path(steps, from: instance.prefix), whole = reader.paths.steps(number)
        let file = instance.chart.metadata.apiVersion == "v1" ? "requirements.yaml" : "Chart.yaml"
        uses.append(
          ValueUse(
            path: ValuePaths.text(whole), number: number, depth: whole.count, chart: instance.chart.place,
            file: instance.chart.shown(file),
            line: max(1, dependency.line), column: 1, kind: .tested, guards: []))
      }
    }
  }
  return uses
}

/// Undeclared paths that are read, each once, by path. A path inside the elements of a list counts as the list, and a
/// member that is read stands for its mapping.
private func undeclared(
  _ uses: [ValueUse], _ tree: UseTree, _ paths: ValuePaths, _ declared: Declarations, withSubcharts: Bool
) -> [Parameter] {
  var charts: [Int32: String] = [:], seen: Set<Int32> = [], outer: Set<Int32> = []
  for use in uses where withSubcharts || use.chart.isEmpty {
    let path = paths.beforeEach(use.number)
    guard path != ValuePaths.root, seen.insert(path).inserted, !declared.has(paths.steps(path)) else { continue }
    charts[path] = use.chart
    var above = paths.parent(path)
    while above > 0, outer.insert(above).inserted { above = paths.parent(above) }
  }
  return charts.filter { !outer.contains($0.key) }.map { path, chart in
    let steps = paths.steps(path)
    return Parameter(
      path: ValuePaths.text(steps), steps: steps, chart: chart, uses: tree.uses(of: path).map { uses[$0] })
  }.sorted { $0.path < $1.path }
}

/// Adds what the schema and calls of `required` say.
private func describe(_ parameter: inout Parameter, _ declared: Declarations) {
  let isEmpty = parameter.fallback == nil || parameter.fallback == .null || parameter.fallback == .string("")
  if let (schema, isRequired) = declared.schema(of: parameter.steps) {
    parameter.documentation = parameter.documentation ?? schema["description"]?.string ?? schema["title"]?.string
    parameter.type = schema["type"]?.string ?? parameter.type
    parameter.choices = schema["enum"]?.array ?? []
    parameter.isRequired = isRequired && isEmpty
  }
  let path = parameter.path
  // Inside an `if` it may never be reached.
  let isWanted = parameter.uses.contains { use in
    use.required != nil && use.path == path && !use.guards.contains { $0.hasPrefix("if ") || $0.hasPrefix("else ") }
  }
  if isEmpty, isWanted { parameter.isRequired = true }
}

/// What the values files of a chart and its sub-charts declare.
private struct Declarations {
  /// The keys of the values, for quick look-up. Lists, empty mappings and scalars have no tree: the user may put
  /// anything there.
  private final class Tree {
    let members: [String: Tree?]

    init?(_ yaml: YAML) {
      let merged = yaml.merged
      if merged.isEmpty { return nil }
      members = Dictionary(merged.map { ($0.key, Tree($0.value)) }) { $1 }
    }
  }

  private struct Root {
    let prefix: [ValuePaths.Step]
    let tree: Tree?
    let schema: ValueSchema?
  }

  private var roots: [Root] = []
  private(set) var parameters: [Parameter] = []
  private var seen: Set<String> = []

  mutating func add(_ chart: LoadedChart, prefix: [ValuePaths.Step], lists: Bool) throws {
    let schema = try chart.schema.map { try ValueSchema($0, shown: chart.shown($0.name)) }
    roots.append(Root(prefix: prefix, tree: chart.values.flatMap { Tree($0.yaml) }, schema: schema))
    for dependency in chart.metadata.dependencies { imports(dependency, of: chart, prefix: prefix) }
    guard lists, let values = chart.values else { return }
    let docs = ParameterDocs(values)
    walk(values.yaml, key: nil, steps: [], depth: 0) { steps, key, value in
      let isGlobal = !prefix.isEmpty && steps.first == .key("global")
      let whole = isGlobal ? steps : prefix + steps
      let text = ValuePaths.text(whole)
      guard seen.insert(text).inserted else { return }
      let isInline = value.scalar != nil && value.start.line == key.start.line && !value.isAlias
      let path = prefix.isEmpty ? text : ValuePaths.text(steps)
      let json = JSON(value)
      parameters.append(
        Parameter(
          path: text, steps: whole, chart: chart.place, type: json.typeWord, fallback: json,
          documentation: docs.text(
            path: path, line: key.start.line, behind: isInline || value.scalar == nil ? value.end.column : nil),
          file: chart.shown(values.name), line: key.start.line))
    }
  }

  /// Values that a parent imports from a sub-chart are declared there.
  private mutating func imports(_ dependency: ChartDependency, of chart: LoadedChart, prefix: [ValuePaths.Step]) {
    guard let inner = chart.subcharts.first(where: { $0.metadata.name == dependency.name }),
      let values = inner.values?.yaml
    else { return }
    func steps(_ path: String) -> [ValuePaths.Step] {
      path == "." ? [] : path.split(separator: ".").map { .key(String($0)) }
    }
    for item in dependency.importValues {
      let (child, parent) =
        item.string.map { ("exports." + $0, ".") } ?? (item["child"]?.string ?? "", item["parent"]?.string ?? "")
      guard !child.isEmpty, !parent.isEmpty else { continue }
      var node: YAML? = values
      for step in steps(child) { if case .key(let key) = step { node = node?[key] } }
      if let node { roots.append(Root(prefix: prefix + steps(parent), tree: Tree(node), schema: nil)) }
    }
  }

  /// Visits each leaf of the values: anything but a non-empty mapping.
  private func walk(
    _ yaml: YAML, key: YAML?, steps: [ValuePaths.Step], depth: Int, _ body: ([ValuePaths.Step], YAML, YAML) -> Void
  ) {
    guard let members = yaml.mapping, !members.isEmpty else {
      if let key { body(steps, key, yaml) }
      return
    }
    guard depth < 100 else { return }
    for member in members {
      guard let name = member.key.scalar?.text else { continue }
      if name == "<<", member.key.scalar?.style == .plain {
        for merged in member.value.sequence ?? [member.value] {
          walk(merged, key: nil, steps: steps, depth: depth + 1, body)
        }
      } else {
        walk(member.value, key: member.key, steps: steps + [.key(name)], depth: depth + 1, body)
      }
    }
  }

  /// Whether a path, or one that it lies in, is declared.
  func has(_ steps: [ValuePaths.Step]) -> Bool {
    roots.contains { root in
      guard var tree = root.tree else { return false }
      if root.prefix.starts(with: steps) { return true }
      guard steps.starts(with: root.prefix) else { return false }
      for step in steps[root.prefix.count...] {
        guard case .key(let key) = step else { return true }
        guard let member = tree.members[key] else { return false }
        guard let member else { return true }
        tree = member
      }
      return true
    }
  }

  func schema(of steps: [ValuePaths.Step]) -> (schema: JSON, isRequired: Bool)? {
    for root in roots where steps.starts(with: root.prefix) {
      if let found = root.schema?.value(Array(steps[root.prefix.count...])) { return found }
    }
    return nil
  }
}

/// The uses by path.
private struct UseTree {
  private let paths: ValuePaths
  private let kinds: [ValueUse.Kind]
  /// By path: its uses, and its children.
  private var uses: [[Int]]
  private var children: [[Int32]]

  init(_ uses: [ValueUse], _ paths: ValuePaths) {
    self.paths = paths
    kinds = uses.map(\.kind)
    self.uses = Array(repeating: [], count: paths.count)
    children = Array(repeating: [], count: paths.count)
    for (number, use) in uses.enumerated() { self.uses[Int(use.number)].append(number) }
    for path in 1..<max(1, paths.count) {
      children[Int(paths.parent(Int32(truncatingIfNeeded: path)))].append(Int32(truncatingIfNeeded: path))
    }
  }

  /// The uses of a value, of its members and of what contains it. A use of all values counts only if it reads them.
  func uses(of path: Int32) -> [Int] {
    var found: [Int] = []
    collect(ValuePaths.root, paths.steps(path)[...], &found)
    found.sort()
    return found
  }

  private func collect(_ place: Int32, _ steps: ArraySlice<ValuePaths.Step>, _ found: inout [Int]) {
    guard let step = steps.first else { return all(place, &found) }
    found += place == ValuePaths.root ? uses[Int(place)].filter { kinds[$0] == .read } : uses[Int(place)]
    if let child = paths.existing(in: place, step) { collect(child, steps.dropFirst(), &found) }
    if step != .each, let child = paths.existing(in: place, .each) { collect(child, steps.dropFirst(), &found) }
  }

  private func all(_ place: Int32, _ found: inout [Int]) {
    found += uses[Int(place)]
    for child in children[Int(place)] { all(child, &found) }
  }
}

extension JSON {
  /// Its type in JSON Schema; nil for null.
  var typeWord: String? {
    switch self {
    case .null: nil
    case .bool: "boolean"
    case .number: integer == nil ? "number" : "integer"
    case .string: "string"
    case .array: "array"
    case .object: "object"
    }
  }
}

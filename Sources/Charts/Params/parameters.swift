import Records
import YAML

/// The parameters of a chart.
package struct ChartParameters: Sendable {
  /// In the order of values.yaml; behind them those that only templates know, by path.
  package var list: [Parameter]
  /// Every place that reads a value, by file and line; of the sub-charts too.
  package var uses: [ValueUse]
  /// Whether all templates have been followed to their end.
  package var isComplete: Bool
}

/// What can be set for a chart, and where its templates read it.
/// - Parameter withSubcharts: also what only sub-charts declare or read.
/// - Throws: ``ChartError`` for a template that does not parse or a schema that is not JSON.
package func parameters(of chart: LoadedChart, withSubcharts: Bool = false) throws -> ChartParameters {
  var reader = try ValueReader(chart)
  reader.read()
  let uses = try reader.uses + conditions(of: reader)
  var declared = Declarations()
  for (place, instance) in reader.instances.enumerated() {
    try declared.add(instance.chart, prefix: reader.paths.steps(instance.prefix), lists: place == 0 || withSubcharts)
  }
  var list = declared.parameters
  // The uses of a parameter: of itself, of a part of it, of all that it is in.
  let tree = UseTree(uses)
  for place in list.indices { list[place].uses = tree.uses(of: list[place].steps).map { uses[$0] } }
  list += undeclared(uses, tree, declared, withSubcharts: withSubcharts)
  for place in list.indices { try describe(&list[place], declared) }
  return ChartParameters(list: list, uses: uses, isComplete: reader.isComplete)
}

/// The conditions of dependencies read values too.
private func conditions(of reader: ValueReader) -> [ValueUse] {
  reader.instances.flatMap { instance -> [ValueUse] in
    instance.chart.metadata.dependencies.flatMap { dependency -> [ValueUse] in
      dependency.condition.split(separator: ",").map { condition in
        let own = condition.split(separator: ".").map { ValuePaths.Step.key(String($0.filter { $0 != " " })) }
        let steps = reader.paths.steps(instance.prefix) + own
        let file = instance.chart.metadata.apiVersion == "v1" ? "requirements.yaml" : "Chart.yaml"
        return ValueUse(
          path: ValuePaths.text(steps), steps: steps, chart: instance.chart.place, file: instance.chart.shown(file), line: max(1, dependency.line), column: 1,
          kind: .tested, guards: [])
      }
    }
  }
}

/// Reads that no values file declares, each once, by path. What is read of its elements counts as read of a list, and
/// what is read of a mapping stands for the mapping.
private func undeclared(_ uses: [ValueUse], _ tree: UseTree, _ declared: Declarations, withSubcharts: Bool) -> [Parameter] {
  var charts: [[ValuePaths.Step]: String] = [:]
  var seen: Set<String> = []
  for use in uses where (withSubcharts || use.chart.isEmpty) && seen.insert(use.path).inserted {
    let steps = Array(use.steps.prefix { $0 != .each })
    if !steps.isEmpty, charts[steps] == nil, !declared.has(steps) { charts[steps] = use.chart }
  }
  var outer: Set<[ValuePaths.Step]> = []
  for steps in charts.keys { for count in 1..<steps.count { outer.insert(Array(steps.prefix(count))) } }
  return charts.filter { !outer.contains($0.key) }.map { steps, chart in
    Parameter(path: ValuePaths.text(steps), steps: steps, chart: chart, uses: tree.uses(of: steps).map { uses[$0] })
  }.sorted { $0.path < $1.path }
}

/// What the schema adds, and what `required` says.
private func describe(_ parameter: inout Parameter, _ declared: Declarations) throws {
  let isEmpty = parameter.fallback == nil || parameter.fallback == .null || parameter.fallback == .string("")
  if let (schema, isRequired) = declared.schema(of: parameter.steps) {
    parameter.documentation = parameter.documentation ?? schema["description"]?.string ?? schema["title"]?.string
    parameter.type = schema["type"]?.string ?? parameter.type
    parameter.choices = schema["enum"]?.array ?? []
    parameter.isRequired = isRequired && isEmpty
  }
  if isEmpty, parameter.uses.contains(where: { $0.path == parameter.path && $0.required != nil }) { parameter.isRequired = true }
}

/// What the values files of a chart and its sub-charts declare.
private struct Declarations {
  private struct Root {
    let prefix: [ValuePaths.Step]
    let yaml: YAML?
    let schema: ValueSchema?
  }

  private var roots: [Root] = []
  private(set) var parameters: [Parameter] = []
  private var seen: Set<[ValuePaths.Step]> = []

  mutating func add(_ chart: LoadedChart, prefix: [ValuePaths.Step], lists: Bool) throws {
    let schema = try chart.schema.map { try ValueSchema($0, shown: chart.shown($0.name)) }
    roots.append(Root(prefix: prefix, yaml: chart.values?.yaml, schema: schema))
    for dependency in chart.metadata.dependencies { imports(dependency, of: chart, prefix: prefix) }
    guard lists, let values = chart.values else { return }
    let docs = ParameterDocs(values)
    walk(values.yaml, key: nil, steps: [], depth: 0) { steps, key, value in
      let isGlobal = !prefix.isEmpty && steps.first == .key("global")
      let whole = isGlobal ? steps : prefix + steps
      guard seen.insert(whole).inserted else { return }
      let isInline = value.scalar != nil && value.start.line == key.start.line && !value.isAlias
      let path = ValuePaths.text(steps)
      let json = JSON(value)
      parameters.append(
        Parameter(
          path: ValuePaths.text(whole), steps: whole, chart: chart.place, type: json.typeWord, fallback: json,
          documentation: docs.text(path: path, line: key.start.line, behind: isInline || value.scalar == nil ? value.end.column : nil),
          file: chart.shown(values.name), line: key.start.line))
    }
  }

  /// What a parent takes over from a sub-chart's values is declared there.
  private mutating func imports(_ dependency: ChartDependency, of chart: LoadedChart, prefix: [ValuePaths.Step]) {
    guard let inner = chart.subcharts.first(where: { $0.metadata.name == dependency.name }), let values = inner.values?.yaml else { return }
    func steps(_ path: String) -> [ValuePaths.Step] { path == "." ? [] : path.split(separator: ".").map { .key(String($0)) } }
    for item in dependency.importValues {
      let (child, parent) = item.string.map { ("exports." + $0, ".") } ?? (item["child"]?.string ?? "", item["parent"]?.string ?? "")
      guard !child.isEmpty, !parent.isEmpty else { continue }
      var node: YAML? = values
      for step in steps(child) { if case .key(let key) = step { node = node?[key] } }
      if let node { roots.append(Root(prefix: prefix + steps(parent), yaml: node, schema: nil)) }
    }
  }

  /// Each leaf of the values: what is not a mapping, or an empty one.
  private func walk(_ yaml: YAML, key: YAML?, steps: [ValuePaths.Step], depth: Int, _ body: ([ValuePaths.Step], YAML, YAML) -> Void) {
    guard let members = yaml.mapping, !members.isEmpty else {
      if let key { body(steps, key, yaml) }
      return
    }
    guard depth < 100 else { return }
    for member in members {
      guard let name = member.key.scalar?.text else { continue }
      if name == "<<", member.key.scalar?.style == .plain {
        for merged in member.value.sequence ?? [member.value] { walk(merged, key: nil, steps: steps, depth: depth + 1, body) }
      } else { walk(member.value, key: member.key, steps: steps + [.key(name)], depth: depth + 1, body) }
    }
  }

  /// Whether a path is declared, or lies within what is.
  func has(_ steps: [ValuePaths.Step]) -> Bool {
    roots.contains { root in
      guard let yaml = root.yaml, !(yaml.mapping ?? []).isEmpty else { return false }
      if root.prefix.starts(with: steps) { return true }
      guard steps.starts(with: root.prefix) else { return false }
      var node = yaml
      for step in steps[root.prefix.count...] {
        // What is in a list, an empty mapping or a text is the user's to say.
        guard let members = node.mapping, !members.isEmpty, case .key(let key) = step else { return true }
        guard let next = node[key] else { return false }
        node = next
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
  private struct Node {
    var uses: [Int] = []
    var children: [ValuePaths.Step: Int] = [:]
  }

  private var nodes = [Node()]
  private let kinds: [ValueUse.Kind]

  init(_ uses: [ValueUse]) {
    kinds = uses.map(\.kind)
    for (number, use) in uses.enumerated() {
      var place = 0
      for step in use.steps {
        if let next = nodes[place].children[step] { place = next } else {
          nodes.append(Node())
          nodes[place].children[step] = nodes.count - 1
          place = nodes.count - 1
        }
      }
      nodes[place].uses.append(number)
    }
  }

  /// The uses of a value, of what is in it, and of what it is in; all values only where they are read.
  func uses(of steps: [ValuePaths.Step]) -> [Int] {
    var found: [Int] = []
    collect(0, steps[...], &found)
    return Set(found).sorted()
  }

  private func collect(_ place: Int, _ steps: ArraySlice<ValuePaths.Step>, _ found: inout [Int]) {
    guard let step = steps.first else { return all(place, &found) }
    found += place == 0 ? nodes[place].uses.filter { kinds[$0] == .read } : nodes[place].uses
    for next in [step, .each] where step != .each || next == step {
      if let child = nodes[place].children[next] { collect(child, steps.dropFirst(), &found) }
    }
  }

  private func all(_ place: Int, _ found: inout [Int]) {
    found += nodes[place].uses
    for child in nodes[place].children.values { all(child, &found) }
  }
}

extension JSON {
  /// The word of JSON Schema for its type; nil for null.
  fileprivate var typeWord: String? {
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

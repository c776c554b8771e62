import Records

/// A chart with its enabled sub-charts and the values of each, as helm 3.17 computes them before it renders:
/// conditions, tags, aliases, import-values, globals, and null, which deletes a declared value.
/// https://helm.sh/docs/chart_template_guide/subcharts_and_globals/
package struct CoalescedChart: Sendable {
  package let chart: LoadedChart
  /// Its name in the values of its parent: the alias, else its own name.
  package private(set) var name: String
  /// `.Values` of its templates, with the values of sub-charts under their names.
  package private(set) var values: [String: ChartValue]
  package private(set) var subcharts: [CoalescedChart]
  /// The enabled dependencies.
  private var dependencies: [Dependency]

  /// A dependency, and whether it is enabled.
  private struct Dependency: Sendable {
    let declared: ChartDependency
    var isEnabled = true
    /// The alias, once the chart has been found.
    var name: String { declared.key }
  }

  /// - Parameter given: the user's values.
  /// - Throws: ``ChartError/bad(file:line:reason:)`` if the values of a sub-chart are no mapping.
  package init(_ chart: LoadedChart, given: [String: ChartValue] = [:]) throws(ChartError) {
    self.init(chart, name: chart.metadata.name)
    var seen: Set<String> = []
    try enable(given, path: "", &seen)
    seen = []
    try importValues(&seen)
    values = try coalesced(given, merging: false)
    try share()
  }

  /// The chart as declared, with every sub-chart.
  private init(_ chart: LoadedChart, name: String) {
    self.chart = chart
    self.name = name
    values = chart.values.map { ChartValue($0.yaml).table ?? [:] } ?? [:]
    subcharts = chart.subcharts.map { CoalescedChart($0, name: $0.metadata.name) }
    dependencies = chart.metadata.dependencies.map { Dependency(declared: $0) }
  }

  /// Removes disabled sub-charts, and adds one for each alias.
  /// - Parameter seen: the charts this was done for, by place. Helm renames the dependencies of a chart in place, so
  ///   for its second alias it looks for sub-charts by their aliases.
  private mutating func enable(_ given: [String: ChartValue], path: String, _ seen: inout Set<String>)
    throws(ChartError)
  {
    guard !dependencies.isEmpty else { return }
    let isSecond = !seen.insert(self.chart.place).inserted
    func fits(_ chart: CoalescedChart, _ dependency: ChartDependency) -> Bool {
      guard chart.chart.metadata.name == (isSecond ? dependency.key : dependency.name),
        let version = Version(chart.chart.metadata.version)
      else { return false }
      return VersionConstraint(dependency.version)?.admits(version) ?? false
    }
    // An undeclared chart in charts/ is always enabled.
    var found = subcharts.filter { chart in !dependencies.contains { fits(chart, $0.declared) } }
    for dependency in dependencies {
      guard var chart = subcharts.first(where: { fits($0, dependency.declared) }) else { continue }
      chart.name = dependency.name
      found.append(chart)
    }
    subcharts = found
    let coalesced = try coalesced(given, merging: false)
    let tags = coalesced.table(at: "tags")
    for index in dependencies.indices {
      let words = dependencies[index].declared.tags.compactMap { tags?[$0]?.bool }
      if words.contains(false), !words.contains(true) { dependencies[index].isEnabled = false }
      for condition in dependencies[index].declared.condition.trimmed.split(separator: ",") {
        guard let truth = coalesced.value(at: path + condition)?.bool else { continue }
        dependencies[index].isEnabled = truth
        break
      }
    }
    let disabled = Set(dependencies.filter { !$0.isEnabled }.map(\.name))
    subcharts.removeAll { disabled.contains($0.name) }
    dependencies.removeAll { disabled.contains($0.name) }
    for index in subcharts.indices {
      let name = subcharts[index].name
      try subcharts[index].enable(coalesced, path: "\(path)\(name).", &seen)
    }
  }

  /// Adds to the values of each chart what it imports from its dependencies.
  /// - Parameter seen: the charts this was done for, by place. Helm imports nothing for the second alias of a chart.
  private mutating func importValues(_ seen: inout Set<String>) throws(ChartError) {
    for index in subcharts.indices { try subcharts[index].importValues(&seen) }
    guard !dependencies.isEmpty else { return }
    let isSecond = !seen.insert(chart.place).inserted
    var own = try coalesced([:], merging: true)
    var imported = Imports()
    for dependency in dependencies {
      for item in isSecond ? [] : dependency.declared.importValues {
        if let name = item.string {
          imported.add("\(dependency.name).exports.\(name)", of: &own, at: [])
        } else if item.object != nil {
          let child = item["child"]?.string ?? "", parent = item["parent"]?.string ?? ""
          let keys = parent.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
          imported.add("\(dependency.name).\(child)", of: &own, at: parent == "." ? [] : keys)
        }
      }
    }
    Coalescing.merge(into: &own, imported.values, merging: true)
    values = own
  }

  /// Copies to each sub-chart its part of the values.
  private mutating func share() throws(ChartError) {
    for index in subcharts.indices {
      subcharts[index].values = values[subcharts[index].name]?.table ?? [:]
      try subcharts[index].share()
    }
  }

  /// The given values, completed with those of the chart and its sub-charts.
  /// - Parameter merging: keep nulls, because more values will be merged into the result.
  private func coalesced(_ given: [String: ChartValue], merging: Bool) throws(ChartError) -> [String: ChartValue] {
    var result = given
    for (key, own) in values {
      guard let value = result[key] else {
        result[key] = own
        continue
      }
      if case .null = value, !merging {
        result[key] = nil
      } else if case .table(var table) = value, case .table(let source) = own {
        // Values of a sub-chart keep their nulls, which delete what that chart declares.
        Coalescing.merge(into: &table, source, merging: merging || subcharts.contains { $0.name == key })
        result[key] = .table(table)
      }
    }
    for chart in subcharts {
      var table: [String: ChartValue]
      switch result[chart.name] {
      case nil: table = [:]
      case .table(let found): table = found
      default:
        throw .bad(
          file: self.chart.shown("values.yaml"), line: 0,
          reason: "has values for sub-chart '\(chart.name)' that are not a mapping")
      }
      Coalescing.globals(into: &table, of: &result)
      result[chart.name] = .table(try chart.coalesced(table, merging: merging))
    }
    return result
  }
}

/// The values that a chart imports from its dependencies. Helm does not copy the dependency's mapping: what another
/// dependency exports to the same place also appears in the values of the first.
private struct Imports {
  private(set) var values: [String: ChartValue] = [:]
  /// Places in `values`, and where the chart's values have the same mapping.
  private var shared: [(place: [String], origin: [String])] = []

  mutating func add(_ path: String, of own: inout [String: ChartValue], at place: [String]) {
    guard let table = own.table(at: path) else { return }
    let origin = path.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    var inner = ChartValue.table(values)
    insert(table, into: &inner, place[...], done: [], origin)
    values = inner.table ?? values
    share(with: &own)
  }

  /// Inserts at a place. A value there that is not a mapping stays.
  private mutating func insert(
    _ table: [String: ChartValue], into target: inout ChartValue, _ rest: ArraySlice<String>, done: [String],
    _ origin: [String]
  ) {
    guard case .table(var values) = target else { return }
    if let key = rest.first {
      if values[key] == nil {
        values[key] = rest.dropFirst().reversed().reduce(.table(table)) { .table([$1: $0]) }
        // An empty mapping is a new one.
        if !table.isEmpty { shared.append((done + rest, origin)) }
      } else {
        var inner = values[key] ?? .null
        insert(table, into: &inner, rest.dropFirst(), done: done + [key], origin)
        values[key] = inner
      }
    } else {
      for (key, value) in table {
        if values[key] == nil {
          values[key] = value
          if value.isTable { shared.append((done + [key], origin + [key])) }
        } else if let more = value.table {
          var inner = values[key] ?? .null
          insert(more, into: &inner, [], done: done + [key], origin + [key])
          values[key] = inner
        }
      }
    }
    target = .table(values)
  }

  private func share(with own: inout [String: ChartValue]) {
    for (place, origin) in shared {
      guard let table = values.table(at: place.joined(separator: ".")) else { continue }
      own.set(table, at: origin[...])
    }
  }
}

extension [String: ChartValue] {
  fileprivate mutating func set(_ table: [String: ChartValue], at path: ArraySlice<String>) {
    guard let key = path.first else { return }
    guard path.count > 1 else {
      self[key] = .table(table)
      return
    }
    var inner = self[key]?.table ?? [:]
    inner.set(table, at: path.dropFirst())
    self[key] = .table(inner)
  }
}

/// Helm's rules for two mappings of values.
package enum Coalescing {
  /// Adds the missing members of a mapping from a source. A null in it deletes the member of the source, unless
  /// `merging`.
  package static func merge(
    into target: inout [String: ChartValue], _ source: [String: ChartValue], merging: Bool
  ) {
    for (key, value) in source {
      guard let own = target[key] else {
        target[key] = value
        continue
      }
      if case .null = own, !merging {
        target[key] = nil
      } else if case .table(var table) = own, case .table(let more) = value {
        merge(into: &table, more, merging: merging)
        target[key] = .table(table)
      }
    }
  }

  /// Copies the globals of a parent into the values of a sub-chart; the parent's win. Below the second level helm does
  /// not copy: the parent gets what the sub-chart adds.
  static func globals(into target: inout [String: ChartValue], of parent: inout [String: ChartValue]) {
    var own: [String: ChartValue]
    switch target["global"] {
    case nil: own = [:]
    case .table(let table): own = table
    default: return
    }
    var others: [String: ChartValue] = [:]
    switch parent["global"] {
    case nil: break
    case .table(let table): others = table
    default: return
    }
    var shared = others
    defer { if parent["global"] != nil { parent["global"] = .table(shared) } }
    for (key, value) in others {
      if case .table(var table) = value {
        switch own[key] {
        case nil: own[key] = value
        case .table(let mine):
          let before = table
          merge(into: &table, mine, merging: true)
          own[key] = .table(table)
          shared[key] = .table(
            before.merging(before.filter(\.value.isTable).map { ($0.key, table[$0.key] ?? $0.value) }) { $1 })
        default: break
        }
      } else if own[key]?.isTable != true {
        own[key] = value
      }
    }
    target["global"] = .table(own)
  }
}

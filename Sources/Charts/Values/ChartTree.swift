import Records
import Templates

/// A chart and the sub-charts that are enabled, as helm has them before it renders: conditions, tags, aliases and
/// import-values are applied. It goes through helm's steps on references that are shared as helm's are: the two copies
/// that two aliases make of one chart have the same dependencies in helm 3, and what is noted in them for the first
/// alias is there for the second. In helm 4 each copy has its own.
/// https://github.com/helm/helm/blob/v3.17.3/pkg/chartutil/dependencies.go
package final class ChartTree {
  package let chart: LoadedChart
  /// What the values of its parent call it: its alias, else its own name.
  package private(set) var name: String
  package private(set) var subcharts: [ChartTree]
  package private(set) unowned var parent: ChartTree?
  /// The values that it brings along, with what its dependencies export to it.
  private var values: GoMap
  /// nil without any: then helm looks at no sub-chart.
  private var dependencies: [Dependency]?
  /// Of the outermost chart: keeps the charts that only a child still knows, an alias's original for one.
  private var arena: Arena?
  private let dialect: Dialect

  private final class Arena { var charts: [ChartTree] = [] }

  /// An entry of `dependencies`, shared by the copies of a chart.
  private final class Dependency {
    let declared: ChartDependency
    /// The alias, once it has been looked for.
    var name: String
    var isEnabled = true
    var isImported = false

    init(_ declared: ChartDependency) { (self.declared, name) = (declared, declared.name) }

    var copy: Dependency {
      let copy = Dependency(declared)
      (copy.name, copy.isEnabled, copy.isImported) = (name, isEnabled, isImported)
      return copy
    }
  }

  /// - Parameter given: the values of the user.
  /// - Throws: ``ChartError/badValues(chart:reason:)``.
  package convenience init(_ chart: LoadedChart, given: GoMap, _ dialect: Dialect = .helm3) throws(ChartError) {
    let arena = Arena()
    self.init(chart, arena, dialect)
    self.arena = arena
    try enable(given, path: "", arena)
    try importValues()
  }

  /// As it is declared, with every sub-chart.
  private init(_ chart: LoadedChart, _ arena: Arena, _ dialect: Dialect) {
    (self.chart, self.dialect) = (chart, dialect)
    name = chart.metadata.name
    values = chart.values.flatMap { Value(yaml: $0.yaml).map } ?? GoMap()
    let declared = chart.metadata.dependencies
    dependencies = declared.isEmpty ? nil : declared.map { Dependency($0) }
    subcharts = []
    adopt(chart.subcharts.map { ChartTree($0, arena, dialect) })
    arena.charts += subcharts
  }

  /// The copy that an alias is.
  private init(_ other: ChartTree, name: String) {
    (chart, self.name, dialect) = (other.chart, name, other.dialect)
    (values, dependencies, subcharts) = (other.values, other.dependencies, other.subcharts)
    guard dialect == .helm4 else { return }
    dependencies = dependencies?.map { $0.copy }
    adopt(other.subcharts.map { ChartTree(of: $0) })
  }

  /// The same chart once more, for another parent.
  private init(of other: ChartTree) {
    (chart, name, dialect) = (other.chart, other.name, other.dialect)
    (values, dependencies, subcharts) = (other.values, other.dependencies, other.subcharts)
  }

  package var isRoot: Bool { parent == nil }

  /// `web/charts/redis`: where helm says that its templates are.
  package var path: String { parent.map { $0.path + "/charts/" + name } ?? name }

  private func adopt(_ charts: [ChartTree]) {
    for chart in charts { chart.parent = self }
    subcharts = charts
  }

  /// Leaves out the sub-charts that are disabled, and makes one of each alias.
  private func enable(_ given: GoMap, path: String, _ arena: Arena) throws(ChartError) {
    guard let dependencies else { return }
    func fits(_ chart: ChartTree, _ dependency: Dependency) -> Bool {
      guard chart.name == dependency.name, let version = Version(chart.chart.metadata.version) else { return false }
      return VersionConstraint(dependency.declared.version)?.admits(version) ?? false
    }
    // A chart in charts/ that nothing declares is always there.
    var found = subcharts.filter { chart in !dependencies.contains { fits(chart, $0) } }
    for dependency in dependencies {
      let alias = dependency.declared.alias
      if let chart = subcharts.first(where: { fits($0, dependency) }) {
        let copy = ChartTree(chart, name: alias.isEmpty ? chart.name : alias)
        arena.charts.append(copy)
        arena.charts += copy.subcharts
        found.append(copy)
      }
      if !alias.isEmpty { dependency.name = alias }
    }
    adopt(found)
    for dependency in dependencies { dependency.isEnabled = true }
    let coalesced = try coalesced(given)
    let tags = coalesced.table(at: "tags")
    for dependency in dependencies {
      let words = dependency.declared.tags.compactMap { tags?[$0]?.bool }
      if words.contains(false), !words.contains(true) { dependency.isEnabled = false }
      for condition in dependency.declared.condition.trimmed.split(separator: ",") {
        guard let truth = coalesced.value(at: path + condition)?.bool else { continue }
        dependency.isEnabled = truth
        break
      }
    }
    let disabled = Set(dependencies.filter { !$0.isEnabled }.map(\.name))
    let left = subcharts.filter { !disabled.contains($0.name) }
    let kept = dependencies.filter { !disabled.contains($0.name) }
    for chart in left { try chart.enable(coalesced, path: "\(path)\(chart.name).", arena) }
    self.dependencies = kept.isEmpty ? nil : kept
    adopt(left)
  }

  /// Puts into the values of each chart what its dependencies export to it.
  private func importValues() throws(ChartError) {
    for chart in subcharts { try chart.importValues() }
    guard let dependencies else { return }
    let own = try coalesced(GoMap(), merging: true)
    let imported = GoMap()
    for dependency in dependencies {
      // Helm writes down what it has imported in a form that it does not read.
      if dependency.isImported { continue }
      dependency.isImported = true
      for item in dependency.declared.importValues {
        if let name = item.string {
          if let table = own.table(at: "\(dependency.name).exports.\(name)") {
            Coalescing.merge(into: imported, table, merging: true, dialect)
          }
        } else if item.object != nil {
          let child = item["child"]?.string ?? "", place = item["parent"]?.string ?? ""
          guard var table = own.table(at: "\(dependency.name).\(child)") else { continue }
          // An empty mapping is a new one.
          if table.isEmpty { table = GoMap() }
          if place != "." {
            for key in place.split(separator: ".", omittingEmptySubsequences: false).reversed() {
              table = GoMap([(String(key), .map(table))])
            }
          }
          Coalescing.merge(into: imported, table, merging: true, dialect)
        }
      }
    }
    let copy = Coalescing.copy(own)
    Coalescing.merge(into: copy, imported, merging: true, dialect)
    values = copy
  }

  /// `.Values` of the outermost chart's templates, which those of the sub-charts are in under their names.
  package func values(given: GoMap) throws(ChartError) -> GoMap { try coalesced(given) }

  private func coalesced(_ given: GoMap, merging: Bool = false) throws(ChartError) -> GoMap {
    let result = Coalescing.copy(given, .any)
    try coalesce(into: result, merging: merging)
    return result
  }

  /// Adds to values what the chart and its sub-charts say themselves.
  private func coalesce(into result: GoMap, merging: Bool) throws(ChartError) {
    // Helm 4 leaves out a chart's own nulls.
    let leavesNulls = dialect == .helm3 || merging
    for (key, own) in Coalescing.copy(values).entries {
      switch (result[key], own) {
      case (nil, .nil) where !leavesNulls: break
      case (nil, .map(let table)) where !leavesNulls:
        Coalescing.withoutNulls(table)
        result[key] = own
      case (nil, _): result[key] = own
      case (.nil?, _) where !merging: result.remove(key)
      case (.map(let table)?, .map(let source)):
        // What is for a sub-chart keeps its nulls: they are to delete what that chart declares.
        let isForSubchart = subcharts.contains { $0.name.utf8.elementsEqual(key) }
        if !leavesNulls, !isForSubchart { Coalescing.withoutNulls(source) }
        Coalescing.merge(into: table, source, merging: merging || isForSubchart, dialect)
      default: break
      }
    }
    for chart in subcharts {
      let table: GoMap
      switch result[chart.name] {
      case nil: table = GoMap()
      case .map(let found)?: table = found
      case let other?: throw .mistyped(chart: chart.name, value: other.shownAsTruth)
      }
      result[chart.name] = .map(table)
      Coalescing.globals(into: table, of: result, dialect)
      try chart.coalesce(into: table, merging: merging)
    }
  }
}

extension Value {
  /// As Go's `%t` prints it.
  fileprivate var shownAsTruth: String {
    switch self {
    case .invalid, .nil: "%!t(<nil>)"
    case .bool(let bool): "\(bool)"
    case .float64(let number): "%!t(float64=\(GoText.number(number)))"
    case .string(let text): "%!t(string=\(String(decoding: text, as: UTF8.self)))"
    case .int64(let int): "%!t(int64=\(int))"
    case .list(let list): "[" + list.elements.map(\.shownInside).joined(separator: " ") + "]"
    case .map(let map):
      "map[" + map.entries.map { "\(Value.string($0.0).shownAsTruth):\($0.1.shownInside)" }.joined(separator: " ")
        + "]"
    default: "%!t(\(typeName))"
    }
  }

  private var shownInside: String { isNil ? "<nil>" : shownAsTruth }
}

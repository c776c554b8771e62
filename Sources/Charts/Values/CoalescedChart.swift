import Templates

/// A chart with its enabled sub-charts and the values of each, as helm 3.17 computes them before it renders; see
/// ``ChartTree``.
/// https://helm.sh/docs/chart_template_guide/subcharts_and_globals/
package struct CoalescedChart: Sendable {
  package let chart: LoadedChart
  /// Its name in the values of its parent: the alias, else its own name.
  package let name: String
  /// Its place in helm's messages, as in `web/charts/redis`. Two copies of a chart may have the same place.
  package let path: String
  /// `.Values` of its templates, with the values of sub-charts under their names.
  package let values: [String: ChartValue]
  package let subcharts: [CoalescedChart]

  /// - Parameter given: the values of the user.
  /// - Throws: ``ChartError/mistyped(chart:value:)``.
  package init(_ chart: LoadedChart, given: [String: ChartValue] = [:]) throws(ChartError) {
    let given = GoMap(given)
    let tree = try ChartTree(chart, given: given)
    self.init(tree, try tree.values(given: given))
  }

  init(_ tree: ChartTree, _ values: GoMap) {
    (chart, name, path, self.values) = (tree.chart, tree.name, tree.path, [String: ChartValue](values))
    subcharts = tree.subcharts.map { CoalescedChart($0, values[$0.name]?.map ?? GoMap()) }
  }

  /// Given values with those of the chart's own values.yaml where they say nothing; no sub-charts.
  package static func plain(_ chart: LoadedChart, given: [String: ChartValue]) -> [String: ChartValue] {
    let map = GoMap(given)
    Coalescing.merge(into: map, chart.values.flatMap { Value(yaml: $0.yaml).map } ?? GoMap(), merging: false)
    return [String: ChartValue](map)
  }
}

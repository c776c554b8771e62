import Charts
import Helm
import Records

extension Order {
  /// Whether a release is what helm would make of this order, though another order made it: the same chart by name and
  /// version, the same values, and manifest, hooks and notes byte for byte. Who released it does not count. What asks
  /// for the cluster's versions or objects, or gives something else each time, is not the same.
  package func rendersTo(_ state: HelmState) -> Bool {
    var values = self.values.given
    if !isExact { values.strings.append("\(Author.value)=\(ChartValues.escaped(Author.of(app)))") }
    guard state.status == "deployed", state.chartName == chart.name, state.chartVersion == chart.version,
      state.appVersion ?? "" == chart.appVersion ?? "", let config = state.config,
      let given = try? values.values(),
      GivenValues.isSame(given, as: config, leaving: Author.value),
      let capabilities = Capabilities(.spoken)
    else { return false }
    let hooks = state.hooks ?? []
    var wanted = RenderOrder(capabilities: capabilities)
    (wanted.name, wanted.namespace, wanted.isUpgrade) = (app.name, app.namespace, true)
    (wanted.revision, wanted.isForUnknownCluster) = (state.revision &+ 1, true)
    guard let rendered = try? renderChart(LoadedChart(path: chart.payload.path), given: given, by: wanted) else {
      return false
    }
    func facts(_ hooks: [(path: String, text: [UInt8])]) -> [[UInt8]] {
      hooks.map { Array($0.path.utf8) + [0] + $0.text }.sorted { $0.lexicographicallyPrecedes($1) }
    }
    let stored = hooks.map { ($0["path"]?.string ?? "", Array(($0["manifest"]?.string ?? "").utf8)) }
    return rendered.manifest.elementsEqual(state.manifest.utf8) && rendered.notes.elementsEqual(state.fullNotes.utf8)
      && facts(rendered.hooks.map { ($0.path, $0.text) }) == facts(stored)
  }
}

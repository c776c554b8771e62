import Records

/// What a release was given: the chart that is stored with it, and the values.
package struct ReleaseValues: Sendable {
  /// `NAMESPACE/NAME`
  package var release: String
  package var values: JSON

  package init(release: String, values: JSON) { (self.release, self.values) = (release, values) }
}

extension ReleaseValues {
  /// The parameters with the values of the release as their defaults. What the release sets and no parameter is follows
  /// at the end, as it is there.
  func applied(to list: [Parameter], of chart: LoadedChart) -> [Parameter] {
    let root = ParameterTree()
    for (place, parameter) in list.enumerated() where !parameter.steps.contains(.each) {
      root.add(place, parameter.steps[...])
    }
    var list = list, gone: Set<Int> = [], others: [Parameter] = []
    let inner = Set(chart.metadata.dependencies.map(\.key) + chart.subcharts.map(\.metadata.name) + ["global"])

    func apply(_ value: JSON, _ node: ParameterTree?, _ steps: [ValuePaths.Step]) {
      if let place = node?.place {
        list[place].fallback = value
        list[place].isSet = true
        let isEmpty = value == .null || value == .string("")
        if !isEmpty { list[place].isRequired = false }
      } else if let node, let members = value.object {
        for (name, value) in members { apply(value, node.children[name], steps + [.key(name)]) }
      } else {
        // A text in the place of a mapping, or null: what is in the mapping is gone.
        if let node { gone.formUnion(node.places) }
        var other = Parameter(
          path: ValuePaths.text(steps), steps: steps, chart: "", type: value.typeWord, fallback: value)
        other.isSet = true
        // What is for a sub-chart is not known to this one.
        if case .key(let first)? = steps.first { other.isElsewhere = inner.contains(first) }
        if node != nil { other.isElsewhere = true }
        others.append(other)
      }
    }
    for (name, value) in values.object ?? [] { apply(value, root.children[name], [.key(name)]) }
    return list.indices.filter { !gone.contains($0) }.map { list[$0] } + others
  }
}

/// Parameters by the keys of their paths.
private final class ParameterTree {
  private(set) var children: [String: ParameterTree] = [:]
  private(set) var place: Int?

  func add(_ place: Int, _ steps: ArraySlice<ValuePaths.Step>) {
    guard case .key(let name)? = steps.first else { return self.place = place }
    if children[name] == nil { children[name] = ParameterTree() }
    children[name]?.add(place, steps.dropFirst())
  }

  /// All in it.
  var places: [Int] { (place.map { [$0] } ?? []) + children.values.flatMap(\.places) }
}

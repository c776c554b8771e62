/// Which of these values no template of the chart reads. None, if that is not certain.
/// - Parameter keys: each by its steps from the values of the outermost chart.
/// - Throws: ``ChartError``.
/// - Returns: indices.
package func unreadValues(_ keys: [[String]], in chart: LoadedChart) throws -> [Int] {
  final class Node {
    var members: [String: Node] = [:]
    var isRead = false
  }
  let root = Node()
  var reader = try ValueReader(chart)
  let parameters = try parameters(by: &reader, withSubcharts: true)
  let imports = chart.all.contains { $0.metadata.dependencies.contains { !$0.importValues.isEmpty } }
  guard parameters.isComplete, chart.missing.isEmpty, !imports else { return [] }
  for use in parameters.uses {
    var node = root
    steps: for step in reader.paths.steps(use.number) {
      // An element of a list: who reads it has the list.
      guard case .key(let name) = step else { break steps }
      let next = node.members[name] ?? Node()
      node.members[name] = next
      node = next
    }
    node.isRead = true
  }
  return keys.indices.filter { index in
    // Helm itself reads them.
    if keys[index].first == "tags" { return false }
    var node = root
    for step in keys[index] {
      if node.isRead { return false }
      guard let next = node.members[step] else { return true }
      node = next
    }
    return false
  }
}

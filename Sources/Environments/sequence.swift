import Cluster
import Command
import Helm
import Records
import Settings

/// Puts the lines of a stream into the order in which they are released: each after those it needs, otherwise as they
/// came. Sets `order` in each; lines that cannot be put in order carry a failure, and so are their needs not waited
/// for.
/// - Parameter isDeployed: whether a release that is not in the stream runs; asked once for each.
/// - Returns: the lines in their order, and what was said of those that fail or lack a need.
package func sequence(
  _ records: [Record], isDeployed: (App) throws -> Bool, warn: (String) -> Void
) throws -> [(record: Record, error: EnvironmentError?)] {
  struct Line {
    var app: App?
    var needs: [Int] = []
    var names: [String] = []
    var rank = 0
    var error: EnvironmentError?
  }

  var lines: [Line] = [], places: [String: Int] = [:], inEnvironment: [String: [String]] = [:]
  for (index, record) in records.enumerated() {
    var line = Line()
    line.app = try record.member(App.self)
    if let app = line.app {
      if places.updateValue(index, forKey: app.orderKey(app.name)) != nil { line.error = .twice(app.name) }
      inEnvironment[app.orderKey(""), default: []].append(app.name)
      line.names = try record.member(Needs.self)?.needs ?? []
    }
    lines.append(line)
  }
  var asked: [String: Bool] = [:]
  for index in lines.indices {
    guard let app = lines[index].app else { continue }
    for name in lines[index].names {
      let key = app.orderKey(name)
      if let place = places[key] {
        lines[index].needs.append(place)
        continue
      }
      var other = app
      other.name = name
      let isThere = try asked[key] ?? isDeployed(other)
      asked[key] = isThere
      if isThere {
        warn("'\(name)', which '\(app.name)' needs, is not in the stream; it is deployed")
      } else if lines[index].error == nil {
        let others = inEnvironment[app.orderKey(""), default: []].filter { $0 != app.name }
        lines[index].error = .noNeed(name, of: app.name, near: nearest(to: name, among: others))
      }
    }
  }

  // Kahn: take what needs nothing more, the earliest first; what remains is in cycles, or needs what is.
  var waits = lines.map { Set($0.needs).count }, dependants: [[Int]] = Array(repeating: [], count: lines.count)
  for (index, line) in lines.enumerated() { for need in Set(line.needs) { dependants[need].append(index) } }
  var ready = waits.indices.filter { waits[$0] == 0 }, at = 0
  while at < ready.count {
    let index = ready[at]
    at += 1
    for next in dependants[index] {
      lines[next].rank = max(lines[next].rank, lines[index].rank + 1)
      waits[next] -= 1
      if waits[next] == 0 { ready.append(next) }
    }
  }
  for index in waits.indices where waits[index] > 0 {
    lines[index].error =
      lines[index].error
      ?? cycle(from: index, waits) {
        lines[$0].needs
      } name: {
        lines[$0].app?.name ?? ""
      }
  }

  let order = lines.indices.sorted { (lines[$0].rank, $0) < (lines[$1].rank, $1) }
  return order.map { index in
    var record = records[index]
    if lines[index].app != nil, lines[index].error == nil {
      record.set(Needs(needs: lines[index].names, rank: lines[index].rank))
    }
    return (record, lines[index].error)
  }
}

/// The cycle that a line is in or leads into, from its first release around to it.
private func cycle(
  from start: Int, _ waits: [Int], needs: (Int) -> [Int], name: (Int) -> String
) -> EnvironmentError {
  var path: [Int] = [], places: [Int: Int] = [:], at = start
  while places[at] == nil {
    places[at] = path.count
    path.append(at)
    guard let next = needs(at).first(where: { waits[$0] > 0 }) else { break }
    at = next
  }
  return .cycle((path[(places[at] ?? 0)...] + [at]).map(name))
}

/// Whether a release runs where the line says.
package func isDeployed(_ app: App, call: Call) throws -> Bool {
  let config = try KubeConfig()
  guard let name = app.context ?? config.current, let context = config.context(name) else { return false }
  return try HelmState.newest(app.name, namespace: app.namespace, context: context, call: call)?.status == "deployed"
}

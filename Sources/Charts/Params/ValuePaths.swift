/// Paths in the values of the outermost chart, as small numbers: `image.tag`, `redis.port` for the `port` of a sub-chart
/// redis, and `hosts[].name` for what is in each element.
struct ValuePaths {
  enum Step: Hashable, Sendable {
    case key(String)
    /// Every element of a list, or every member of a mapping.
    case each
  }

  private struct Edge: Hashable {
    var from: Int32
    var step: Step
  }

  static let root: Int32 = 0
  private var parents: [Int32] = [-1]
  private var lastSteps: [Step] = [.each]
  private var places: [Edge: Int32] = [:]
  /// The values of sub-charts: what they call `global` is the outermost chart's.
  private var charts: Set<Int32> = []

  mutating func child(of path: Int32, _ step: Step) -> Int32 {
    let isGlobal = step == .key("global") && charts.contains(path)
    let edge = Edge(from: isGlobal ? ValuePaths.root : path, step: step)
    if let known = places[edge] { return known }
    let new = Int32(truncatingIfNeeded: parents.count)
    parents.append(edge.from)
    lastSteps.append(step)
    places[edge] = new
    return new
  }

  mutating func markChart(_ path: Int32) { charts.insert(path) }

  func steps(_ path: Int32) -> [Step] {
    var steps: [Step] = [], path = path
    while path > 0 {
      steps.append(lastSteps[Int(path)])
      path = parents[Int(path)]
    }
    return steps.reversed()
  }

  static func text(_ steps: some Sequence<Step>) -> String {
    var text = ""
    for step in steps {
      switch step {
      case .each: text += "[]"
      case .key(let key):
        let isPlain = !key.isEmpty && key.utf8.allSatisfy { $0 != UInt8(ascii: ".") && $0 != UInt8(ascii: "[") && $0 != UInt8(ascii: "\"") }
        text += (text.isEmpty ? "" : ".") + (isPlain ? key : "\"\(key)\"")
      }
    }
    return text
  }
}

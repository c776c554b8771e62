/// Paths in the values of the outermost chart, as small numbers: `image.tag`, `redis.port` for the `port` of a
/// sub-chart redis, and `hosts[].name` for a member of each element.
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
  /// A deeper path becomes the path at the limit. YAML of a chart is not deeper either.
  static let depthLimit = 100
  private var parents: [Int32] = [-1]
  private var depths: [Int32] = [0]
  private var lastSteps: [Step] = [.each]
  private var places: [Edge: Int32] = [:]
  /// The values of sub-charts: their `global` is that of the outermost chart.
  private var charts: Set<Int32> = []

  mutating func child(of path: Int32, _ step: Step) -> Int32 {
    let isGlobal = step == .key("global") && charts.contains(path)
    let edge = Edge(from: isGlobal ? ValuePaths.root : path, step: step)
    guard depths[Int(edge.from)] < ValuePaths.depthLimit else { return path }
    let new = Int32(truncatingIfNeeded: parents.count), place = ValuePaths.take(&places[edge, default: new])
    if place == new {
      parents.append(edge.from)
      depths.append(depths[Int(edge.from)] + 1)
      lastSteps.append(step)
    }
    return place
  }

  /// Reads a value of a dictionary in place: to read it and then write to it copies the dictionary.
  private static func take(_ place: inout Int32) -> Int32 { place }

  mutating func path(_ steps: some Sequence<Step>, from start: Int32 = ValuePaths.root) -> Int32 {
    var path = start
    for step in steps { path = child(of: path, step) }
    return path
  }

  var count: Int { parents.count }
  func parent(_ path: Int32) -> Int32 { parents[Int(path)] }
  func isEach(_ path: Int32) -> Bool { path > 0 && lastSteps[Int(path)] == .each }
  /// The path of a step, if some template or file has used it.
  func existing(in path: Int32, _ step: Step) -> Int32? { places[Edge(from: path, step: step)] }

  /// The outermost list or mapping whose elements the path is in; else the path itself.
  func beforeEach(_ path: Int32) -> Int32 {
    var (path, result) = (path, path)
    while path > 0 {
      if isEach(path) { result = parents[Int(path)] }
      path = parents[Int(path)]
    }
    return result
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
        let isPlain =
          !key.isEmpty
          && key.utf8.allSatisfy { $0 != UInt8(ascii: ".") && $0 != UInt8(ascii: "[") && $0 != UInt8(ascii: "\"") }
        text += (text.isEmpty ? "" : ".") + (isPlain ? key : "\"\(key)\"")
      }
    }
    return text
  }
}

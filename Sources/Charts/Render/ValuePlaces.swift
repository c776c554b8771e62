import Templates
import YAML

/// A step of a path into values.
enum ValueStep: Hashable {
  case key(String)
  case index(Int)

  /// `a.b[0].c\.d`, as `--set` takes it.
  static func text(_ steps: [ValueStep]) -> String {
    var text = ""
    for step in steps {
      switch step {
      case .index(let number): text += "[\(number)]"
      case .key(let name):
        if !text.isEmpty { text += "." }
        text += name.split(separator: ".", omittingEmptySubsequences: false).joined(separator: "\\.")
      }
    }
    return text
  }
}

/// Where maps are in the values of a chart.
struct ValuePlaces {
  private let root: Value
  private var paths: [ObjectIdentifier: [ValueStep]] = [:]

  init(_ values: GoMap) {
    root = .map(values)
    // A text is written of few values: those that are deeper than any YAML are none of them.
    var rest: [(Value, [ValueStep])] = [(root, [])]
    while let (value, steps) = rest.popLast(), steps.count < 200 {
      switch value {
      case .map(let map):
        guard paths[map.id] == nil else { continue }
        paths[map.id] = steps
        for (key, inner) in map.entries { rest.append((inner, steps + [.key(String(decoding: key, as: UTF8.self))])) }
      case .list(let list):
        for (number, inner) in list.elements.enumerated() { rest.append((inner, steps + [.index(number)])) }
      default: continue
      }
    }
  }

  /// The values among what was read, without those that only led to others.
  /// - Parameters:
  ///   - scalar: what was written.
  ///   - place: where in its object.
  func paths(_ reads: [Trace.Read], _ trace: Trace, for scalar: Value, at place: [ValueStep]) -> [[ValueStep]] {
    var found: [[ValueStep]] = []
    func add(_ steps: [ValueStep]) { if !steps.isEmpty, !found.contains(steps) { found.append(steps) } }
    for read in reads {
      let value = read.map[read.key], key = ValueStep.key(String(decoding: read.key, as: UTF8.self))
      if let steps = paths[read.map.id] {
        add(steps + [key])
      } else if case .map(let map)? = value, let steps = paths[map.id] {
        add(steps)
      } else if let origin = trace.origins[read.map.id] {
        // A copy: what was read for it and is the same.
        for inner in trace.reads[origin.reads].suffix(200) {
          guard let steps = paths[inner.map.id] else { continue }
          let whole = steps + [.key(String(decoding: inner.key, as: UTF8.self))]
          for steps in [whole + [key], whole] {
            guard let other = self.value(at: steps), other.isScalar == (value?.isScalar ?? true),
              !other.isScalar || other.shown == value?.shown
            else { continue }
            add(steps)
            break
          }
        }
      }
    }
    found = found.filter { one in !found.contains { $0.count > one.count && $0.starts(with: one) } }
    return found.map { refined($0, scalar, place) }
  }

  /// The part of a map or list that a scalar is: what is at the same place in it, else the only one that is equal.
  private func refined(_ steps: [ValueStep], _ scalar: Value, _ place: [ValueStep]) -> [ValueStep] {
    guard let value = value(at: steps), !value.isScalar, let shown = scalar.shown else { return steps }
    for start in place.indices {
      let rest = Array(place[start...])
      if let inner = ValuePlaces.value(at: rest, in: value), inner.shown == shown { return steps + rest }
    }
    return steps
  }

  private func value(at steps: [ValueStep]) -> Value? { ValuePlaces.value(at: steps, in: root) }

  static func value(at steps: [ValueStep], in value: Value) -> Value? {
    var value = value
    for step in steps {
      switch (step, value) {
      case (.key(let name), .map(let map)):
        guard let inner = map[name] else { return nil }
        value = inner
      case (.index(let number), .list(let list)):
        guard list.elements.indices.contains(number) else { return nil }
        value = list.elements[number]
      default: return nil
      }
    }
    return value
  }
}

extension Value {
  fileprivate var isScalar: Bool {
    switch self {
    case .map, .list: false
    default: true
    }
  }

  /// A scalar as text; nil for what is none.
  fileprivate var shown: String? {
    switch self {
    case .string(let text): String(decoding: text, as: UTF8.self)
    case .bool(let bool): "\(bool)"
    case .float64(let number): YAML.number(number)
    case .int(let int): "\(int)"
    case .int64(let int): "\(int)"
    case .nil: ""
    default: nil
    }
  }
}

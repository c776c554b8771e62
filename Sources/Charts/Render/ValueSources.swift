import Command
import Templates
import YAML

/// Which of the values that are put together says what, those that win first.
struct ValueSources {
  private enum Layer {
    case option(String, GoMap)
    case file(YAML, String)
  }

  private var layers: [Layer] = []
  private let tree: ChartTree

  /// - Parameter given: what the user said.
  init(_ tree: ChartTree, _ given: GivenValues) {
    self.tree = tree
    let options: [(String, [String], StringValues.Kind)] = [
      ("--set-literal", given.literals, .literal), ("--set-file", given.fromFiles, .file),
      ("--set-string", given.strings, .string), ("--set", given.set, .typed), ("--set-json", given.json, .json)
    ]
    for (name, texts, kind) in options {
      for text in texts.reversed() {
        let values = GoMap()
        // It has been read before: nothing is wrong with it.
        try? StringValues.parse(text, kind, into: values)
        layers.append(.option(name, values))
      }
    }
    for file in given.files.reversed() {
      if let bytes = try? Files.read(file), let yaml = try? YAML.firstForGo(parsing: bytes) {
        layers.append(.file(yaml, file))
      }
    }
  }

  /// nil for what several set together, or a dependency exports.
  func place(of steps: [ValueStep]) -> String? {
    for layer in layers {
      switch layer {
      case .option(let name, let values):
        if ValuePlaces.value(at: steps, in: .map(values)) != nil { return "\(name) \(ValueStep.text(steps))" }
      case .file(let yaml, let file):
        if let line = ValueSources.line(of: steps, in: yaml) { return "\(file):\(line)" }
      }
    }
    return place(of: steps[...], in: tree)
  }

  private func place(of steps: ArraySlice<ValueStep>, in tree: ChartTree) -> String? {
    if let file = tree.chart.values, let line = ValueSources.line(of: Array(steps), in: file.yaml) {
      return "\(tree.chart.shown(file.name)):\(line)"
    }
    guard case .key(let name)? = steps.first, let inner = tree.subcharts.first(where: { $0.name == name }) else {
      return nil
    }
    if let place = place(of: steps.dropFirst(), in: inner) { return place }
    // What is global in a sub-chart is its parent's.
    if case .key("global")? = steps.dropFirst().first { return self.place(of: Array(steps.dropFirst())) }
    return nil
  }

  /// The line of a key or an element, from 1.
  private static func line(of steps: [ValueStep], in yaml: YAML) -> Int? {
    var yaml = yaml, line: Int?
    for step in steps {
      switch step {
      case .key(let name):
        if let member = yaml.mapping?.last(where: { $0.key.text == name }) {
          (yaml, line) = (member.value, member.key.start.line)
        } else if let inner = yaml[name] {
          (yaml, line) = (inner, inner.start.line)
        } else {
          return nil
        }
      case .index(let number):
        guard let inner = yaml[number] else { return nil }
        (yaml, line) = (inner, inner.start.line)
      }
    }
    return line
  }
}

import YAML

extension ValueReader {
  /// Walks the strings at a path of the values files as templates.
  mutating func render(_ path: Int32, dot: Known, from frame: Frame) {
    guard rendered.insert(Rendering(path: path, dot: dot)).inserted else { return }
    for instance in instances {
      guard let values = instance.chart.values else { continue }
      let prefix = paths.steps(instance.prefix), steps = paths.steps(path)
      guard steps.starts(with: prefix) else { continue }
      for text in ValueReader.texts(in: values.yaml, steps[prefix.count...]) {
        render(text, in: instance.chart.shown(values.name), dot: dot, from: frame)
      }
    }
  }

  /// The strings at and below a path.
  private static func texts(in yaml: YAML, _ steps: ArraySlice<ValuePaths.Step>) -> [YAML] {
    let inner = yaml.sequence ?? yaml.mapping?.map(\.value) ?? []
    switch steps.first {
    case .key(let key): return yaml[key].map { texts(in: $0, steps.dropFirst()) } ?? []
    case .each: return inner.flatMap { texts(in: $0, steps.dropFirst()) }
    case nil: return yaml.scalar != nil ? [yaml] : inner.flatMap { texts(in: $0, steps) }
    }
  }
}

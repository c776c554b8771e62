import Templates
import YAML

/// Where what a chart renders to comes from: for each scalar of an object the action that wrote it, the values that
/// were read for it, and the files and lines that set them; and what of a text is made up.
package struct RenderTrace {
  /// A scalar of an object.
  package struct Origin: Equatable {
    /// `spec.ports[0].port`
    package let field: String
    /// The template that it stands in, as in `web/templates/service.yaml`, and the line of the action that wrote it.
    package let template: String
    package let line: Int
    package let values: [Source]
  }

  package struct Source: Equatable {
    /// `image.tag`
    package let path: String
    /// `web/values.yaml:3` or `--set image.tag`; nil if nothing set it as it is.
    package let place: String?
  }

  private let files: [String: RenderedFile]
  private let values: (places: ValuePlaces, sources: ValueSources)?

  /// - Parameter values: nil if only what is made up is wanted.
  init(_ files: [String: RenderedFile], _ values: (ValuePlaces, ValueSources)?) {
    (self.files, self.values) = (files, values)
  }

  /// - Parameter manifest: an object of the same rendering.
  /// - Returns: what its scalars came from, in their order; empty for an object that no template wrote.
  package func origins(of manifest: ChartManifest) -> [Origin] {
    guard let values, let (file, start) = place(of: manifest), let yaml = try? YAML.firstForGo(parsing: manifest.text)
    else {
      return []
    }
    var origins: [Origin] = []
    add(yaml, [], file, start, values.places, values.sources, to: &origins)
    return origins
  }

  /// The bytes of an object's text that are made up, as ranges of its text.
  package func random(in manifest: ChartManifest) -> [Range<Int>] {
    guard let (file, start) = place(of: manifest) else { return [] }
    return file.random.compactMap { range in
      var range = range.clamped(to: start..<(start + manifest.text.count))
      while let last = range.last, file.text[last] <= 0x20 { range = range.lowerBound..<last }
      while let first = range.first, file.text[first] <= 0x20 { range = (first + 1)..<range.upperBound }
      return range.isEmpty ? nil : (range.lowerBound - start)..<(range.upperBound - start)
    }
  }

  private func place(of manifest: ChartManifest) -> (RenderedFile, Int)? {
    guard let file = files[manifest.path] else { return nil }
    return Manifests.split(file.text).first { $0.elementsEqual(manifest.text) }.map { (file, $0.startIndex) }
  }

  private func add(
    _ yaml: YAML, _ steps: [ValueStep], _ file: RenderedFile, _ start: Int, _ values: ValuePlaces,
    _ sources: ValueSources, to origins: inout [Origin]
  ) {
    switch yaml.value {
    case .mapping(let members):
      for member in members {
        add(member.value, steps + [.key(member.key.text ?? "")], file, start, values, sources, to: &origins)
      }
    case .sequence(let items):
      for (number, item) in items.enumerated() {
        add(item, steps + [.index(number)], file, start, values, sources, to: &origins)
      }
    case .scalar:
      let range = (start + yaml.range.lowerBound)..<(start + yaml.range.upperBound)
      guard !range.isEmpty, let (template, line) = file.line(of: range) else { return }
      let paths = values.paths(file.reads(of: range), file.trace, for: Value(yaml: yaml), at: steps)
      origins.append(
        Origin(
          field: ValueStep.text(steps), template: template, line: line,
          values: paths.map { Source(path: ValueStep.text($0), place: sources.place(of: $0)) }))
    }
  }
}

import Command
import Records
import YAML

extension LoadedChart {
  /// Has the chart name the image of its own version: by `image.repository` and `image.tag` in values.yaml, of which no
  /// other byte changes, and by its appVersion.
  /// - Parameter repository: without a tag.
  /// - Throws: ``ChartError/bad(file:line:reason:)`` for a values.yaml that does not have the two.
  mutating func name(image repository: String) throws {
    // A registry has no `+` in tags.
    let tag = metadata.version.replacing("+", with: "_")
    metadata.appVersion = metadata.version
    let file = shown("values.yaml")
    func bad(_ line: Int, _ reason: String) -> ChartError { .bad(file: file, line: line, reason: reason) }
    // A chart that is to be packed may have been read without its values.
    guard let old = values, let image = try YAML(parsing: old.bytes, file: file)["image"] else {
      throw bad(0, "has no 'image' to name the image by")
    }
    var edits: [(range: Range<Int>, text: String)] = []
    for (key, text) in [("repository", repository), ("tag", tag)] {
      guard let value = image[key] else { throw bad(image.start.line, "has no 'image.\(key)' to name the image by") }
      guard value.scalar?.tag == nil, value.scalar != nil, !value.isAlias, !image.isAlias else {
        throw bad(value.start.line, "has an 'image.\(key)' that is no plain value")
      }
      let range = value.range
      // `tag:` without a value has none of the space that belongs before one.
      let before = range.lowerBound > 0 ? old.bytes[range.lowerBound - 1] : 0x20
      edits.append((range, (before == UInt8(ascii: ":") ? " " : "") + JSON.string(text).text))
    }
    var bytes = old.bytes
    for edit in edits.sorted(by: { $0.range.lowerBound > $1.range.lowerBound }) {
      bytes.replaceSubrange(edit.range, with: Array(edit.text.utf8))
    }
    let new = try ChartDocument(ChartEntry(name: old.name, bytes: bytes), shown: file)
    guard new.yaml["image"]?["repository"]?.text == repository, new.yaml["image"]?["tag"]?.text == tag else {
      throw bad(image.start.line, "cannot be made to name the image '\(repository):\(tag)'")
    }
    values = new
  }
}

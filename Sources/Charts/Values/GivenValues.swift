import Command
import Records
import Templates
import YAML

/// The values that a user gives by options, in helm's words. However they are mixed, files come first, then what is set
/// by `--set-json`, `--set`, `--set-string`, `--set-file` and `--set-literal`.
/// https://github.com/helm/helm/blob/v3.17.3/pkg/cli/values/options.go
package struct GivenValues: Sendable {
  package var files: [String] = []
  package var json: [String] = []
  package var set: [String] = []
  package var strings: [String] = []
  package var fromFiles: [String] = []
  package var literals: [String] = []

  package init() {}

  /// The values that draft or an environment gives a chart.
  package init(_ values: ChartValues) { self = values.given }

  /// - Throws: ``RenderError/chart(_:)``, and errors of files.
  package func values() throws -> GoMap {
    var values = GoMap()
    for file in files {
      let bytes = try Files.read(file)
      guard HelmFunctions.isReadAlike(bytes) else { throw RenderError.unknowable(why: "a byte order mark in \(file)") }
      switch HelmFunctions.read(.string(bytes)) {
      case .success(.map(let map)): values = GivenValues.merged(values, map)
      case .success(.nil): break
      case .success(let other):
        throw RenderError.chart("failed to parse \(file): \(HelmFunctions.mismatch(other, "map[string]interface {}"))")
      case .failure(let problem): throw RenderError.chart("failed to parse \(file): \(problem.text)")
      }
    }
    try add(json, "--set-json", .json, to: values)
    try add(set, "--set", .typed, to: values)
    try add(strings, "--set-string", .string, to: values)
    try add(fromFiles, "--set-file", .file, to: values)
    try add(literals, "--set-literal", .literal, to: values)
    return values
  }

  private func add(_ texts: [String], _ option: String, _ kind: StringValues.Kind, to values: GoMap) throws {
    for text in texts {
      do {
        try StringValues.parse(text, kind, into: values) { try Files.read($0) }
      } catch let mistake as StringValues.Mistake {
        throw RenderError.option("failed parsing \(option) data\(kind == .json ? " \(text)" : ": \(mistake.text)")")
      }
    }
  }

  /// Whether values are those that helm has stored.
  /// - Parameter leaving: a key that does not count.
  package static func isSame(_ values: GoMap, as stored: JSON, leaving: String) -> Bool {
    func text(_ map: GoMap) -> [UInt8] {
      let copy = GoMap(copying: map)
      copy.remove(Array(leaving.utf8))
      return HelmFunctions.toYaml(.map(copy))
    }
    guard let map = Value(json: stored).map ?? (stored == .null ? GoMap() : nil) else { return false }
    return text(values) == text(map)
  }

  /// The second mapping wins; mappings in both are merged.
  private static func merged(_ one: GoMap, _ other: GoMap) -> GoMap {
    let result = GoMap(copying: one)
    for (key, value) in other.entries {
      if case .map(let more) = value, case .map(let mine)? = result[key] {
        result[key] = .map(merged(mine, more))
      } else {
        result[key] = value
      }
    }
    return result
  }
}

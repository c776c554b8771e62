/// A place in a template where a value of the chart is read.
package final class ValueUse: Sendable {
  /// What the template does with the value; a later case outweighs the earlier ones.
  package enum Kind: Int, Sendable, Comparable {
    /// Stored in a variable or passed to another template, which may read it or a part of it.
    case passed
    /// Only whether it exists, is empty, or has some type.
    case tested
    case read

    package var word: String {
      switch self {
      case .passed: "passed"
      case .tested: "tested"
      case .read: "read"
      }
    }

    package static func < (a: Kind, b: Kind) -> Bool { a.rawValue < b.rawValue }
  }

  /// `image.tag`, `hosts[].name`; empty for all values. From the values of the outermost chart.
  package let path: String
  /// The same in ``ValuePaths``, and how many steps it has.
  let number: Int32
  let depth: Int
  /// The path of the chart whose file reads it; empty for the outermost.
  package let chart: String
  /// The file as the user finds it, and the place in it from 1; columns count bytes.
  package let file: String
  package let line: Int
  package let column: Int
  package let kind: Kind
  /// The `if`, `with` and `range` around it, the outermost first: `if .Values.a`, `else of if .Values.a`.
  package let guards: [String]
  /// The default as written in the template: `"x"` in `default "x" .Values.a`.
  package let fallback: String?
  /// The message of `required`.
  package let required: String?

  init(
    path: String, number: Int32, depth: Int, chart: String, file: String, line: Int, column: Int, kind: Kind,
    guards: [String], fallback: String? = nil,
    required: String? = nil
  ) {
    (self.path, self.number, self.depth, self.chart, self.file, self.line, self.column) = (
      path, number, depth, chart, file, line, column
    )
    (self.kind, self.guards, self.fallback, self.required) = (kind, guards, fallback, required)
  }
}

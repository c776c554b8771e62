/// A place in a template where a value of the chart is read.
package struct ValueUse: Sendable, Equatable {
  /// What is done with the value; each outweighs the ones before it.
  package enum Kind: Int, Sendable, Comparable {
    /// It is kept in a variable or handed to another template, which may read it or a part of it.
    case passed
    /// Only whether it is there, or empty, or of a type.
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
  package var path: String
  var steps: [ValuePaths.Step]
  /// Where the chart is whose file reads it; empty for the outermost.
  package var chart: String
  /// The file as the user finds it, and the place in it from 1; columns count bytes.
  package var file: String
  package var line: Int
  package var column: Int
  package var kind: Kind
  /// The `if`, `with` and `range` around it, the outermost first: `if .Values.a`, `else of if .Values.a`.
  package var guards: [String]
  /// As it is written in the template: `"x"` in `default "x" .Values.a`.
  package var fallback: String?
  /// The message of `required`.
  package var required: String?
}

/// A function or method that templates call.
package final class Function {
  /// The type of a parameter, which Go checks and helm's messages name.
  package enum Parameter: Sendable {
    /// `interface {}`: takes anything; nil comes as `.nil`.
    case any
    /// `reflect.Value`: as `any`.
    case value
    case string, bool, int, int64, float64
    /// `[]interface {}`, `[]string`, `[]uint8`
    case list, strings, bytes
    /// `map[string]interface {}`; chartutil.Values is one as well.
    case map
    /// `chartutil.Values`; a `map[string]interface {}` is one as well.
    case values
    /// Of an object: its `typeName`, as in `time.Duration`.
    case object(String)

    /// As messages name it.
    package var typeName: String {
      switch self {
      case .any: "interface {}"
      case .value: "reflect.Value"
      case .string: "string"
      case .bool: "bool"
      case .int: "int"
      case .int64: "int64"
      case .float64: "float64"
      case .list: "[]interface {}"
      case .strings: "[]string"
      case .bytes: "[]uint8"
      case .map: "map[string]interface {}"
      case .values: "chartutil.Values"
      case .object(let name): name
      }
    }
  }

  /// What a function knows of the template that calls it is in the first argument. The values have been checked: there
  /// are as many as `parameters` (more with `variadic`), and each is of its parameter's type, a `.int` for `int`. Where
  /// Go takes nil for a map, slice or object, `.nil` comes.
  package typealias Body = (_ call: Execution, _ arguments: [Value]) throws -> Value

  package let parameters: [Parameter]
  /// The type of any number of further arguments.
  package let variadic: Parameter?
  /// Whether it gives something else each time it is called: what it wrote is known to the recorder.
  package let isRandom: Bool
  package let body: Body
  let special: Special?

  /// What the evaluator does itself.
  enum Special {
    /// `and` and `or`: behind an argument of this truth no other is evaluated.
    case short(Bool)
    case include
    case call
  }

  package init(
    _ parameters: [Parameter], variadic: Parameter? = nil, isRandom: Bool = false, body: @escaping Body
  ) {
    (self.parameters, self.variadic, self.isRandom, self.body, special) = (parameters, variadic, isRandom, body, nil)
  }

  init(
    special: Special, _ parameters: [Parameter], variadic: Parameter? = nil, body: @escaping Body = { _, _ in .invalid }
  ) {
    (self.parameters, self.variadic, isRandom, self.body, self.special) = (parameters, variadic, false, body, special)
  }
}

/// The functions that a set of templates may call, by name.
package struct FunctionTable {
  package private(set) var functions: [String: Function] = [:]

  package init() {}

  package subscript(name: String) -> Function? {
    get { functions[name] }
    set { functions[name] = newValue }
  }

  /// Adds functions; those of the same name are replaced.
  package mutating func add(_ more: [String: Function]) { functions.merge(more) { $1 } }
}

/// Why a rendering ended. What a function throws becomes `error calling NAME: TEXT`.
package enum RenderFailure: Error {
  /// A function says no, in Go's words, without a place: only functions throw it.
  case failed(String)
  /// Go's and helm's text of an error, with its place: `template: web/templates/x.yaml:1:3: executing …`
  case execution(String)
  /// A template that does not parse, which `tpl` was given: helm's text.
  case parse(String)
  /// A bound was reached that Go does not have: what grew too large and where, as in `100 MB of output at
  /// web/templates/x.yaml:12`. Functions throw it without the place.
  case limit(String)
  /// The result cannot be known here: the function, and the template and line that reached it.
  case unknowable(function: String, template: String, line: Int)
  /// A function throws this instead of `unknowable`: the place is added.
  case unknown
}

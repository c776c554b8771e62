/// One run of a template of a set, with what it may include.
package final class Execution {
  /// How the set renders.
  package struct Options: Sendable {
    /// A key that is not in a map is an error, as with `helm --strict`.
    package var isStrict = false
    /// As in `helm lint`: `required` and `fail` do not end the rendering.
    package var isLint = false
    /// Bytes of output, and of any text that a function makes.
    package var outputLimit = 100 << 20
    /// Commands evaluated.
    package var stepLimit = 50_000_000

    package init() {}
  }

  package let options: Options
  init(options: Options) { self.options = options }

  /// For functions that make much out of little, before they make it: throws if so many bytes are too many.
  package func reserve(_ bytes: Int) throws(RenderFailure) {
    guard bytes <= options.outputLimit else { throw .limit("\(options.outputLimit >> 20) MB of text") }
  }

  /// Renders a template of the set: what the function `include` does.
  package func include(_ name: [UInt8], _ data: Value) throws(RenderFailure) -> [UInt8] { [] }
}

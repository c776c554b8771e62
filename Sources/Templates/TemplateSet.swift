/// Templates that may include each other, and the functions that they call.
package final class TemplateSet {
  package let functions: FunctionTable
  package private(set) var names = Names()

  package init(functions: FunctionTable) { self.functions = functions }

  /// Parses a template, and takes its definitions in; those parsed later replace those of the same name, unless there
  /// is nothing in them. helm parses those deepest in the tree of directories first.
  package func add(_ name: String, _ source: [UInt8]) throws(TemplateError) {}

  /// Renders a template.
  /// - Parameters:
  ///   - data: what dot and `$` are at first.
  ///   - recorder: hears what the output came from.
  package func render(
    _ name: String, _ data: Value, options: Execution.Options = .init(), recorder: (any Recorder)? = nil
  ) throws(RenderFailure) -> [UInt8] { [] }
}

/// Hears, while a template is rendered, what its output came from.
package protocol Recorder: AnyObject {
  /// An entry of a map was read while the current action was evaluated. Told also for a key that is not there.
  func read(_ map: GoMap, key: [UInt8])
  /// Bytes of the output of the template that is rendered came from an action or a text.
  /// - Parameters:
  ///   - range: of the output. What `include` gives has been told in ranges of its own output before.
  ///   - template: the name of the file that the action stands in.
  ///   - offset: of the action in that file.
  ///   - isRandom: whether a function that makes something up had a part in it.
  func wrote(_ range: Range<Int>, template: Template, offset: Int, isRandom: Bool)
}

/// Why a template does not parse, in the words of Go's text/template.
package struct TemplateError: Error, Equatable, Sendable {
  /// The line, from 1, as Go counts it: line ends inside comments do not count.
  package struct Line: Equatable, Sendable {
    package let number: Int
    package let counted: Int
  }

  /// The template's name, as in `web/templates/service.yaml`.
  package let name: String
  package let line: Line
  /// Bytes from the start of the source.
  package let offset: Int
  let problem: String
  /// Where the action began, if on another line.
  let started: Line?

  /// `unexpected "}" in operand`
  package var reason: String { reason(\.number) }

  /// Go's message: `template: web/templates/service.yaml:3: unexpected "}" in operand`
  package var text: String { "template: \(name):\(line.counted): \(reason(\.counted))" }

  private func reason(_ number: KeyPath<Line, Int>) -> String {
    guard let started else { return problem }
    return
      "\(problem)\(problem.hasSuffix(" action") ? "" : " in action") started at \(name):\(started[keyPath: number])"
  }
}

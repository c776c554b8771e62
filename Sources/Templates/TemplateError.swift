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

  /// What helm makes of it: `parse error at (web/templates/service.yaml:3): unexpected "}" in operand`, of which only
  /// what stands behind the last colon is left.
  package var helmText: String {
    let bytes = Array(text.utf8)
    var starts = [0]
    for place in bytes.indices.dropLast() where bytes[place] == UInt8(ascii: ":") && bytes[place + 1] == 0x20 {
      if place >= starts[starts.count - 1] { starts.append(place + 2) }
    }
    let location = starts.count > 2 ? bytes[starts[1]..<(starts[2] - 2)] : []
    let last = bytes[starts[starts.count - 1]...]
    return "parse error at (\(String(decoding: location, as: UTF8.self))): \(String(decoding: last, as: UTF8.self))"
  }

  private func reason(_ number: KeyPath<Line, Int>) -> String {
    guard let started else { return problem }
    return
      "\(problem)\(problem.hasSuffix(" action") ? "" : " in action") started at \(name):\(started[keyPath: number])"
  }
}

import Testing

@testable import YAML

private func indented(_ text: String, offset: Int = 2) throws -> String {
  String(decoding: try YAML.indented(Array(text.utf8), by: .init(offset: offset)), as: UTF8.self)
}

@Test(arguments: [
  ("a:\n- b\n- c\n", "a:\n  - b\n  - c\n"), ("a:\n      b:\n         c: 1\n", "a:\n  b:\n    c: 1\n"),
  ("- a: 1\n  b:\n  - - x\n    - y\n", "- a: 1\n  b:\n    - - x\n      - y\n"),
  ("a:\n- |\n   x\n\n     y\n  \n# end\nb: 1\n", "a:\n  - |\n     x\n\n       y\n    \n# end\nb: 1\n"),
  ("a:\n- b # x\n# of c\n- c\n", "a:\n  - b # x\n  # of c\n  - c\n"),
  ("a:\r\n- 'x\r\n  y'\r\n", "a:\r\n  - 'x\r\n    y'\r\n"),
  ("? a\n:   b:\n       c\n", "? a\n:   b:\n       c\n"), ("a: [1,\n 2]\n", "a: [1,\n 2]\n"),
  ("---\na:\n- &x b\n...\n---\nc:\n-\n    d: 1\n", "---\na:\n  - &x b\n...\n---\nc:\n  -\n    d: 1\n"), ("", ""),
  ("# only\n", "# only\n"), ("é: # ü\n- ö: 1\n  ä: 2", "é: # ü\n  - ö: 1\n    ä: 2")
])
func onlyLeadingSpacesChange(text: String, wanted: String) throws {
  #expect(try indented(text) == wanted)
  #expect(try indented(wanted) == wanted)
}

@Test func dashesMayStayAtTheirKey() throws {
  #expect(try indented("a:\n    - b:\n        - c\n", offset: 0) == "a:\n- b:\n  - c\n")
}

@Test(arguments: ["a: b: c\n", "- a\nb\n", "a:\n\t- b\n", "{"]) func whatIsNotYAMLIsAnError(text: String) throws {
  #expect(throws: YAMLError.self) { try indented(text) }
}

@Test func valuesOneAfterTheOther() throws {
  var seen: [String] = []
  try eachJSON(in: Array("{\"a\": \"}\\\"\"}[1]2 \"x\"\n\n true".utf8)) { seen.append($0.text) }
  #expect(seen == ["{\"a\":\"}\\\"\"}", "[1]", "2", "\"x\"", "true"])
}

@Test(arguments: [("{}\n[1,", 2), ("{}}", 1), ("\n\n,", 3), ("\"x", 1), ("1e", 1), ("\"\\", 1), ("{]}", 1)])
func whatIsNotJSONHasALine(text: String, line: Int) {
  #expect { try eachJSON(in: Array(text.utf8)) { _ in } } throws: { ($0 as? JSONStreamError)?.line == line }
}

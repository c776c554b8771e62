import Records
import Testing

@testable import YAML

@Test(arguments: [
  ("{a:}", #"{"a:":null}"#), ("{a: b:,c: d}", #"{"a":"b:","c":"d"}"#), ("[x:,z]", #"["x:","z"]"#),
  ("{ä b:, ö:,c: {d:}}", #"{"ä b:":null,"ö:":null,"c":{"d:":null}}"#),
  ("{a: x,\n  b c:,\n d: e}", #"{"a":"x","b c:":null,"d":"e"}"#), ("{'a':,b: 1}", #"{"a":null,"b":1}"#),
  ("{a: http://x:80/,b: c}", #"{"a":"http://x:80/","b":"c"}"#)
])
func aColonBeforeACommaBelongsToTheWord(yaml: String, want: String) throws {
  #expect(try json(yaml: Array(yaml.utf8)).first?.text == want)
}

@Test(arguments: ["{a: 'b:,c}", "{:,", "a: {b:[", "{\"a:,b: c}", "x: }:,"])
func otherMistakesStayErrors(yaml: String) {
  #expect(throws: (any Error).self) { try json(yaml: Array(yaml.utf8)) }
}

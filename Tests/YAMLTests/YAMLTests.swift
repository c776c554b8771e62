import Command
import Testing

@testable import YAML

private func parse(_ text: String) throws -> YAML { try YAML(parsing: Array(text.utf8), file: "x.yaml") }

private func message(_ bytes: [UInt8]) -> String? {
  do { _ = try YAML(parsing: bytes, file: "x.yaml") } catch { return (error as any Diagnosis).message }
  return nil
}

private func message(_ text: String) -> String? { message(Array(text.utf8)) }

@Test func mappingsKeepTheirOrder() throws {
  let chart = try parse("name: web\nversion: 1.10\nkeywords: [b, a]\ndescription: >\n  two\n  lines\n")
  #expect(chart.mapping?.map(\.key.text) == ["name", "version", "keywords", "description"])
  #expect(chart["name"]?.string == "web")
  #expect(chart["version"]?.text == "1.10" && chart["version"]?.string == nil && chart["version"]?.double == 1.1)
  #expect(
    chart["keywords"]?.sequence?.map(\.string) == ["b", "a"] && chart["keywords"]?[1]?.string == "a"
      && chart["keywords"]?[2] == nil)
  #expect(chart["description"]?.string == "two lines\n" && chart["description"]?.scalar?.style == .folded)
  #expect(chart["none"] == nil && chart["name"]?["x"] == nil)
}

@Test func placesAreBytes() throws {
  let text = "\u{FEFF}# ünï\nnäme: 'wéb'\nlist:\n  - é\n  - two\n"
  let bytes = Array(text.utf8)
  let yaml = try YAML(parsing: bytes)
  let name = try #require(yaml["näme"])
  #expect(String(decoding: bytes[name.range], as: UTF8.self) == "'wéb'")
  #expect(name.start.line == 2 && name.start.column == 7)
  let two = try #require(yaml["list"]?[1])
  #expect(String(decoding: bytes[two.range], as: UTF8.self) == "two" && two.start.line == 5)
}

@Test(arguments: [
  ("yes", true), ("On", true), ("TRUE", true), ("y", true), ("no", false), ("off", false), ("N", false), ("tRue", nil),
  ("'yes'", nil),
  ("!!str yes", nil), ("1", nil), ("!mine yes", nil)
])
func booleans(_ text: String, _ value: Bool?) throws { #expect(try parse("x: \(text)")["x"]?.bool == value) }

@Test(arguments: [
  ("8080", 8080), ("-1", -1), ("+3", 3), ("010", 8), ("0o17", 15), ("0x1F", 31), ("0b101", 5), ("1_000", 1000),
  ("0", 0), ("'80'", nil), ("1.0", nil),
  ("_1", nil), ("--1", nil), ("0x", nil), ("99999999999999999999", nil), ("+", nil), ("0-1", nil), ("12:30", nil)
])
func integers(_ text: String, _ value: Int?) throws { #expect(try parse("x: \(text)")["x"]?.int == value) }

@Test(arguments: [
  ("1.5", 1.5), ("1e3", 1000), ("-.5", -0.5), ("08", 8), (".inf", Double.infinity), ("1.2.3", nil), ("e3", nil),
  (".", nil), ("nan", nil), ("1e", nil), ("\"1.5\"", nil)
])
func numbers(_ text: String, _ value: Double?) throws { #expect(try parse("x: \(text)")["x"]?.double == value) }

@Test func nulls() throws {
  for text in ["", "~", "null", "NULL"] { #expect(try parse("x: \(text)")["x"]?.isNull == true) }
  for text in ["''", "nUll", "'null'", "[]"] { #expect(try parse("x: \(text)")["x"]?.isNull == false) }
  #expect(try parse("").isNull && parse("# nothing\n").isNull && parse("x: ''")["x"]?.string == "")
}

@Test func documentsInOrder() throws {
  let documents = try YAML.documents(parsing: Array("---\na: 1\n---\n---\n# empty\n---\nb: 2\n...\n".utf8))
  #expect(documents.map { $0.isNull } == [false, true, true, false])
  #expect(documents.last?["b"]?.int == 2)
  #expect(try YAML.documents(parsing: []).isEmpty)
  #expect(
    message("a: 1\n---\nb: 2\n") == "cannot read 'x.yaml': line 3, column 1: expected one document, found a second")
}

@Test func aliasesAndMerges() throws {
  let yaml = try parse("base: &b {cpu: 1, mem: 2}\nuse: *b\nmore:\n  <<: *b\n  mem: 3\nboth:\n  <<: [{x: 1}, *b]\n")
  #expect(yaml["use"]?["cpu"]?.int == 1 && yaml["use"]?.isAlias == true && yaml["base"]?.isAlias == false)
  #expect(yaml["more"]?["cpu"]?.int == 1 && yaml["more"]?["mem"]?.int == 3)
  #expect(yaml["both"]?["x"]?.int == 1 && yaml["both"]?["mem"]?.int == 2)
  // The last of two equal keys counts, as in Kubernetes.
  #expect(try parse("a: 1\na: 2\n")["a"]?.int == 2)
  #expect(message("a: *b\n") == "cannot read 'x.yaml': line 1, column 4: alias 'b' has no anchor")
  #expect(message("a: &b [*b]\n") == "cannot read 'x.yaml': line 1, column 8: alias 'b' is inside its own anchor")
  // Anchors do not cross documents.
  #expect(throws: YAMLError.self) { try YAML.documents(parsing: Array("a: &b 1\n---\nc: *b\n".utf8)) }
}

@Test func laughsAreBounded() throws {
  var bomb = "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n"
  for level in 1...12 {
    bomb += "a\(level): &a\(level) [" + Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ",") + "]\n"
  }
  #expect(message(bomb)?.contains("aliases expand to more than 100000 values") == true)
  // Depth through aliases counts like any other.
  var tower = "a0: &a0 \(String(repeating: "[", count: 40))\(String(repeating: "]", count: 40))\n"
  for level in 1...3 {
    tower +=
      "a\(level): &a\(level) \(String(repeating: "[", count: 40))*a\(level - 1)\(String(repeating: "]", count: 40))\n"
  }
  #expect(message(tower)?.contains("nested deeper than 100 levels") == true)
  for count in [101, 900, 5_000, 1_000_000] {
    #expect(message(String(repeating: "[", count: count)) != nil)
    #expect(message(String(repeating: "- ", count: min(count, 20_000)) + "x") != nil)
  }
  #expect(message(String(repeating: "[", count: 99) + String(repeating: "]", count: 99)) == nil)
}

@Test func errorsHaveAPlace() {
  #expect(message("a: [1,\nb: 2\n")?.hasPrefix("cannot read 'x.yaml': line 3, column 1: ") == true)
  #expect(message("a: b: c\n")?.hasPrefix("cannot read 'x.yaml': line 1, column 5: ") == true)
  #expect(message("a:\n\t- b\n")?.hasPrefix("cannot read 'x.yaml': line 2, column 1: ") == true)
  #expect(
    message(Array("a: 1\nb: \u{E9}".utf8.dropLast()))?.hasPrefix("cannot read 'x.yaml': line 2, column 4: ") == true)
  #expect(message([0xFF, 0xFE, 0x61, 0x00])?.hasPrefix("cannot read 'x.yaml': line 1, column 1: ") == true)
  #expect(message([0x61, 0x00, 0x62])?.hasPrefix("cannot read 'x.yaml': line 1, column ") == true)
}

/// Any bytes give a result and never a crash.
@Test func anyBytes() {
  var state: UInt64 = 42
  let letters = Array("a: -[]{},&*!|>'\"%@#\n\n  \t?<\u{E9}".utf8)
  for _ in 0..<3000 {
    var bytes: [UInt8] = []
    for _ in 0..<40 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      bytes.append(letters[Int(state >> 33) % letters.count])
    }
    guard let documents = try? YAML.documents(parsing: bytes) else { continue }
    for document in documents { #expect(document.range.upperBound <= bytes.count) }
  }
}

import Testing

@testable import Settings

private func parse(_ text: String) throws -> TOML { try TOML(parsing: Array(text.utf8)) }

@Test func valuesHavePlaces() throws {
  let toml = try parse("a = \"x\"\n\n[t]\n  \"é\".b = [1, 'two', true]\n  t = 1979-05-27T07:32:00Z\n  f = -2.5e3\n")
  #expect(toml.members?.map(\.key) == ["a", "t"])
  #expect(toml["a"]?.string == "x" && toml["a"]?.place == TOML.Place(line: 1, column: 5, endLine: 1, endColumn: 8))
  let list = try #require(toml["t"]?["é"]?["b"])
  #expect(list.place.line == 4 && list.place.column == 11)
  #expect(list.array?[0].integer == 1 && list.array?[1].string == "two" && list.array?[2].bool == true)
  #expect(toml["t"]?["t"]?.plain == "1979-05-27T07:32:00Z" && toml["t"]?["f"]?.number == -2500)
}

@Test func membersAreInTheOrderOfTheFile() throws {
  #expect(try parse("z = 1\ny = 2\na = 3\nb.c = 1\n[m]\n[c]\n").members?.map(\.key) == ["z", "y", "a", "b", "m", "c"])
}

@Test(arguments: [
  "a = ", "a = 1\na = 2", "[a]\n[a]", "a = \"\\q\"", "= 1", "a = 1 b = 2", "a = 'x\ny'", "\u{0}",
  "a = 99999999999999999999"
])
func brokenTexts(_ text: String) {
  #expect {
    try parse(text)
  } throws: { error in
    guard let error = error as? TOMLError else { return false }
    return error.line >= 1 && error.column >= 1 && !error.reason.isEmpty
  }
}

@Test func notUTF8() { #expect(throws: TOMLError.self) { try TOML(parsing: [0x61, 0x3D, 0x27, 0xFF, 0x27]) } }

@Test func depthIsBounded() throws {
  let deep = { (count: Int) in String(repeating: "a.", count: count) + "a = 1\n" }
  #expect(try parse(deep(30)).members?.count == 1)
  #expect(throws: TOMLError.self) { try parse(deep(33)) }
  #expect(throws: TOMLError.self) { try parse("[" + String(repeating: "a.", count: 100_000) + "a]\n") }
  #expect(throws: TOMLError.self) { try parse("x = { " + deep(40).dropLast() + " }\n") }
  #expect(throws: TOMLError.self) { try parse("x = " + String(repeating: "{x=", count: 100_000)) }
  // Dots in strings and comments do not count as keys.
  #expect(
    try parse(
      "# " + String(repeating: ".", count: 200) + "\nx = '" + String(repeating: ".", count: 200) + "'\ny = \"\"\"\n"
        + String(repeating: ".\\\"", count: 200) + "\"\"\"\nz = 1\n")["z"]?.integer == 1)
}

/// Any bytes give a result and never a crash.
@Test func anyBytes() {
  var state: UInt64 = 7
  let letters = Array("ab=.[]{},\"'#\n \t\\u1-:T\r\u{E9}".utf8)
  for _ in 0..<5000 {
    var bytes: [UInt8] = []
    for _ in 0..<30 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      bytes.append(letters[Int(state >> 33) % letters.count])
    }
    _ = try? TOML(parsing: bytes)
  }
}

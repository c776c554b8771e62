import Testing

@testable import Records

@Test(
  arguments: [
    ("0", 0), ("-1", -1), ("007", 7), ("9007199254740992", 1 << 53), ("-9007199254740992", -(1 << 53)),
    ("9007199254740993", nil),
    ("9223372036854775807", nil), ("-9223372036854775808", nil), ("99999999999999999999", nil), ("1e3", nil),
    ("1.0", nil), ("", nil), (" 1", nil), ("0x1", nil)
  ] as [(String, Int?)])
func aNumberFromOutsideHasBounds(_ text: String, _ number: Int?) {
  #expect(Number.whole(text) == number)
  #expect(JSON.number(text).integer == number)
}

@Test func portsAreSixteenBits() {
  for text in ["0", "-1", "65536", "9223372036854775807", "", "x"] { #expect(Number.port(text) == nil) }
  #expect(Number.port("1") == 1 && Number.port("65535") == 65_535)
}

@Test func sumsDoNotOverflow() {
  #expect(
    1.plus(2) == 3 && Int.max.plus(1) == .max && Int.max.plus(.max) == .max && Int.min.plus(-1) == .min
      && Int.max.plus(-1) == .max - 1)
}

/// `inf` is not JSON: everything we write must be readable.
@Test func aRealNumberIsOneThatCanBeWritten() throws {
  #expect(
    JSON.number("1e400").double == nil && JSON.number("-1e400").double == nil && JSON.number("1e3").double == 1_000)
  let line = try Record(Array(#"{"language":{"name":"x","certainty":1e400}}"#.utf8))
  #expect(throws: RecordError.self) { _ = try line.member(Language.self) }
  let shares = try Record(Array(#"{"language":{"name":"x","certainty":1,"shares":{"x":1e400,"y":2}}}"#.utf8))
  let language = try #require(try shares.member(Language.self))
  _ = try JSON(parsing: language.json.bytes)
}

@Test(arguments: ["-1", "9223372036854775807", "9007199254740993", "1e400", "1.5"]) func impossibleSizesAreRejected(
  _ size: String
) throws {
  let line = try Record(Array(#"{"x":{"path":"/x","mediaType":"x","digest":"x","size":\#(size)}}"#.utf8))
  #expect(throws: RecordError.self) { _ = try Payload(Fields(try line["x"]!, path: "x")) }
}

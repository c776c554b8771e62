import Testing

@testable import Command

/// `é` as one scalar, and as a letter and a combining mark; a String equates them.
private let one = "caf\u{E9}", two = "cafe\u{301}"

@Test func aPathIsBytes() {
  #expect(Files.relative("/home/jörg/日本/web/charts/web", to: "/home/jörg/日本/web") == "charts/web")
  #expect(Files.relative("/a", to: "/") == "a")
  #expect(
    Files.relative("/a", to: "/a") == nil && Files.relative("/ab", to: "/a") == nil
      && Files.relative("/a/", to: "/a") == nil)
  #expect(one == two)
  #expect(Files.relative("/\(one)/x", to: "/\(two)") == nil && Files.relative("/\(one)/x", to: "/\(one)") == "x")
  // A combining mark at the start of a name forms one Character with the slash.
  #expect(Files.relative("/a/\u{301}x", to: "/a") == "\u{301}x")
}

@Test func linesEndAsTheyLike() {
  #expect("a\r\n\r\nb\nc".lines == ["a", "b", "c"])
  #expect("a\r\n\r\nb\n".allLines == ["a", "", "b", ""])
  #expect("a\r\n".endsLine && "a\n".endsLine && !"a".endsLine && !"".endsLine && !"a\r".endsLine)
}

@Test func aWordIsCutAtItsFirstSign() throws {
  let (name, value) = try #require("A=b=c".cut(at: "="))
  #expect(name == "A" && value == "b=c")
  #expect("日本=\u{301}".cut(at: "=")?.before == "日本" && "x=\u{301}".cut(at: "=")?.after.unicodeScalars.count == 1)
  #expect("x".cut(at: "=") == nil)
}

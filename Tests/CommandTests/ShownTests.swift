import Glibc
import Records
import Testing

@testable import Command

private let all: [UInt32] =
  Array(0...0x1F) + [0x7F] + Array(0x80...0x9F) + [0x061C, 0x200E, 0x200F] + Array(0x202A...0x202E)
  + Array(0x2066...0x2069)

@Test func aControlCharacterIsShown() {
  #expect("a\nb\u{1B}[31mc\u{9B}d".harmless == "a b\\x1b[31mc<U+009B>d")
  #expect(
    "a\nb\t\u{1B}[31mc\u{202E}\u{61C}d\r\ne\rf\r".harmlessLines == "a\nb\t\\x1b[31mc<U+202E><U+061C>d\ne\\x0df\\x0d")
  #expect("\u{0}\u{7}\u{7F}\u{0B}".harmlessLines == "\\x00\\x07\\x7f\\x0b")
  #expect(String(decoding: [0x61, 0x9B, 0xC2, 0x62], as: UTF8.self).harmless == "a\u{FFFD}\u{FFFD}b")
}

@Test func otherTextStaysUnchanged() {
  for text in ["", "plain", "Büro/日本", "é ° 👩‍👩‍👧 “quoted” – … €", "עברית", "عربي؛", "\u{AD}\u{A0}"] {
    #expect(text.harmless == text)
    #expect(text.harmlessLines == text)
  }
}

private struct Wrong: Diagnosis {
  var exitCode: ExitCode { .badData }
  let message: String
  let hint: String?
}

/// The output of all doors, each of which was given every control character.
private func through(_ body: (Call, String) -> Void) throws -> String {
  let evil = String(String.UnicodeScalarView(all.compactMap(Unicode.Scalar.init))) + "end"
  var ends: [Int32] = [-1, -1]
  try #require(pipe(&ends) == 0)
  Diagnostics.descriptor.store(ends[1], ordering: .relaxed)
  let arguments = try Arguments(parsing: [], options: [])
  body(Call(name: "draft-x", arguments: arguments, quiet: false, debugging: true), evil)
  Diagnostics.descriptor.store(STDERR_FILENO, ordering: .relaxed)
  close(ends[1])
  var bytes: [UInt8] = [], chunk = [UInt8](repeating: 0, count: 65_536)
  while case let count = read(ends[0], &chunk, chunk.count), count > 0 { bytes += chunk[..<count] }
  close(ends[0])
  return String(decoding: bytes, as: UTF8.self)
}

@Suite(.serialized) struct Doors {
  @Test func noDoorLetsAControlCharacterThrough() throws {
    let doors: [(name: String, body: (Call, String) -> Void)] = [
      ("say", { $0.say($1) }), ("pass", { $0.pass($1 + "\n") }), ("relay", { $0.relay($1) }), ("warn", { $0.warn($1) }),
      ("warnOfSettings", { $0.warnOfSettings($1) }), ("debug", { $0.debug($1) }),
      ("report", { $0.report(Wrong(message: $1, hint: $1)) }),
      ("redraw", { $0.redraw($1) }),
      ("Command.report", { _ = Command.report(Wrong(message: $1, hint: nil), by: $0.name) })
    ]
    for door in doors {
      var said = try through(door.body)
      if door.name == "redraw" {
        #expect(said.hasPrefix("\r") && said.hasSuffix("\u{1B}[K"))
        said = String(said.dropFirst().dropLast(3))
      }
      #expect(said.contains("\\x1b") && said.contains("<U+202E>") && said.contains("end"), "\(door.name)")
      let left = said.unicodeScalars.filter { $0 != "\n" && $0 != "\t" && all.contains($0.value) }
      #expect(left.isEmpty, "\(door.name): \(left.map(\.value))")
    }
  }

  @Test func messageAndHintAreOneLineEach() throws {
    #expect(try through { call, _ in call.report(Wrong(message: "a\nb", hint: "c\nd")) } == "draft-x: a b\n  c d\n")
    #expect(try through { call, _ in call.relay("a\nb") } == "a b\n")
  }

  @Test func aTableIsThatOfItsRows() {
    #expect(table(["NAME", "X"], [["a\u{202E}b\nc", "\u{1B}"]]) == "NAME          X\na<U+202E>b c  \\x1b\n")
  }
}

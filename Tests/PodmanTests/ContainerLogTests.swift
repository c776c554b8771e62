import Glibc
import Testing

@testable import Command
@testable import Podman

/// The contents of podman's log file, and the resulting lines.
struct ContainerLogTests {
  private static let time = "2026-01-02T03:04:05.123456789+01:00"

  private func file(_ text: String) throws -> ContainerLog {
    let path = try Temporary.file(beside: "/tmp/ctr").path
    try Files.write(Array(text.utf8), to: path)
    return ContainerLog(path: path, conmon: 0)
  }

  private func lines(_ pieces: [String], tail: Int? = nil) throws -> [String] {
    let log = try file(pieces.map { "\(ContainerLogTests.time) \($0)\n" }.joined())
    defer { Temporary.remove(log.path) }
    var lines: [String] = []
    log.read(tail: tail) { lines.append(String(decoding: $0, as: UTF8.self)) }
    return lines
  }

  @Test func aLineIsWhole() throws {
    let long = String(repeating: "0123456789abcdef", count: 1_024)
    let pieces = [
      "stdout F first", "stdout P dots: .", "stdout P .", "stderr F an error", "stdout F .", "stdout P \(long)",
      "stdout P \(long)", "stdout F end", "stdout F ", "stdout F  two  spaces ", "stdout P prompt> "
    ]
    let want = ["first", "an error", "dots: ...", long + long + "end", "", " two  spaces ", "prompt> "]
    #expect(try lines(pieces) == want)
    for tail in 0...9 { #expect(try lines(pieces, tail: tail) == want.suffix(tail)) }
  }

  @Test func manyLinesHaveALast() throws {
    #expect(try lines((1...5_000).map { "stdout F \($0)" }, tail: 3) == ["4998", "4999", "5000"])
  }

  @Test func bytesAreAsWritten() throws {
    let log = ContainerLog(path: try file("").path, conmon: 0)
    defer { Temporary.remove(log.path) }
    let text: [UInt8] = [0x4A, 0xF6, 0x72, 0x67, 0x0D]
    try Files.write(Array("\(ContainerLogTests.time) stdout F ".utf8) + text + [0x0A], to: log.path)
    var lines: [[UInt8]] = []
    log.read { lines.append($0) }
    #expect(lines == [text])
  }

  /// Reads on while it grows, from any point within a record, and from the beginning if the file was truncated.
  @Test func itIsReadOnWhereItWasLeft() throws {
    let all = Array(
      ["stdout F one", "stdout P tw", "stdout F o", "stderr F three"].map { "\(ContainerLogTests.time) \($0)\n" }
        .joined().utf8)
    let log = ContainerLog(path: try file("").path, conmon: 0)
    defer { Temporary.remove(log.path) }
    let place = ContainerLog.Place()
    var lines: [String] = []
    for end in stride(from: 0, to: all.count, by: 7) + [all.count] {
      try Files.write(Array(all[..<end]), to: log.path)
      log.read(from: place) { lines.append(String(decoding: $0, as: UTF8.self)) }
    }
    #expect(lines == ["one", "two", "three"])
    try Files.write(Array("\(ContainerLogTests.time) stdout F four\n".utf8), to: log.path)
    log.read(from: place) { lines.append(String(decoding: $0, as: UTF8.self)) }
    #expect(lines.last == "four")
  }
}

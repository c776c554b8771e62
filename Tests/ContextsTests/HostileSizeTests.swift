import Charts
import Command
import Glibc
import Records
import Settings
import Testing

@testable import Archives
@testable import Contexts

/// The sizes in a tar archive are untrusted: an impossible number is refused, and so are more holes than the limit.
/// Nothing traps, allocates for them, or runs without end.
struct HostileSizeTests {
  private static let numbers = [
    "-1", "-5", "-9223372036854775808", "9007199254740993", "9223372036854775807", "99999999999999999999"
  ]
  private static let keys = ["GNU.sparse.size", "SCHILY.realsize", "GNU.sparse.realsize", "size", "GNU.sparse.offset"]

  private func write(_ scratch: Scratch, _ body: (inout RawTar) -> Void) throws -> String {
    var tar = RawTar()
    body(&tar)
    tar.file("Dockerfile", Array("FROM scratch\n".utf8))
    tar.end()
    try Files.write(tar.bytes, to: scratch.path + "/a.tar")
    return scratch.path + "/a.tar"
  }

  /// Reads an archive in every way we have; each succeeds or throws an ``ArchiveError``.
  private func readEverywhere(_ path: String, _ scratch: Scratch) throws -> [ArchiveError] {
    let out = try scratch.directory("out")
    let ways: [() throws -> Void] = [
      { try extract(tar: path, into: out) },
      { _ = try chart(in: path) },
      {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        defer { close(descriptor) }
        var contents = TarContents()
        try contents.add(TarReader(descriptor: descriptor, name: path), archive: path)
      }
    ]
    return try ways.compactMap { way in
      do { try way(); return nil } catch let error as ArchiveError { return error }
    }
  }

  @Test(arguments: keys) func aSizeThatCannotBeDoesNotTrap(_ key: String) throws {
    let scratch = try Scratch()
    for number in HostileSizeTests.numbers {
      for name in ["x", "web/Chart.yaml"] {
        let path = try write(scratch) {
          $0.file(
            name, Array("1234".utf8), pax: [("GNU.sparse.numblocks", "1"), ("GNU.sparse.map", "0,4"), (key, number)])
        }
        _ = try readEverywhere(path, scratch)
      }
    }
  }

  @Test(arguments: [-1, -5, Int.min, Int.max, 1 << 53, 1 << 62]) func aHeaderWithABadSizeIsRejected(_ size: Int) throws
  {
    let scratch = try Scratch()
    let path = try write(scratch) { $0.file("web/Chart.yaml", Array("1234".utf8), size: size) }
    #expect(try readEverywhere(path, scratch).count == 3)
  }

  @Test(arguments: [
    ["1", "8796093022208", "0"], ["1", "9223372036854775800", "8"], ["2", "0", "4", "9223372036854775807", "0"],
    ["1", "-8", "4"], ["1", "0", "-4"],
    ["2", "8", "4", "0", "4"], ["9223372036854775807", "0", "4"]
  ]) func aSparseMapIsBounded(_ map: [String]) throws {
    let scratch = try Scratch()
    let text = Array((map.joined(separator: "\n") + "\n").utf8)
    let content = text + [UInt8](repeating: 0, count: 512 - text.count) + Array("1234".utf8)
    for realsize in ["8796093022208", "9223372036854775807", "4", "-1"] {
      let path = try write(scratch) {
        $0.file(
          "x", content,
          pax: [
            ("GNU.sparse.major", "1"), ("GNU.sparse.minor", "0"), ("GNU.sparse.name", "x"),
            ("GNU.sparse.realsize", realsize)
          ])
      }
      _ = try readEverywhere(path, scratch)
    }
  }

  /// 8 TB of holes in a few bytes.
  @Test func holesHaveALimit() throws {
    let scratch = try Scratch()
    let content = Array("1\n8796093022208\n0\n".utf8)
    let path = try write(scratch) {
      $0.file(
        "x", content + [UInt8](repeating: 0, count: 512 - content.count),
        pax: [
          ("GNU.sparse.major", "1"), ("GNU.sparse.minor", "0"), ("GNU.sparse.name", "x"),
          ("GNU.sparse.realsize", "8796093022208")
        ])
    }
    let errors = try readEverywhere(path, scratch)
    let sentence = "cannot read '\(path)': member 'x' has more than 8 GB of holes"
    #expect(errors.filter { $0.message == sentence }.count == 2)
    #expect(errors.allSatisfy { $0.exitCode == .badData })
  }

  /// The same in a directory, where it is as easy to make.
  @Test func sparseFilesAreRejected() throws {
    let scratch = try Scratch()
    try scratch.write("small", "x")
    #expect(truncate(scratch.path + "/small", 1 << 26) == 0)
    try scratch.write("large", "x")
    // As large as the file system allows.
    guard [8 << 40, 1 << 40, 64 << 30].contains(where: { truncate(scratch.path + "/large", off_t($0)) == 0 }) else {
      return
    }
    let directory = Glibc.open(scratch.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    defer { close(directory) }
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 16)
    defer { buffer.deallocate() }
    var count = 0
    try SourceFile(Array("small".utf8), in: directory, path: "small").read(by: buffer) { count += $0.count }
    #expect(count == 1 << 26)
    let large = try SourceFile(Array("large".utf8), in: directory, path: "large")
    #expect(throws: ArchiveError.holes(path: "large")) { try large.read(by: buffer) { _ in } }
  }

  @Test func bytesAreCountedWithoutOverflow() {
    var bytes = Division.Bytes()
    for size in [Int.max, Int.max, -1, 0, Int.min, 1 << 62] { for _ in 0..<1_100 { bytes.add(size) } }
    #expect(Division(bytes, limit: 256).large == 128)
  }
}

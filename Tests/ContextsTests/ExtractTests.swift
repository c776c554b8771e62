import Command
import Glibc
import OCI
import Records
import Testing

@testable import Archives
@testable import Contexts

struct ExtractTests {
  @Test func keepsWhatItShould() throws {
    let scratch = try Scratch()
    let long = String(repeating: "n", count: 255)
    let deep = (0..<40).map { "directory\($0)" }.joined(separator: "/")
    let tar = try scratch.tar("a.tar") {
      try $0.directory("closed", mode: 0o555)
      try $0.file("closed/x", "one", mode: 0o640)
      try $0.file("ümlaut", "two")
      try $0.file(long, "three")
      try $0.file(deep + "/y", "four")
      try $0.link("away", to: "/etc/passwd")
    }
    let out = try scratch.directory("out")
    let result = try extract(tar: tar, into: out)
    #expect(result.digest == SHA256.digest(try Files.read(tar)))
    #expect(try Files.readText(out + "/closed/x") == "one")
    #expect(try Files.readText(out + "/ümlaut") == "two")
    #expect(try Files.readText(out + "/" + long) == "three")
    #expect(try Files.readText(out + "/" + deep + "/y") == "four")
    var status = stat()
    #expect(lstat(out + "/closed", &status) == 0 && status.st_mode & 0o7777 == 0o555 && status.st_mtim.tv_sec == 7)
    #expect(lstat(out + "/closed/x", &status) == 0 && status.st_mode & 0o7777 == 0o640 && status.st_mtim.tv_sec == 7)
    #expect(lstat(out + "/away", &status) == 0 && status.st_mode & S_IFMT == Glibc.S_IFLNK)
    chmod(out + "/closed", 0o755)
  }

  @Test(arguments: ["../x", "a/../../x", "/tmp/draft-hostile", "..", "a/.."])
  func pathsThatLeaveTheDirectoryAreRejected(_ path: String)
    throws
  {
    let scratch = try Scratch()
    let tar = try scratch.tar("a.tar") { try $0.file(path, "x") }
    let out = try scratch.directory("out")
    #expect(throws: ArchiveError.self) { try extract(tar: tar, into: out) }
    #expect(try Files.list(scratch.path) == ["a.tar", "out"])
    #expect(!Files.exists("/tmp/draft-hostile"))
  }

  @Test(arguments: ["..", "/", "../out2", "inner"]) func linksAreNotFollowed(_ target: String) throws {
    let scratch = try Scratch()
    let tar = try scratch.tar("a.tar") {
      try $0.directory("inner")
      try $0.link("link", to: target)
      try $0.file("link/draft-hostile", "x")
    }
    let out = try scratch.directory("out")
    _ = try scratch.directory("out2")
    #expect(throws: ArchiveError.self) { try extract(tar: tar, into: out) }
    for place in ["/out2", "", "/out/inner"] { #expect(!Files.exists(scratch.path + place + "/draft-hostile")) }
    #expect(!Files.exists("/draft-hostile"))
  }

  /// A link in place of a file must be replaced, not written through.
  @Test func fileOverLink() throws {
    let scratch = try Scratch()
    try scratch.write("victim", "safe")
    let tar = try scratch.tar("a.tar") {
      try $0.link("file", to: "../victim")
      try $0.file("file", "new")
    }
    let out = try scratch.directory("out")
    try extract(tar: tar, into: out)
    #expect(try Files.readText(scratch.path + "/victim") == "safe")
    #expect(try Files.readText(out + "/file") == "new")
  }

  @Test func brokenArchives() throws {
    let scratch = try Scratch()
    let whole = try Files.read(try scratch.tar("a.tar") { try $0.file("x", String(repeating: "x", count: 5_000)) })
    let out = try scratch.directory("out")
    for bytes in [Array(whole[..<1_000]), Array("no archive at all".utf8)] {
      try Files.write(bytes, to: scratch.path + "/b.tar")
      #expect(throws: ArchiveError.self) { try extract(tar: scratch.path + "/b.tar", into: out) }
    }
  }

  @Test func payloads() throws {
    let scratch = try Scratch()
    let path = try scratch.tar("a.tar") { try $0.file("x", "one") }
    let bytes = try Files.read(path)
    var payload = Payload(path: path, mediaType: MediaType.context, digest: SHA256.digest(bytes), size: bytes.count)
    try payload.verify()
    try extract(payload, into: try scratch.directory("out"))
    var changed = bytes
    changed[700] ^= 1
    try Files.write(changed, to: path)
    #expect(throws: ArchiveError.payloadDiffers(path: path)) { try payload.verify() }
    #expect(throws: ArchiveError.payloadDiffers(path: path)) {
      try extract(payload, into: try scratch.directory("out2"))
    }
    payload.size += 1
    #expect(throws: ArchiveError.payloadDiffers(path: path)) { try payload.verify() }
    unlink(path)
    #expect(throws: ArchiveError.payloadMissing(path: path, errno: ENOENT)) { try payload.verify() }
  }

  @Test func aDecomposedNameStaysUnchanged() throws {
    let scratch = try Scratch()
    let long = "e\u{301}" + String(repeating: "x", count: 150)
    let tar = try scratch.tar("t.tar") { writer in
      try writer.file("\u{E9}", "composed")
      try writer.file("e\u{301}", "decomposed")
      try writer.file(long, "long")
      try writer.link("l", to: "e\u{301}")
    }
    let target = try scratch.directory("out")
    try extract(tar: tar, into: target)
    // Names are compared as bytes; as Strings these are equal.
    let names = try Files.list(target).map { Array($0.utf8) }
    #expect(names == [Array("e\u{301}".utf8), Array(long.utf8), Array("l".utf8), Array("\u{E9}".utf8)])
    #expect(try Files.readText(target + "/e\u{301}") == "decomposed")
  }
}

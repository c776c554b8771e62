import Command
import Glibc
import OCI
import Testing

@testable import Archives
@testable import Contexts

struct TarballTests {
  private func store(_ cache: TarballCache, _ pieces: [[UInt8]], key: String = "k") throws -> Tarball.Result {
    try cache.store(key: key, file: ".tar") { tarball in
      for piece in pieces { try piece.withUnsafeBytes { try tarball.write($0) } }
    }
  }

  private func piece(_ byte: UInt8, _ count: Int) -> [UInt8] { Array(repeating: byte, count: count) }

  @Test func sameBytesAreNotWrittenTwice() throws {
    let scratch = try Scratch()
    let cache = try TarballCache(directory: scratch.path, limit: 1 << 20)
    let first = try store(cache, [piece(1, 9_000), piece(2, 10)])
    #expect(first.isNew && first.digest == SHA256.digest(piece(1, 9_000) + piece(2, 10)) && first.size == 9_010)
    var before = stat(), after = stat()
    stat(first.path, &before)
    let second = try store(cache, [piece(1, 9_000), piece(2, 10)])
    #expect(!second.isNew && second.digest == first.digest && second.path == first.path)
    stat(first.path, &after)
    #expect(before.st_ino == after.st_ino)
  }

  /// Wherever the difference is, the bytes are the new ones.
  @Test(arguments: [0, 1, 4_096, 8_999, 9_000, 9_009]) func differences(_ at: Int) throws {
    let scratch = try Scratch()
    let cache = try TarballCache(directory: scratch.path, limit: 1 << 20)
    let old = piece(1, 9_000) + piece(2, 10)
    _ = try store(cache, [old])
    var new = old
    new[at] ^= 0xFF
    for bytes in [new, Array(old[..<at]), old + [3]] {
      _ = try store(cache, [old])
      let result = try store(cache, [Array(bytes[..<(bytes.count / 2)]), Array(bytes[(bytes.count / 2)...])])
      #expect(try Files.read(result.path) == bytes)
      #expect(result.isNew && result.digest == SHA256.digest(bytes))
    }
  }

  @Test func zerosBecomeHoles() throws {
    let scratch = try Scratch()
    let result = try store(
      TarballCache(directory: scratch.path, limit: 1 << 30),
      [piece(1, 65_536)] + Array(repeating: piece(0, 65_536), count: 64))
    var status = stat()
    stat(result.path, &status)
    #expect(status.st_size == 65 * 65_536 && status.st_blocks * 512 < 1 << 20)
    #expect(result.digest == SHA256.digest(try Files.read(result.path)))
  }

  /// A tarball that was tampered with no longer matches, and is replaced.
  @Test func healsItself() throws {
    let scratch = try Scratch()
    let cache = try TarballCache(directory: scratch.path, limit: 1 << 20)
    let result = try store(cache, [piece(1, 9_000)])
    try Files.write(piece(9, 9_000), to: result.path)
    let again = try store(cache, [piece(1, 9_000)])
    #expect(again.digest == result.digest)
    #expect(try Files.read(again.path) == piece(1, 9_000))
  }

  @Test func failureLeavesNothing() throws {
    let scratch = try Scratch()
    let cache = try TarballCache(directory: scratch.path, limit: 1 << 20)
    struct Stop: Error {}
    #expect(throws: Stop.self) {
      try cache.store(key: "k", file: ".tar") { tarball in
        try piece(1, 100).withUnsafeBytes { try tarball.write($0) }
        throw Stop()
      }
    }
    #expect(try Files.list(scratch.path + "/sha256").isEmpty)
  }

  @Test func prunesWhatWasUsedLongestAgo() throws {
    let scratch = try Scratch()
    let cache = try TarballCache(directory: scratch.path, limit: 100_000)
    func aged(_ byte: UInt8, hours: Int) throws -> String {
      let path = try store(cache, [piece(byte, 65_536)], key: "\(byte)").path
      let then = time(nil) - hours * 3_600
      var times = [timespec(tv_sec: then, tv_nsec: 0), timespec(tv_sec: then, tv_nsec: 0)]
      utimensat(AT_FDCWD, path, &times, 0)
      utimensat(AT_FDCWD, cache.last("\(byte)"), &times, 0)
      return path
    }
    let recent = try aged(1, hours: 0), old = try aged(2, hours: 9), older = try aged(3, hours: 20),
      locked = try aged(4, hours: 30)
    let leftover = scratch.path + "/sha256/tarball.tmp-abcdef"
    try Files.write([1], to: leftover)
    var times = [timespec(tv_sec: 1, tv_nsec: 0), timespec(tv_sec: 1, tv_nsec: 0)]
    utimensat(AT_FDCWD, leftover, &times, 0)
    let descriptor = open(locked, O_RDONLY)
    flock(descriptor, LOCK_SH)
    cache.prune()
    // The locked and the recent one already fill the limit.
    #expect([recent, old, older, locked, leftover].map(Files.exists) == [true, false, false, true, false])
    close(descriptor)
    cache.prune()
    #expect([recent, locked].map(Files.exists) == [true, false])
  }

  @Test func aNoteOfItsUseKeepsATarball() throws {
    let scratch = try Scratch()
    let cache = try TarballCache(directory: scratch.path, limit: 1)
    let path = try store(cache, [piece(1, 65_536)], key: "k").path
    var times = [timespec(tv_sec: 1, tv_nsec: 0), timespec(tv_sec: 1, tv_nsec: 0)]
    utimensat(AT_FDCWD, path, &times, 0)
    cache.prune()
    #expect(Files.exists(path))
    utimensat(AT_FDCWD, cache.last("k"), &times, 0)
    cache.prune()
    #expect(!Files.exists(path))
  }
}

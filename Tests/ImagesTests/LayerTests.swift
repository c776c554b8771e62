import Archives
import Command
import Glibc
import OCI
import Testing

@testable import Images

/// The limit for the layers of an image with divided copies: those of small files, of large files, of directories, and
/// the head's.
@Test(arguments: [
  (1, 1, 64), (1, 23, 64), (1, 24, 32), (1, 71, 32), (1, 72, 16), (3, 10, 16), (20, 10, 2), (36, 10, 1), (37, 10, 0),
  (60, 10, 0), (1, 119, 0), (1, 130, 0)
])
func copiesAreDividedAsFarAsLayersGo(_ copies: Int, _ below: Int, _ want: Int) {
  let limit = LayerMaker.limit(copies: copies, below: below)
  #expect(limit == want)
  if limit > 0 { #expect(below + copies * (limit + max(1, limit / 2) + 1) <= 120) }
}

/// Compresses content that is written in pieces of that size.
private func compressed(_ content: [UInt8], pieces: Int) throws -> (
  bytes: [UInt8], content: Digest, digest: Digest, size: Int
) {
  let temporary = try Temporary.file(beside: "/tmp/gzip"), file = temporary.file.descriptor, path = temporary.path
  defer { Temporary.remove(path) }
  let stream = try GzipStream(to: file, level: 1, name: "test")
  for start in stride(from: 0, to: content.count, by: pieces) {
    try content[start..<min(start + pieces, content.count)].withUnsafeBytes { try stream.write($0) }
  }
  let result = try stream.finish()
  return (try Files.read(path, limit: 64 << 20), result.content, result.digest, result.size)
}

@Test(arguments: [0, 1, 1 << 20, (1 << 20) + 1, (5 << 20) / 2])
func theSameContentIsCompressedToTheSameBytes(_ count: Int) throws {
  let content = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* $0 >> 7) }
  let whole = try compressed(content, pieces: max(1, count)), parts = try compressed(content, pieces: 65_521)
  #expect(whole.bytes == parts.bytes)
  #expect(whole.size == whole.bytes.count)
  #expect(whole.digest.description == SHA256.digest(whole.bytes))
  #expect(whole.content.description == SHA256.digest(content))
  // No name and no time.
  #expect(Array(whole.bytes[..<8]) == [0x1F, 0x8B, 8, 0, 0, 0, 0, 0])

  let result = try Child.run(["gzip", "-dc"], input: whole.bytes, output: .capture, errors: .capture)
  #expect(result.succeeded && result.output == content)
}

@Test func compressedDataIsStored() throws {
  var random = SystemRandomNumberGenerator(), dense: [UInt8] = []
  while dense.count < 1 << 20 { withUnsafeBytes(of: random.next()) { dense += $0 } }
  let stored = try compressed(dense, pieces: 65_521)
  #expect(stored.size >= dense.count && stored.size < dense.count + dense.count / 1_000)
  #expect(try Child.run(["gzip", "-dc"], input: stored.bytes, output: .capture, errors: .capture).output == dense)
  // Only where the whole member is: sampling misses text in between.
  var mixed = dense
  for start in stride(from: 64 << 10, to: mixed.count, by: 256 << 10) {
    for index in start..<(start + (64 << 10)) { mixed[index] = 0x61 }
  }
  #expect(try compressed(mixed, pieces: 65_521).size < dense.count * 4 / 5)
}

/// The times of an image's files `PATH=CONTENT@TIME`, each word a layer, after those of earlier images.
private func times(_ images: [[String]], damaged: Bool = false) throws -> [String] {
  let path = try Temporary.directory(in: "/tmp")
  defer { Temporary.remove(path) }
  let cache = try ImageCache(path: path + "/images", lock: path + "/lock")
  var last: [String] = []
  for image in images {
    let layers = image.map { layer in
      TailEvaluation.Layer(
        entries: layer.split(separator: " ").map { word in
          let parts = word.split { $0 == "=" || $0 == "@" }.map(String.init)
          return TailEvaluation.Entry(
            path: Array(parts[0].utf8), kind: .other, mode: 0o644, user: 0, group: 0, content: parts[1],
            seconds: Int(parts[2]))
        })
    }
    if damaged, !last.isEmpty {
      try Files.write([UInt8](repeating: 0xFF, count: 24 * 7), to: "\(cache.path)/times/\(ImageCache.key(["web"]))")
    }
    var times = GivenTimes(cache, repository: "web")
    last = times.give(layers).map { $0.entries.map { "\($0.seconds ?? -1)" }.joined(separator: " ") }
    times.write()
  }
  return last
}

@Test(arguments: [
  ([["a=1@100 b=1@100"]], ["100 100"]),
  // An unchanged file from another clone keeps its time; a changed one is newer, however old the file is.
  ([["a=1@100 b=1@100"], ["a=1@200 b=2@50"]], ["100 101"]),
  ([["a=1@100"], ["a=2@300"], ["a=3@300"]], ["301"]),
  // The content of the time before last.
  ([["a=1@100"], ["a=2@200"], ["a=1@100"]], ["201"]),
  // A file was removed, and another one has its name.
  ([["a=1@100 b=1@7"], ["b=1@7"], ["a=2@50 b=1@7"]], ["101 7"]),
  // A file over another has a time of its own, whether or not the lower one is there.
  ([["a=1@100", "a=2@200"], ["a=1@100", "a=2@200"], ["a=1@1", "a=2@1"]], ["100", "200"]),
  ([["a=1@100"], ["a=1@100", "a=2@50"]], ["100", "101"])
])
func aFileThatIsAnotherIsNewer(_ images: [[String]], _ want: [String]) throws {
  #expect(try times(images) == want)
}

@Test func aDamagedMemoryOfTimesCountsForNothing() throws {
  #expect(try times([["a=1@100"], ["a=2@50"]], damaged: true) == ["50"])
}

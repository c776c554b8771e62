import Archives
import Command
import Glibc
import OCI
import Records
import Settings
import Testing

@testable import Contexts

/// An application large enough to be divided.
private struct Large {
  let app = try! Scratch(), home = try! Scratch()

  init(files: Int = 200, bytes: Int = 10_000) throws {
    try app.write("Dockerfile", "FROM scratch\nCOPY . /\n")
    symlink("src", app.path + "/link")
    for number in 0..<files {
      try app.write("src/\(number % 7)/\(number)", String(repeating: "\(number) ", count: bytes / 4))
    }
  }

  func pack() throws -> Context {
    let record = App(name: "large", dir: app.path, environment: "development", namespace: "default")
    return try Contexts.packContext(record, settings: Settings(name: "large"), home: Home(path: home.path))
  }

  func parts(_ context: Context) throws -> [String] { try context.payload.parts().map(\.digest) }
}

@Test func aLargeTreeHasPartsAndAChangeWritesOneOfThem() throws {
  let large = try Large()
  let context = try large.pack(), parts = try large.parts(context)
  #expect(context.payload.mediaType == MediaType.contextIndex)
  #expect(parts.count == 9)
  #expect(try large.pack() == context)

  try large.app.write("src/3/3", "another")
  let changed = try large.pack(), now = try large.parts(changed)
  #expect(zip(parts, now).filter { $0 != $1 }.count == 1)
  #expect(changed.tree != context.tree)
  // Changing it back gives the same tree digest, though the file is newer than before; so does packing without a cache.
  try large.app.write("src/3/3", String(repeating: "3 ", count: 2_500))
  let back = try large.pack(), last = try large.parts(back)
  #expect(back.tree == context.tree && zip(parts, last).filter { $0 != $1 }.count == 1)
  removeTree(large.home.path + "/cache")
  #expect(try large.pack().tree == context.tree)
}

@Test func thePartsJoinedAreTheTarball() throws {
  let large = try Large(), context = try large.pack(), out = try Scratch()
  let paths = try context.payload.parts().map(\.path)
  _ = try Child.run(["sh", "-c", #"out=$1; shift; cat "$@" | tar -xf - -C "$out""#, "sh", out.path] + paths)
  #expect(
    try Child.run(["diff", "-r", "--no-dereference", large.app.path, out.path], output: .capture).outputText == "")
  let ours = try Scratch()
  try extract(context.payload, into: ours.path)
  #expect(try Child.run(["diff", "-r", "--no-dereference", out.path, ours.path], output: .capture).outputText == "")
}

@Test func aMissingOrDamagedPartIsRebuilt() throws {
  let large = try Large(), context = try large.pack(), parts = try context.payload.parts()
  unlink(parts[3].path)
  truncate(parts[5].path, 100)
  #expect(throws: ArchiveError.self) { try extract(context.payload, into: try Scratch().path) }
  #expect(try large.pack() == context)
  let out = try Scratch()
  try extract(context.payload, into: out.path)
  unlink(context.payload.path)
  #expect(try large.pack() == context)
  _ = try context.payload.parts()
}

@Test func anIndexIsComparedAndReadWithCare() throws {
  let scratch = try Scratch()
  for text in [
    "", "{}", "[1]", #"{"parts":[{"digest":"sha256:../../../etc/passwd","size":1}]}"#,
    #"{"parts":[{"digest":"sha256:\#(String(repeating: "a", count: 64))"}]}"#
  ] {
    try scratch.write("index", text)
    let payload = Payload(
      path: scratch.path + "/index", mediaType: MediaType.contextIndex, digest: SHA256.digest(Array(text.utf8)),
      size: text.utf8.count)
    #expect(throws: ArchiveError.self) { try payload.parts() }
    #expect(throws: ArchiveError.self) {
      try Payload(path: payload.path, mediaType: payload.mediaType, digest: SHA256.digest([1]), size: payload.size)
        .parts()
    }
  }
}

@Test(arguments: [
  ([0], 1, 0), ([1_000, 1_000], 1, 0), ([1 << 20], 0, 8), ([100_000, 100_000, 1 << 20], 1, 8),
  ([Int](repeating: 10_000, count: 400), 32, 0), ([1 << 40], 0, 128)
])
func theNumberOfPartsFollowsFromTheSizes(sizes: [Int], small: Int, large: Int) {
  var bytes = Division.Bytes()
  for size in sizes { bytes.add(size) }
  #expect(Division(bytes, limit: 256) == Division(small: small, large: large))
  #expect(Division(bytes, limit: 2) == Division(small: min(small, 2), large: min(large, 1)))
}

@Test func aLargeFileIsNotInThePartOfASmallOne() {
  let division = Division(small: 8, large: 4), places = (0..<256).map { UInt8($0) }
  #expect(Set(places.map { division.part($0, size: 131_071) }) == Set(0..<8))
  #expect(Set(places.map { division.part($0, size: 131_072) }) == Set(8..<12))
  #expect(places.map { Division(small: 256, large: 0).part($0, size: 1 << 30) } == Array(0..<256))
}

@Test func aFileThatGrowsLeavesThePartItWasIn() throws {
  let large = try Large()
  let before = try large.pack()
  try large.app.write("src/3/3", String(repeating: "grown ", count: 30_000))
  let after = try large.pack(), out = try Scratch()
  #expect(after != before)
  try extract(after.payload, into: out.path)
  #expect(
    try Child.run(["diff", "-r", "--no-dereference", large.app.path, out.path], output: .capture).outputText == "")
  #expect(try after.payload.parts().count == 10)
}

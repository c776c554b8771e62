import Glibc
import Records
import Testing

@testable import Command

/// A directory of the test's own.
private func scratch() throws -> String {
  var template = Array("/tmp/draft-caches-test.XXXXXX".utf8CString)
  guard mkdtemp(&template) != nil else { throw SystemError("cannot create a directory", errno) }
  return String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
}

@Test func theLastGenerationsAreKept() throws {
  let directory = try scratch()
  defer { removeTree(directory) }
  let generations = Generations(directory + "/web")
  for number in 1...16 { #expect(generations.add("g\(number)").isEmpty) }
  #expect(generations.add("g16").isEmpty)
  // Made again: the newest, and there once.
  #expect(generations.add("g1").isEmpty)
  #expect(generations.add("g17") == (2...10).map { "g\($0)" })
  #expect(generations.lines == (11...16).map { "g\($0)" } + ["g1", "g17"])
}

@Test func aDirectoryIsPrunedByNumberAndBlocks() throws {
  let directory = try scratch()
  defer { removeTree(directory) }
  for number in 10..<20 {
    try Files.write([UInt8](repeating: 1, count: 5_000), to: "\(directory)/\(number)")
    var times = [timespec(tv_sec: number, tv_nsec: 0), timespec(tv_sec: number, tv_nsec: 0)]
    utimensat(AT_FDCWD, "\(directory)/\(number)", &times, 0)
  }
  Files.prune(directory, limit: 10, bytes: 1)
  #expect(try Files.list(directory).count == 10)
  Files.prune(directory, limit: 8)
  #expect(try Files.list(directory) == ["16", "17", "18", "19"])
  Files.prune(directory, limit: 3, bytes: 8_192)
  #expect(try Files.list(directory) == ["19"])
}

/// Longer than any path may be, and deeper than a stack is.
@Test func aDeepTreeIsRemoved() throws {
  let directory = try scratch()
  var place = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
  for _ in 0..<3_000 {
    #expect(mkdirat(place, "a directory", 0o700) == 0)
    close(openat(place, "file", O_WRONLY | O_CREAT | O_CLOEXEC, 0o600))
    let next = openat(place, "a directory", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    close(place)
    place = next
  }
  close(place)
  removeTree(directory)
  #expect(!Files.exists(directory))
}

/// What a killed process left is gone with the first temporary file of the next one; what a living one has is not.
@Test func leftoversOfTheCachesAreSwept() throws {
  let caches = try scratch()
  defer { removeTree(caches) }
  try Files.makeDirectories(caches + "/tmp/dead-x/deep")
  try Files.write([], to: caches + "/tmp/dead")
  try Files.write([], to: caches + "/tmp/alive")
  try Files.write([], to: caches + "/tmp/alive-y")
  let alive = open(caches + "/tmp/alive", O_RDONLY | O_CLOEXEC)
  defer { close(alive) }
  #expect(flock(alive, LOCK_EX | LOCK_NB) == 0)
  Temporary.shelter(caches)
  let (descriptor, path) = try Temporary.file(beside: caches + "/images/blob")
  close(descriptor)
  #expect(path.hasPrefix(caches + "/tmp/"))
  #expect(try Files.list(caches + "/tmp").filter { $0.hasPrefix("dead") || $0.hasPrefix("alive") } == ["alive", "alive-y"])
  // Elsewhere a file is written beside.
  let (other, beside) = try Temporary.file(beside: caches + ".other")
  close(other)
  defer { Temporary.remove(beside) }
  #expect(beside.hasPrefix(caches + ".other.tmp-"))
}

import Command
import Glibc
import Testing

@testable import Archives

/// A tree, remembered and held against its memory.
private struct Tree {
  let scratch: Scratch

  init() throws {
    scratch = try Scratch()
    try scratch.write("Dockerfile", "FROM scratch\n")
    try scratch.write("src/app.py", "print(1)\n")
    symlink("app.py", scratch.path + "/src/link")
  }

  func walk() throws -> ContextWalk { ContextWalk(root: scratch.path, ignore: try DockerIgnore(Array("**/*.log\n".utf8), path: ""), always: []) }

  /// - Parameter later: how many seconds after now the memory is made: beyond three, no file is fresh.
  func remember(later: Int) throws -> [UInt8] {
    let writer = ContextWriter(root: scratch.path, writer: try TarWriter(seconds: 0, gzip: false) { _ in }, now: time(nil) + later)
    try walk().run(writer)
    return writer.memory.bytes
  }

  /// The number of files read again, or nil when the tree is another one.
  func compare(_ memory: [UInt8]) throws -> Int? {
    let comparison = TreeComparison(root: scratch.path, memory: memory[...], now: time(nil))
    do { try walk().run(comparison) } catch is TreeComparison.Differs { return nil }
    return comparison.isAtEnd ? comparison.reread : nil
  }

  /// Other bytes of the same length in the same inode, and the modification time put back.
  func forge() throws {
    let path = scratch.path + "/src/app.py"
    var status = stat()
    stat(path, &status)
    let descriptor = open(path, O_WRONLY)
    pwrite(descriptor, "print(2)\n", 9, 0)
    var times = [status.st_atim, status.st_mtim]
    futimens(descriptor, &times)
    close(descriptor)
  }
}

@Test func aTreeThatLooksTheSameIsNotRead() throws {
  let tree = try Tree()
  #expect(try tree.compare(tree.remember(later: 60)) == 0)
}

@Test func aFreshFileIsReadAgain() throws {
  let tree = try Tree()
  #expect(try tree.compare(tree.remember(later: 0)) == 2)
}

@Test func aFileThatHasSettledIsNotReadAThirdTime() throws {
  let tree = try Tree()
  let memory = try tree.remember(later: 0)
  let comparison = TreeComparison(root: tree.scratch.path, memory: memory[...], now: time(nil) + 60)
  try tree.walk().run(comparison)
  #expect(comparison.settled.count == 2)
  #expect(try tree.compare(TreeMemory(memory[...], settled: comparison.settled).bytes) == 0)
  let soon = TreeComparison(root: tree.scratch.path, memory: memory[...], now: time(nil))
  try tree.walk().run(soon)
  #expect(soon.settled.isEmpty)
}

@Test(arguments: [0, 60]) func aFileWhoseTimeWasPutBackIsFoundOut(_ later: Int) throws {
  let tree = try Tree()
  let memory = try tree.remember(later: later)
  usleep(20_000)  // a tick of the clock, without which the change time need not move; a fresh file does not depend on it
  try tree.forge()
  #expect(try tree.compare(memory) == nil)
}

@Test func aChangeWithinTheTickIsFoundOut() throws {
  // As if the clock had not moved: the memory is made of the very status the changed file has now, and of the old content.
  let tree = try Tree()
  let path = tree.scratch.path + "/src/app.py"
  var old = SHA256()
  old.update("print(1)\n")
  let content = old.finish()
  try tree.forge()
  var status = stat()
  stat(path, &status)
  var docker = stat()
  stat(tree.scratch.path + "/Dockerfile", &docker)
  var memory = TreeMemory(now: time(nil))
  memory.file(Array("Dockerfile".utf8), docker, content: String(SHA256.digest(Array("FROM scratch\n".utf8)).dropFirst(7)))
  memory.directory(Array("src".utf8), mode: 0o755)
  memory.file(Array("src/app.py".utf8), status, content: content)
  memory.link(Array("src/link".utf8), to: Array("app.py".utf8))
  #expect(try tree.compare(memory.bytes) == nil)
}

@Test(arguments: ["touch src/app.py", "rm src/app.py", "echo 1 >src/new", "mkdir src/empty", "chmod 600 src/app.py", "chmod 700 src", "ln -sfn x src/link",
  "mv src/app.py src/b.py", "cp src/app.py x && mv x src/app.py"])
func whateverChangesIsFoundOut(_ change: String) throws {
  let tree = try Tree()
  let memory = try tree.remember(later: 60)
  usleep(20_000)
  _ = try Child.run(["sh", "-c", change], directory: tree.scratch.path)
  #expect(try tree.compare(memory) == nil)
}

@Test func anIgnoredFileIsNoMatter() throws {
  let tree = try Tree()
  let memory = try tree.remember(later: 60)
  try tree.scratch.write("src/x.log", "x")
  #expect(try tree.compare(memory) == 0)
}

@Test func aDamagedMemoryIsAnotherTree() throws {
  let tree = try Tree()
  let memory = try tree.remember(later: 60)
  for length in stride(from: 0, to: memory.count, by: 7) { #expect(try tree.compare(Array(memory[..<length])) == nil) }
  #expect(try tree.compare(memory + [0]) == nil)
}

@Test func theTarballOfARememberedTreeHasToBeTheOneThatWasMade() throws {
  let scratch = try Scratch()
  let cache = try TarballCache(directory: scratch.path, limit: 1 << 20)
  let result = try cache.store(key: "k", file: ".tar") { tarball in try [UInt8](repeating: 7, count: 600).withUnsafeBytes { try tarball.write($0) } }
  let facts = TarballCache.Facts(tree: SHA256.digest([]), files: 3)
  cache.remember(key: "k", result, facts, TreeMemory(now: 0))
  #expect(cache.remembered(key: "k", file: ".tar")?.facts == facts)
  #expect(cache.remembered(key: "k", file: ".tar")?.result.path == result.path)
  #expect(cache.remembered(key: "other", file: ".tar") == nil)
  usleep(20_000)
  let descriptor = open(result.path, O_WRONLY)
  pwrite(descriptor, "x", 1, 300)
  close(descriptor)
  #expect(cache.remembered(key: "k", file: ".tar") == nil)
}

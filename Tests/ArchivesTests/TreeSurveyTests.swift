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

  func survey(_ old: TreeList, later: Int = 0) throws -> TreeSurvey {
    let survey = TreeSurvey(root: scratch.path, old: old, now: time(nil) + later)
    try walk().run(survey)
    survey.finish()
    return survey
  }

  /// The tree as it is, with the contents read.
  /// - Parameter later: how many seconds after now: beyond three, no file is fresh.
  func remember(later: Int) throws -> TreeList {
    var list = try survey(TreeList(), later: later).list
    for index in list.entries.indices where list.entries[index].kind == .file {
      let path = scratch.path + "/" + PathBytes.text(list.path(index))
      var status = stat(), hash = SHA256()
      stat(path, &status)
      hash.update(try Files.read(path, limit: 1_000))
      list.set(index, status, content: TreeList.Content(hash.finishBytes()))
    }
    return list
  }

  /// The number of files read again, or nil when the tree is another one.
  func compare(_ old: TreeList) throws -> Int? {
    let survey = try survey(old)
    return survey.hasChanged ? nil : survey.reread
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
  let memory = try tree.remember(later: 0), later = try tree.survey(memory, later: 60)
  #expect(later.hasSettled && later.reread == 2)
  #expect(try tree.compare(later.list) == 0)
  #expect(try !tree.survey(memory).hasSettled)
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
  let content = old.finishBytes()
  try tree.forge()
  var status = stat()
  stat(path, &status)
  var docker = stat()
  stat(tree.scratch.path + "/Dockerfile", &docker)
  var memory = TreeList()
  let place = Division.place(Array("src/app.py".utf8))
  memory.file(Array("Dockerfile".utf8), docker, place: 0, isFresh: true, content: TreeList.Content(Array("FROM scratch\n".utf8).sha256))
  memory.directory(Array("src".utf8), mode: 0o755)
  memory.file(Array("src/app.py".utf8), status, place: place, isFresh: true, content: TreeList.Content(content))
  memory.link(Array("src/link".utf8), to: Array("app.py".utf8))
  let survey = try tree.survey(memory)
  #expect(Set(survey.changed.map(\.place)) == [place] && !survey.frameChanged && survey.reread == 2)
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

@Test func aListComesBackFromItsBytesAndADamagedOneDoesNot() throws {
  let tree = try Tree()
  let memory = try tree.remember(later: 60), bytes = memory.serialized
  let back = try #require(TreeList(bytes[...]))
  #expect(try tree.compare(back) == 0)
  #expect(back.bytes == memory.bytes)
  for length in stride(from: 0, to: bytes.count, by: 7) { #expect(TreeList(bytes[..<length]) == nil) }
}

@Test func onlyThePlacesOfWhatChangedAreWrittenAnew() throws {
  let tree = try Tree()
  let memory = try tree.remember(later: 60), place = { (path: String) in Division.place(Array(path.utf8)) }
  usleep(20_000)
  try tree.scratch.write("src/app.py", "print(3)\n")
  var survey = try tree.survey(memory)
  #expect(Set(survey.changed.map(\.place)) == [place("src/app.py")] && !survey.frameChanged)
  unlink(tree.scratch.path + "/src/app.py")
  survey = try tree.survey(memory)
  #expect(Set(survey.changed.map(\.place)) == [place("src/app.py")] && !survey.frameChanged)
  try tree.scratch.write("src/new.py", "")
  survey = try tree.survey(memory)
  #expect(Set(survey.changed.map(\.place)) == [place("src/app.py"), place("src/new.py")] && !survey.frameChanged)
}

extension [UInt8] {
  fileprivate var sha256: [UInt8] {
    var hash = SHA256()
    hash.update(self)
    return hash.finishBytes()
  }
}

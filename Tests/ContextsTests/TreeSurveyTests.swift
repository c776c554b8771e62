import Archives
import Command
import Glibc
import OCI
import Testing

@testable import Contexts

/// A tree to remember and to compare with its memory.
private struct Tree {
  let scratch: Scratch

  init() throws {
    scratch = try Scratch()
    try scratch.write("Dockerfile", "FROM scratch\n")
    try scratch.write("src/app.py", "print(1)\n")
    symlink("app.py", scratch.path + "/src/link")
  }

  func walk() throws -> ContextWalk {
    ContextWalk(root: scratch.path, ignore: try DockerIgnore(Array("**/*.log\n".utf8), path: ""), always: [])
  }

  func survey(_ old: TreeList, later: Int = 0) throws -> TreeSurvey {
    let survey = TreeSurvey(root: scratch.path, old: old, now: time(nil) + later)
    try walk().run(survey)
    survey.finish()
    return survey
  }

  /// The current state of the tree, contents included.
  /// - Parameter later: seconds to add to the time: beyond three, no file is fresh.
  func remember(later: Int) throws -> TreeList {
    var list = try survey(TreeList(), later: later).list
    try read(&list)
    return list
  }

  func read(_ list: inout TreeList) throws {
    for index in list.entries.indices where list.entries[index].kind == .file {
      let path = scratch.path + "/" + PathBytes.text(list.path(index))
      var status = stat(), hash = SHA256()
      stat(path, &status)
      hash.update(try Files.read(path, limit: 1_000))
      list.set(index, status, content: TreeList.Content(hash.finishBytes()))
    }
  }

  /// The number of files read again; nil if the tree has changed.
  func compare(_ old: TreeList) throws -> Int? {
    let survey = try survey(old)
    return survey.hasChanged ? nil : survey.reread
  }

  /// Writes other bytes of the same length to the same inode, and restores the modification time.
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
  // A tick of the clock, without which the change time may stay the same; a fresh file does not depend on it.
  usleep(20_000)
  try tree.forge()
  #expect(try tree.compare(memory) == nil)
}

@Test func aChangeWithinTheTickIsFoundOut() throws {
  // As if the clock had not ticked: the memory has the status of the changed file, and the digest of the old content.
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
  memory.file(
    Array("Dockerfile".utf8), docker, place: 0, isFresh: true,
    content: TreeList.Content(Array("FROM scratch\n".utf8).sha256))
  memory.directory(Array("src".utf8), mode: 0o755)
  memory.file(Array("src/app.py".utf8), status, place: place, isFresh: true, content: TreeList.Content(content))
  memory.link(Array("src/link".utf8), to: Array("app.py".utf8))
  let survey = try tree.survey(memory)
  #expect(Set(survey.changed.map(\.place)) == [place] && !survey.frameChanged && survey.reread == 2)
}

@Test(arguments: [
  "rm src/app.py", "echo 1 >src/new", "mkdir src/empty", "chmod 600 src/app.py", "chmod 700 src", "ln -sfn x src/link",
  "mv src/app.py src/b.py"
])
func everyChangeIsDetected(_ change: String) throws {
  let tree = try Tree()
  let memory = try tree.remember(later: 60)
  usleep(20_000)
  _ = try Child.run(["sh", "-c", change], directory: tree.scratch.path)
  #expect(try tree.compare(memory) == nil)
}

/// A checkout, a copy or a `touch` without a change: the file is read once, and then not again.
@Test(arguments: ["touch src/app.py", "cp src/app.py x && mv x src/app.py", "touch -d 2030-01-01 src/app.py src"])
func equalTreesAreUnchanged(_ change: String) throws {
  let tree = try Tree()
  let memory = try tree.remember(later: 60), given = memory.entries.map(\.time)
  usleep(20_000)
  _ = try Child.run(["sh", "-c", change], directory: tree.scratch.path)
  let survey = try tree.survey(memory, later: 60)
  #expect(!survey.hasChanged && survey.hasSettled && survey.reread == 1)
  #expect(survey.list.entries.map(\.time) == given)
  #expect(try !tree.survey(survey.list, later: 60).hasSettled)
}

/// The time in a tarball is the file's own, unless in the future, and later than that of the file it replaces.
@Test(arguments: [
  (5, nil, 315_619_200), (-5, nil, 315_619_200), (1_000_000_000, nil, 1_000_000_000),
  (3_000_000_000, nil, 2_000_000_000),
  (1_000_000_000, 999_999_999, 1_000_000_000), (1_000_000_000, 1_000_000_000, 1_000_000_001),
  (5, 1_500_000_000, 1_500_000_001), (3_000_000_000, 2_000_000_000, 2_000_000_001),
  (Int.max, (1 << 33) - 1, (1 << 33) - 1), (Int.min, Int.max, (1 << 33) - 1)
])
func theTimeOfAFile(_ own: Int, _ before: Int?, _ given: Int) {
  #expect(SourceDate.given(own: own, after: before, now: 2_000_000_000) == given)
}

@Test func replacementsAreNewer() throws {
  let tree = try Tree()
  var list = try tree.remember(later: 60), gone = Gone()
  func time(_ path: String) -> Int {
    list.entries.indices.first { list.path($0).elementsEqual(path.utf8) }.map { list.entries[$0].time } ?? 0
  }
  func change(_ words: String) throws {
    _ = try Child.run(["sh", "-c", words], directory: tree.scratch.path)
    let survey = TreeSurvey(root: tree.scratch.path, old: list, gone: gone, now: Glibc.time(nil) + 60)
    try tree.walk().run(survey)
    survey.finish()
    (list, gone) = (survey.list, survey.gone)
    try tree.read(&list)
  }
  let first = time("src/app.py"), link = time("src/link")
  try change("printf 'print(2)\\n' >x && touch -d 2001-01-01 x && mv x src/app.py")
  #expect(time("src/app.py") == first + 1)
  try change("chmod 600 src/app.py")
  #expect(time("src/app.py") == first + 1)
  try change("rm src/app.py; ln -sfn x src/link; touch -hd 2001-01-01 src/link")
  #expect(time("src/link") == link + 1 && gone.latest.count == 1)
  #expect(Gone(Dictionary(uniqueKeysWithValues: gone.latest.map { ($0.name, $0.time) })) == gone)
  try change("echo 1 >src/app.py; touch -d 2001-01-01 src/app.py; touch -d 2001-01-01T00:00:00.9 src/new")
  #expect(time("src/app.py") == first + 2 && time("src/new") == 978_307_200 && gone.latest.isEmpty)
}

@Test func ignoredFilesDoNotCount() throws {
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

@Test func onlyChangedPartsAreRewritten() throws {
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

import Glibc
import Records
import Testing

@testable import Command

/// A directory for one test.
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
  // Added again: it becomes the newest, and is not repeated.
  #expect(generations.add("g1").isEmpty)
  #expect(generations.add("g17") == (2...10).map { "g\($0)" })
  #expect(generations.lines == (11...16).map { "g\($0)" } + ["g1", "g17"])
}

/// Longer than any path may be, and deeper than a stack.
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

/// The first temporary file of a process removes what killed ones left, but nothing of those that live.
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
  let path = try Temporary.file(beside: caches + "/images/blob").path
  #expect(path.hasPrefix(caches + "/tmp/"))
  #expect(
    try Files.list(caches + "/tmp").filter { $0.hasPrefix("dead") || $0.hasPrefix("alive") } == ["alive", "alive-y"])
  // Elsewhere the temporary file is beside its target.
  let beside = try Temporary.file(beside: caches + ".other").path
  defer { Temporary.remove(beside) }
  #expect(beside.hasPrefix(caches + ".other.tmp-"))
}

/// The caches may be deleted or replaced at any moment: a file still gets to its place. Elsewhere nothing is removed.
@Test func aFileOfTheCachesGetsItsPlace() throws {
  let home = try scratch(), caches = home + "/cache"
  defer { removeTree(home) }
  Temporary.shelter(caches, others: [home + "/locks"])
  let place = caches + "/images/blob"
  for wrong in ["nothing", "directory", "fifo", "link", "file above", "fifo above"] {
    removeTree(caches)
    switch wrong {
    case "directory": try Files.makeDirectories(place + "/with/more")
    case "fifo": try Files.makeDirectories(caches + "/images"); mkfifo(place, 0o600)
    case "link": try Files.makeDirectories(caches + "/images"); symlink("/nowhere/at/all", place)
    case "file above": try Files.makeDirectories(caches); try Files.write([1], to: caches + "/images")
    case "fifo above": try Files.makeDirectories(caches); mkfifo(caches + "/images", 0o600)
    default: break
    }
    try Files.write([7], to: place, durable: wrong.count.isMultiple(of: 2))
    #expect(try Files.read(place) == [7], "\(wrong)")
  }

  let temporary = try Temporary.file(beside: caches + "/images/other")
  try temporary.file.write(Array("whole".utf8))
  removeTree(caches)
  try Files.place(temporary, at: caches + "/images/other")
  #expect(try Files.readText(caches + "/images/other") == "whole")

  try Files.makeDirectories(home + "/locks/build/x")
  _ = try FileLock(home + "/locks/build", wait: false, busy: "")
  removeTree(home + "/locks")
  _ = try FileLock(home + "/locks/build", wait: false, busy: "")

  try Files.makeDirectories(home + "/mine/x")
  #expect(throws: SystemError.self) { try Files.write([7], to: home + "/mine") }
  #expect(Files.isDirectory(home + "/mine/x"))
}

/// What a killed process left beside a file is removed when the file is next written, unless it belongs to another
/// user, is young, or is being written.
@Test func leftoverTemporaryFilesAreRemoved() throws {
  let directory = try scratch()
  defer { removeTree(directory) }
  let old = ["a1B2c3", "backup2", "a1-2c3", "open12", "mode12"].map { "web.toml.tmp-" + $0 } + ["other.toml.tmp-a1B2c3"]
  for name in old + ["web.toml.tmp-young1"] {
    close(open("\(directory)/\(name)", O_WRONLY | O_CREAT | O_CLOEXEC, 0o600))
  }
  chmod("\(directory)/web.toml.tmp-mode12", 0o644)
  var times = [timespec(tv_sec: time(nil) - 90, tv_nsec: 0), timespec(tv_sec: time(nil) - 90, tv_nsec: 0)]
  for name in old { utimensat(AT_FDCWD, "\(directory)/\(name)", &times, 0) }
  let writing = open("\(directory)/web.toml.tmp-open12", O_RDONLY | O_CLOEXEC)
  defer { close(writing) }
  #expect(flock(writing, LOCK_EX | LOCK_NB) == 0)
  try Files.write([1], to: directory + "/web.toml")
  #expect(try Set(Files.list(directory)) == Set(old.dropFirst() + ["web.toml", "web.toml.tmp-young1"]))
}

@Test func leftoversOfADayAreSwept() throws {
  let directory = try scratch()
  defer { removeTree(directory) }
  for name in ["tmp-a1B2c3/deep", "tmp-young1", "tmp-of-mine", "0123"] {
    try Files.makeDirectories("\(directory)/\(name)")
  }
  var times = [timespec(tv_sec: time(nil) - 90_000, tv_nsec: 0), timespec(tv_sec: time(nil) - 90_000, tv_nsec: 0)]
  for name in ["tmp-a1B2c3", "tmp-of-mine", "0123"] { utimensat(AT_FDCWD, "\(directory)/\(name)", &times, 0) }
  Temporary.sweep(in: directory)
  #expect(try Files.list(directory) == ["0123", "tmp-of-mine", "tmp-young1"])
}

/// In TMPDIR the name of a directory says which process it belongs to.
@Test func directoriesOfProcessesThatAreGoneAreRemoved() throws {
  let parent = environmentVariable("TMPDIR").flatMap { $0.isEmpty ? nil : $0 } ?? "/tmp"
  let gone = try Child.run(["sh", "-c", "echo $$"], output: .capture).outputText.filter(\.isNumber)
  let dead = "\(parent)/draft-\(gone).a1B2c3", alive = "\(parent)/draft-\(getpid()).a1B2c3"
  defer { removeTree(alive) }
  try Files.makeDirectories(dead + "/deep")
  try Files.makeDirectories(alive)
  let directory = try Temporary.directory()
  defer { Temporary.remove(directory) }
  #expect(!Files.exists(dead) && Files.exists(alive))
  #expect(directory.hasPrefix("\(parent)/draft-\(getpid())."))
}

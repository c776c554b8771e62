import Command
import Glibc
import Records
import Settings
import Testing

@testable import Scaffolding

/// A draft home with packs, removed with the value.
private final class PackHome {
  let path: String

  init() throws { path = try Temporary.directory(in: "/tmp") }
  deinit { Temporary.remove(path) }

  func write(_ name: String, _ text: String = "x\n") throws {
    let file = "\(path)/\(name)"
    try Files.makeDirectories(String(file[..<(file.lastIndex(of: "/") ?? file.startIndex)]))
    try Files.write(Array(text.utf8), to: file)
  }

  func pack(_ name: String) throws {
    try write("\(name)/Dockerfile", "FROM x\n")
    try write("\(name)/charts/Chart.yaml", "name: x\n")
  }

  func load(_ name: String) throws -> Pack {
    try Pack(PackChoice(name: name, repository: "r", path: "\(path)/\(name)"))
  }
}

@Test func aPackIsItsFiles() throws {
  let home = try PackHome()
  try home.pack("p")
  for name in ["README.md", "example/app.py", "deep/er/file", "tasks.toml", ".dockerignore"] {
    try home.write("p/\(name)")
  }
  symlink("deep/er/file", "\(home.path)/p/link")
  chmod("\(home.path)/p/deep/er/file", 0o4755)
  let pack = try home.load("p")
  #expect(
    pack.files.map(\.path) == [".dockerignore", "Dockerfile", "charts/Chart.yaml", "deep/er/file", "link", "tasks.toml"]
  )
  #expect(pack.file("deep/er/file")?.mode == 0o755)
}

@Test func directoriesThatAreNotAPackAreRejected() throws {
  let home = try PackHome()
  try home.write("a/Dockerfile")
  try home.write("b/charts/Chart.yaml")
  #expect(throws: PackError.bad(pack: "a", reason: "it has no charts/Chart.yaml")) { try home.load("a") }
  #expect(try home.load("b").isGeneric)
  #expect(throws: PackError.missing("\(home.path)/c")) { try home.load("c") }
}

@Test(arguments: ["/etc/passwd", "../outside", "nowhere", "charts", "link"])
func linksOutOfAPackAreRejected(_ target: String) throws {
  let home = try PackHome()
  try home.pack("p")
  try home.write("outside")
  symlink(target, "\(home.path)/p/link")
  #expect(
    throws: PackError.bad(pack: "p", reason: "'link' is a symbolic link that does not lead to a file of the pack")
  ) { try home.load("p") }
}

@Test func packsWithPipesOrLargeFilesAreRejected() throws {
  let home = try PackHome()
  try home.pack("p")
  mkfifo("\(home.path)/p/pipe", 0o644)
  #expect(throws: PackError.bad(pack: "p", reason: "'pipe' is neither a file nor a directory")) { try home.load("p") }
  unlink("\(home.path)/p/pipe")
  let file = open("\(home.path)/p/huge", O_WRONLY | O_CREAT, 0o644)
  ftruncate(file, 1 << 40)
  close(file)
  #expect(throws: PackError.self) { try home.load("p") }
}

@Test(arguments: [
  (PackError.noneSuits(language: "Rust", known: ["go", "a", "go"]), "cannot find a pack for 'Rust': there are a, go"),
  (.several(name: "p", repositories: ["a", "b"]), "'a' and 'b'")
])
func errorsAreSentences(_ error: PackError, _ piece: String) {
  #expect(error.message.contains(piece) && error.hint != nil)
}

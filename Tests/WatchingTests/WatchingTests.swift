import Command
import Glibc
import Records
import Settings
import Testing

@testable import Watching

@Test(arguments: [
  "app.py~", ".app.py.swp", ".app.py.swo", ".app.py.svz", "4913", "#app.py#", ".#app.py", "app.py___jb_tmp___",
  "app.py___jb_old___", ".app.py.kate-swp",
  ".goutputstream-4XK1Q2", ".~lock.plan.ods#", "übung.txt~", ".日本.swp"
])
func temporaryFilesOfEditors(_ name: String) { #expect(EditorFiles.has(Array(name.utf8)[...])) }

@Test(arguments: [
  "app.py", "~", "#", "#x", "x#", ".swp", ".env", ".answer", ".eslintrc", "49131", "data.swf", "a~b", "___jb_tmp___",
  "日本"
])
func filesOfUsers(_ name: String) { #expect(!EditorFiles.has(Array(name.utf8)[...])) }

private final class Tree {
  let path: String
  init(_ files: KeyValuePairs<String, String>) throws {
    path = try Files.resolve(Temporary.directory(in: "/tmp")) + "/Büro"
    try Files.makeDirectories(path)
    for (name, text) in files {
      let slash = name.lastIndex(of: "/")
      if let slash { try Files.makeDirectories("\(path)/\(name[..<slash])") }
      try Files.write(Array(text.utf8), to: "\(path)/\(name)")
    }
  }
  deinit { removeTree(String(path[..<(path.lastIndex(of: "/") ?? path.endIndex)])) }

  func watched(delay: Double = 2, _ change: (inout Settings) -> Void = { _ in }) throws -> WatchedTree {
    var settings = Settings(name: "web")
    settings.watchDelay = delay
    change(&settings)
    return try WatchedTree(record: Record(), app: App(name: "web", dir: path), settings: settings, home: "/nowhere")
  }
}

extension WatchedTree {
  /// Whether a write to the file is ignored and causes no delay.
  fileprivate func isNone(_ path: String) -> Bool {
    let path = Array(path.utf8)
    if !ignores(path, isDirectory: false) { note(path, isNew: false, at: 1) }
    defer { _ = takeChange() }
    return due == nil
  }
}

/// `sed -i`, `ln -sf` and many others write a temporary file of any name, and rename it.
@Test func temporaryFilesCauseNoDelay() throws {
  let tree = try Tree(["app.py": "1"]).watched(delay: 2)
  let second: UInt64 = 1_000_000_000, other = Array("sedXk3a1B".utf8)
  tree.note(Array("app.py".utf8), isNew: false, at: 100 * second)
  tree.note(other, isNew: true, at: 101 * second)
  #expect(tree.due == 103 * second)
  tree.noteEnd(other, at: 101 * second)
  #expect(tree.due == 102 * second)
  // The removal of an old file is a change.
  tree.noteEnd(Array("old.py".utf8), at: 101 * second)
  #expect(tree.due == 103 * second)
  #expect(try #require(tree.takeChange()).required(Change.self).paths == ["app.py", "old.py"])
  tree.note(other, isNew: true, at: 200 * second)
  tree.noteEnd(other, at: 201 * second)
  #expect(tree.due == nil)
}

@Test func aQuietPeriodHasAnEnd() throws {
  let tree = try Tree(["app.py": "1", "log": "1"]).watched(delay: 2)
  let second: UInt64 = 1_000_000_000
  #expect(tree.due == nil)
  tree.note(Array("app.py".utf8), isNew: false, at: 100 * second)
  #expect(tree.due == 102 * second)
  tree.note(Array("log".utf8), isNew: false, at: 101 * second)
  #expect(tree.due == 103 * second)
  // Constantly written to: due ten times the delay after the first change.
  for time in 102..<130 { tree.note(Array("log".utf8), isNew: false, at: UInt64(time) * second) }
  #expect(tree.due == 120 * second)
  let record = try #require(tree.takeChange())
  #expect(try record.required(Change.self).paths == ["app.py", "log"])
  #expect(tree.due == nil)
  tree.note(Array("log".utf8), isNew: false, at: 200 * second)
  #expect(tree.due == 202 * second)
}

@Test func filesThatAreNeverInTheImage() throws {
  let files: KeyValuePairs = [
    ".dockerignore":
      "logs\n*.md\n!README.md\nnode_modules/\ntmp/*\n!tmp/keep\ndraft.toml\ncharts\nDockerfile\n**/*.日本\n",
    "Dockerfile": "FROM scratch\n", "logs/dev.log": "1"
  ]
  let directory = try Tree(files), tree = try directory.watched()
  func ignores(_ path: String, directory: Bool = false) -> Bool {
    directory ? tree.ignores(Array(path.utf8), isDirectory: true) : tree.isNone(path)
  }
  for path in ["logs/dev.log", "logs/a/b", "NEWS.md", "node_modules/x/y.js", "tmp/x", "sub/x.日本"] {
    #expect(ignores(path), "\(path)")
  }
  // Files that affect the chart or the build count, whatever the ignore file says.
  for path in [
    "README.md", "app.py", "tmp/keep", "draft.toml", "charts/web/values.yaml", "Dockerfile", ".dockerignore",
    ".draft-tasks.toml", "logs.py"
  ] {
    #expect(!ignores(path), "\(path)")
  }
  #expect(ignores("logs", directory: true) && ignores("node_modules", directory: true))
  // These may contain an exception.
  #expect(!ignores("tmp", directory: true) && !ignores("charts", directory: true))
  tree.note(Array("logs/dev.log".utf8), isNew: false, at: 1)
  #expect(tree.due == nil && tree.takeChange() == nil)
}

@Test func theRulesOfTheDockerfile() throws {
  let directory = try Tree([
    ".dockerignore": "a\n", "docker/Other": "FROM scratch\n", "docker/Other.dockerignore": "b\ndocker\n", "deploy/x": ""
  ])
  let tree = try directory.watched { settings in (settings.dockerfile, settings.chart) = ("docker/Other", "deploy") }
  #expect(!tree.isNone("a") && tree.isNone("b"))
  #expect(!tree.isNone("docker/Other") && !tree.ignores(Array("docker".utf8), isDirectory: true))
  #expect(tree.isRules(Array("docker/Other.dockerignore".utf8)) && !tree.isRules(Array("a".utf8)))
  // An invalid ignore file excludes nothing until it is fixed.
  try Files.write(Array("[\n".utf8), to: directory.path + "/docker/Other.dockerignore")
  try tree.reloadRules()
  #expect(!tree.isNone("b"))
  try Files.write(Array("c\n".utf8), to: directory.path + "/docker/Other.dockerignore")
  try tree.reloadRules()
  #expect(tree.isNone("c"))
}

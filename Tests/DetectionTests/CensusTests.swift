import Glibc
import Testing

@testable import Detection

@Test func sharesAreBytes() throws {
  let tree = Tree(["a.py": String(repeating: "x", count: 300), "b.go": String(repeating: "x", count: 100)])
  let language = try detect(tree.path)
  #expect(language.name == "Python")
  #expect(language.certainty == 75)
  #expect(language.shares.map(\.name) == ["Python", "Go"])
  #expect(language.shares.map(\.percent) == [75, 25])
}

@Test func dataAndProseNeverOutvoteCode() throws {
  let big = String(repeating: "{}\n", count: 10_000)
  let tree = Tree(["a.py": "x = 1\n", "a.json": big, "a.svg": big, "a.md": big, "a.yaml": big, "a.xml": big])
  let language = try detect(tree.path)
  #expect(language.name == "Python" && language.certainty == 100)
  #expect(language.shares.map(\.name) == ["Python"])
}

@Test func markupAndToolsComeAfterCode() throws {
  let tree = Tree([
    "a.py": "x = 1\n", "a.html": String(repeating: "<p>", count: 1000),
    "build.sh": String(repeating: "#\n", count: 1000)
  ])
  let found = try Detection(of: tree.path).candidates.map(\.name)
  #expect(found == ["Python", "Shell", "HTML"])
}

@Test func aManifestWeighsAsMuchAsAllBytes() throws {
  let tree = Tree([
    "requirements.txt": "", "a.py": String(repeating: "x", count: 10), "b.js": String(repeating: "x", count: 90)
  ])
  let language = try detect(tree.path)
  #expect(language.name == "Python")
  #expect(abs(language.certainty - 55) < 1e-9)
  #expect(language.evidence.contains("requirements.txt"))
}

@Test(arguments: [
  "node_modules/a.js", "vendor/a.js", "x/vendor/y/a.js", ".hidden/a.js", "docs/a.js", "target/a.js", "lib.min.js",
  "x.pb.go"
])
func vendoredFilesAreNotCounted(_ path: String) throws {
  let tree = Tree(["a.py": "x\n"])
  tree.write(path, String(repeating: "x\n", count: 1000))
  #expect(try detect(tree.path).shares.map(\.name) == ["Python"])
}

@Test func aVirtualEnvironmentOfAnyNameIsLeftOut() throws {
  let tree = Tree([
    "a.js": "x\n", "my-env/pyvenv.cfg": "home = /usr\n", "my-env/lib/a.py": String(repeating: "x\n", count: 1000)
  ])
  #expect(try detect(tree.path).shares.map(\.name) == ["JavaScript"])
}

@Test func machineMadeScriptsAreLeftOut() throws {
  let tree = Tree(["a.py": "x = 1\n", "app.js": String(repeating: "var a=1;", count: 10_000)])
  #expect(try detect(tree.path).shares.map(\.name) == ["Python"])
}

@Test(arguments: [
  ("#!/usr/bin/env python3\n", "Python"), ("#!/usr/bin/python3.11 -u\n", "Python"),
  ("#!/usr/bin/env -S node --no-warnings\n", "JavaScript"),
  ("#! /bin/sh\n", "Shell")
])
func scriptsSayWhatTheyAre(_ head: String, _ name: String) throws {
  let tree = Tree(["run": head])
  #expect(try detect(tree.path).name == name)
}

@Test func nothingIsAnError() {
  let tree = Tree(["README.md": "# x\n", "a.json": "{}", "empty.py": ""])
  #expect(throws: DetectionError.nothing(tree.path)) { try detect(tree.path) }
}

@Test func hostileTreesDoNotHangOrLeadOut() throws {
  let outside = Tree(["a.js": String(repeating: "x\n", count: 1000)])
  let tree = Tree(["a.py": "x = 1\n", "d/b.py": "x = 1\n"])
  mkfifo("\(tree.path)/pipe.go", 0o644)
  mkfifo("\(tree.path)/requirements.txt", 0o644)
  mkfifo("\(tree.path)/script", 0o755)
  symlink(tree.path, "\(tree.path)/d/loop")
  symlink(outside.path, "\(tree.path)/elsewhere")
  symlink("\(outside.path)/a.js", "\(tree.path)/package.json")
  let huge = open("\(tree.path)/huge.py", O_WRONLY | O_CREAT, 0o644)
  ftruncate(huge, 1 << 40)
  close(huge)
  let language = try detect(tree.path)
  #expect(language.name == "Python" && language.shares.map(\.name) == ["Python"])
  #expect(language.packageManager == nil)
}

@Test func theSameTreeGivesTheSameAnswer() throws {
  let tree = Tree(["a.rb": "x\n", "b.py": "x\n", "c.go": "x\n", "d.rs": "x\n"])
  let first = try Detection(of: tree.path).candidates
  #expect(first.map(\.name) == ["Go", "Python", "Ruby", "Rust"])
  #expect(try Detection(of: tree.path).candidates == first)
}

@Test func everyLineOfTheTableIsUnderstood() {
  let keys: Set = [
    "kind", "extensions", "names", "interpreters", "markers", "packs", "argument", "codenames", "minimum", "managers",
    "framework", "port",
    "entries", "directories", "top", "generated", "notweb"
  ]
  for line in String(decoding: PackageResources.languages_txt, as: UTF8.self).split(separator: "\n")
  where !line.hasPrefix("#") && !line.hasPrefix("[") {
    #expect(keys.contains(String(line.prefix { $0 != " " })), "\(line)")
  }
  let names = LanguageTable.shared.entries.map(\.name)
  #expect(Set(names).count == names.count && names.count > 60)
}

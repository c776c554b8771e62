import Charts
import Command
import Records
import Testing
import YAML

@testable import Repositories

@Test(arguments: [
  ("v1.2.3-5-gabcdef0", "1.2.4-snapshot.5.gabcdef0"), ("1.2.3-0-g0123456", "1.2.4-snapshot.0.g0123456"),
  ("v1.2.3-rc.1-2-gabcdef0", "1.2.3-rc.1.snapshot.2.gabcdef0"), ("v2-1-gabcdef0", "2.0.1-snapshot.1.gabcdef0"),
  ("v1.2.3+build-1-gabcdef0", "1.2.4-snapshot.1.gabcdef0")
])
func aSnapshotIsNamedAfterTheCommit(_ described: String, _ version: String) {
  #expect(snapshotVersion(described: described) == version)
}

@Test(arguments: ["", "x", "v1.2.3", "vx-1-gabcdef0", "v18446744073709551615.0.18446744073709551615-1-gabc", "--"])
func whatGitSaysOfNoVersionIsNone(_ described: String) { #expect(snapshotVersion(described: described) == nil) }

@Test func anIndexKeepsWhatItHas() throws {
  let text = """
    apiVersion: v1
    entries:
      db: null
      web:
      - {name: web, version: 1.10.0, digest: aa, urls: [web.tgz], extra: {x: 1}}
      - {name: web, version: nonsense}
      - {name: web, version: 1.2.0}
    generated: "2026-01-01T00:00:00Z"
    publicKeys: [a]
    """
  var index = try IndexWriter(parsing: Array(text.utf8), shown: "x")
  for version in ["1.9.0", "2.0.0-rc.1", "1.0.0", "1.2.0"] {
    index.add(.members(["name": .string("web"), "version": .string(version)]))
  }
  let written = try YAML(parsing: index.bytes(generated: "1970-01-01T00:00:00Z"))
  let versions = (written["entries"]?["web"]?.sequence ?? []).compactMap { $0["version"]?.text }
  #expect(versions == ["2.0.0-rc.1", "1.10.0", "nonsense", "1.9.0", "1.2.0", "1.0.0"])
  #expect(written["publicKeys"]?[0]?.text == "a")
  #expect(written["entries"]?["web"]?[1]?["extra"]?["x"]?.int == 1)
  #expect(written["generated"]?.text == "1970-01-01T00:00:00Z")
}

@Test func anIndexOf50000BrokenEntriesIsRead() throws {
  let broken = (0..<50_000).map {
    $0 % 2 == 0 ? "  - {version: [\($0)], urls: 7}\n" : "  - {name: web, version: x\($0)}\n"
  }
  let text = "apiVersion: v1\nentries:\n  web:\n" + broken.joined() + "generated: x\n"
  var index = try IndexWriter(parsing: Array(text.utf8), shown: "x")
  for version in ["1.0.0", "2.0.0", "1.5.0", "2.0.0"] {
    index.add(.members(["name": .string("web"), "version": .string(version)]))
  }
  #expect(index.count.versions == 50_003)
  #expect(index.all.compactMap { $0["version"]?.string }.filter { !$0.hasPrefix("x") } == ["2.0.0", "1.5.0", "1.0.0"])
}

@Test func oneVersionMayBeInTwoArchives() {
  var index = IndexWriter()
  for version in ["1.0.0", "2.0.0"] {
    for digest in ["a", "b"] {
      index.add(
        .members(["name": .string("web"), "version": .string(version), "digest": .string(digest)]), twice: true)
    }
  }
  #expect(index.all.compactMap { $0["digest"]?.string } == ["a", "b", "a", "b"])
}

@Test func anIndexSaysThatItHasFragments() throws {
  let text = "annotations: {a: b}\napiVersion: v1\nentries: {}\ngenerated: x\n"
  var index = try IndexWriter(parsing: Array(text.utf8), shown: "x")
  IndexFragments.mark(&index)
  IndexFragments.mark(&index)
  let written = try YAML(parsing: index.bytes(generated: "x"))
  #expect(written["annotations"]?.mapping?.count == 2)
  #expect(written["annotations"]?["a"]?.text == "b")
  let temporary = try Temporary.file(beside: try Temporary.directory() + "/index.yaml")
  try writeAll(index.bytes(generated: "x"), to: temporary.file.descriptor)
  let isMarked = IndexFragments.areMarked(in: temporary.file)
  #expect(isMarked)
}

@Test(arguments: ["<html>", "", "a: b", "entries: 7", "entries: {web: 7}", "entries: {web: {a: b}}", "entries: ["])
func whatIsNoIndexIsRefused(_ text: String) {
  #expect(throws: RepositoryError.self) { try IndexWriter(parsing: Array(text.utf8), shown: "x") }
}

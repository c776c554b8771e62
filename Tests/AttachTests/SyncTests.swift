import Command
import Records
import Settings
import Testing

@testable import Attach

private func context(_ tree: String) -> Context {
  Context(
    payload: Payload(path: "/nowhere", mediaType: "application/x-tar", digest: "sha256:0", size: 1), tree: tree,
    files: 1, dockerfile: "Dockerfile")
}

@Test func imagesOfContainersAreKept() throws {
  let home = Home(path: try Temporary.directory(in: "/tmp"))
  defer { Temporary.remove(home.path) }
  #expect(SyncState(container: "containerd://1", home: home) == nil)
  let first = SyncState(contexts: [context("a")], isUncertain: true)
  try first.keep(for: "containerd://1", home: home)
  #expect(SyncState(container: "containerd://1", home: home) == first)
  #expect(SyncState(container: "containerd://2", home: home) == nil)
  // During a copy it may be either, and is as uncertain as before.
  let both = first.becoming(context("b"))
  #expect(both.contexts.map(\.tree) == ["a", "b"] && both.isUncertain)
  #expect(both.becoming(context("a")).contexts.map(\.tree) == ["b", "a"])
  let done = SyncState(contexts: [context("b")], start: "17")
  try done.keep(for: "containerd://1", home: home)
  #expect(SyncState(container: "containerd://1", home: home) == done)
}

@Test(arguments: [
  "", "{}", "no", #"{"contexts":[]}"#, #"{"contexts":[{"tree":1}]}"#,
  // One of the two cannot be read: what it left there is unknown.
  #"{"contexts":[{"path":"/x","mediaType":"t","digest":"sha256:0","size":1,"tree":"a","files":1,"dockerfile":"D"},{"tree":"b"}],"start":""}"#
])
func aDamagedNoteCountsForNothing(text: String) throws {
  let home = Home(path: try Temporary.directory(in: "/tmp"))
  defer { Temporary.remove(home.path) }
  try SyncState(contexts: [context("a")]).keep(for: "x", home: home)
  let directory = try home.directory("cache/sync/containers")
  for name in try Files.list(directory) { try Files.write(Array(text.utf8), to: directory + "/" + name) }
  #expect(SyncState(container: "x", home: home) == nil)
}

@Test func aPathIsALineWhateverIsInIt() {
  #expect(String(decoding: ContainerCopy.line("-", Array("/a b".utf8)), as: UTF8.self) == "-/a b\n")
  #expect(String(decoding: ContainerCopy.line("=", Array("/a\nb\\n".utf8)), as: UTF8.self) == "=/a\\0012b\\\\n\n")
  #expect(ContainerCopy.line("-", [0x2F, 0xFF]) == [0x2D, 0x2F, 0xFF, 0x0A])
}

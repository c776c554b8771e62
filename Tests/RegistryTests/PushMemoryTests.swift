import Command
import Glibc
import Images
import OCI
import Settings
import Testing

@testable import Registry

private func digest(_ text: String) -> Digest { Digest(of: Array(text.utf8)) }

@Test func theLastPushIsRemembered() throws {
  let home = Home(path: try Temporary.directory(in: "/tmp")), host = "127.0.0.1:5000"
  let memory = try PushMemory(registry: host, home: home)
  #expect(memory.known(of: "a/web") == nil)
  memory.remember(digest("m1"), [digest("x"), digest("y")], in: "a/web")
  memory.remember(digest("m2"), [digest("y")], in: "a.web")
  #expect(memory.known(of: "a/web") == .init(manifest: digest("m1"), blobs: [digest("x"), digest("y")]))
  memory.remember(digest("m3"), [digest("z")], in: "a/web")
  #expect(memory.known(of: "a/web") == .init(manifest: digest("m3"), blobs: [digest("z")]))
  let again = try PushMemory(registry: host, home: home)
  #expect(again.candidates(for: digest("y"), notIn: "b") == ["a.web"])
  #expect(
    again.candidates(for: digest("y"), notIn: "a.web").isEmpty
      && again.candidates(for: digest("z"), notIn: "b") == ["a/web"])
}

@Test(arguments: ["", "\n", "nonsense\n", "\(digest("m"))\n\(digest("x"))", "\(digest("m"))\nsha256:00\n", "\0\u{FF}\n"]
)
func aSpoiltMemoryCountsForNothing(text: String) throws {
  let home = Home(path: try Temporary.directory(in: "/tmp"))
  let memory = try PushMemory(registry: "r.example", home: home)
  try Files.write(Array(text.utf8), to: home.directory("cache/pushed/r.example") + "/web")
  #expect(memory.known(of: "web") == nil && memory.candidates(for: digest("x"), notIn: "b").isEmpty)
}

@Test(arguments: [
  ("MANIFEST_BLOB_UNKNOWN: blob unknown to registry", true), ("BLOB_UNKNOWN", true),
  ("MANIFEST_INVALID: manifest invalid", false), ("BLOB_UNKNOWNS", false)
])
func aManifestRejectedForAMissingBlob(detail: String, lacks: Bool) {
  #expect(RegistryError.status(purpose: "put", host: "h", status: 400, detail: detail).lacksBlob == lacks)
}

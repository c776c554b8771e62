import Command
import OCI
import Records
import Settings
import Testing

@testable import Images

private func digest(_ text: String) -> Digest { Digest(of: Array(text.utf8)) }
private let gzip = "application/vnd.oci.image.layer.v1.tar+gzip"

private func manifest(_ layers: [Descriptor]) throws -> Manifest {
  let config = Descriptor(mediaType: "application/vnd.oci.image.config.v1+json", digest: digest("config"), size: 6)
  return try Manifest(
    JSON.members([
      "schemaVersion": .integer(2), "mediaType": .string(Manifest.ociImage), "config": config.json,
      "layers": .array(layers.map(\.json))
    ]).bytes)
}

@Test(arguments: [
  "", "r.example/base", "r.example/base \(digest("x")) 0 \(gzip)", "r.example/base sha256:00 5 \(gzip)",
  "r.example/../x \(digest("x")) 5 \(gzip)",
  "r.example/base \(digest("x")) 5 application/vnd.oci.image.layer.v1.tar",
  "r.example/base \(digest("x")) 5 \(gzip) more"
])
func originsThatAreNone(text: String) { #expect(Origin(text) == nil) }

@Test func onlyWhatWasPulledCompressedHasAnOrigin() throws {
  let reference = try Reference("r.example/base:1")
  let pulled = try manifest([
    Descriptor(mediaType: "application/vnd.docker.image.rootfs.diff.tar.gzip", digest: digest("a.gz"), size: 5),
    // As a store lists a layer that it has made itself.
    Descriptor(mediaType: gzip, digest: digest("b"), size: 5),
    Descriptor(mediaType: "application/vnd.oci.image.layer.v1.tar", digest: digest("c"), size: 5)
  ])
  let all = Origin.all(reference, pulled, diffIDs: [digest("a"), digest("b"), digest("c")])
  #expect(all.keys.map(\.description) == [digest("a").description])
  let origin = try #require(all[digest("a")])
  #expect(origin.text == "r.example/base \(digest("a.gz")) 5 \(gzip)" && Origin(origin.text) == origin)
  #expect(Origin.all(reference, pulled, diffIDs: [digest("a")]).isEmpty)
}

@Test func onlyOurOwnLayoutNamesARegistry() throws {
  let home = Home(path: try Temporary.directory(in: "/tmp")), path = try home.directory("cache/images")
  _ = try ImageCache(path: path, lock: path + "/lock")
  var layer = Descriptor(mediaType: gzip, digest: digest("ours"), size: 4)
  let plain = try manifest([layer]).bytes
  layer.annotations = [Origin.annotation: "r.example/base \(digest("theirs")) 5 \(gzip)"]
  let noted = try manifest([layer])

  let outgoing = try Outgoing(noted, of: ImageLayout(path: path), home: home)
  #expect(outgoing.origins.keys.map(\.description) == [digest("theirs").description] && outgoing.local?.bytes == plain)
  #expect(
    outgoing.manifest.bytes == (try manifest([Descriptor(mediaType: gzip, digest: digest("theirs"), size: 5)])).bytes)
  let foreign = try Outgoing(noted, of: ImageLayout(path: path), home: Home(path: try Temporary.directory(in: "/tmp")))
  #expect(foreign.origins.isEmpty && foreign.local == nil && foreign.manifest.bytes == noted.bytes)
}

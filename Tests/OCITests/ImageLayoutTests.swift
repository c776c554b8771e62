import Command
import Glibc
import OCI
import Testing

/// A layout of one manifest, written by hand; `name` goes into the index.
private final class Fixture {
  let path: String
  let layer = Array("layer".utf8), config = Array("{}".utf8)
  let manifest: Manifest

  init(names: [String]) throws {
    let path = try Temporary.directory(in: "/tmp")
    self.path = path
    try Files.makeDirectories(path + "/blobs/sha256")
    try Files.write(Array(#"{"imageLayoutVersion":"1.0.0"}"#.utf8), to: path + "/oci-layout")
    func blob(_ bytes: [UInt8], _ path: String) throws -> String {
      let digest = Digest(of: bytes)
      try Files.write(bytes, to: "\(path)/blobs/sha256/\(digest.hex)")
      return #"{"mediaType":"application/x","digest":"\#(digest)","size":\#(bytes.count)}"#
    }
    let parts = Array(
      #"{"schemaVersion":2,"config":\#(try blob(config, path)),"layers":[\#(try blob(layer, path))]}"#.utf8)
    let manifest = try Manifest(parts)
    self.manifest = manifest
    _ = try blob(parts, path)
    let entries = names.map { name in
      var descriptor = manifest.descriptor
      descriptor.annotations[ImageLayout.refName] = name
      return descriptor.json.text
    }
    try Files.write(
      Array(#"{"schemaVersion":2,"manifests":[\#(entries.joined(separator: ","))]}"#.utf8), to: path + "/index.json")
  }

  deinit { Temporary.remove(path) }
}

@Test func layoutResolves() throws {
  let fixture = try Fixture(names: ["v1", "127.0.0.1:5000/web:v2"])
  let layout = try ImageLayout(path: fixture.path)
  #expect(try layout.resolve("v1").digest == fixture.manifest.descriptor.digest)
  #expect(try layout.resolve("v2").annotations[ImageLayout.refName] == "127.0.0.1:5000/web:v2")
  #expect(throws: ImageLayoutError.noManifest(fixture.path, name: "v3", names: ["v1", "127.0.0.1:5000/web:v2"])) {
    try layout.resolve("v3")
  }
  guard case .image(let config, let layers) = try layout.manifest(layout.resolve("v1")).kind else {
    Issue.record("no image"); return
  }
  #expect(try layout.read(config) == fixture.config)
  #expect(layers.map(\.size) == [5])
}

@Test func layoutWithOneManifestNeedsNoName() throws {
  let fixture = try Fixture(names: [""])
  #expect(try ImageLayout(path: fixture.path).resolve("anything").digest == fixture.manifest.descriptor.digest)
}

@Test func layoutDamaged() throws {
  let fixture = try Fixture(names: ["v1"])
  let layout = try ImageLayout(path: fixture.path), descriptor = fixture.manifest.descriptor
  try Files.write([UInt8](repeating: 0x20, count: descriptor.size), to: layout.blob(descriptor.digest))
  #expect(throws: ImageLayoutError.damaged(layout.blob(descriptor.digest), descriptor.digest)) {
    try layout.read(descriptor)
  }
  try Files.write([0], to: layout.blob(descriptor.digest))
  #expect(throws: ImageLayoutError.damaged(layout.blob(descriptor.digest), descriptor.digest)) {
    _ = try layout.open(descriptor)
  }
  unlink(layout.blob(descriptor.digest))
  #expect(throws: ImageLayoutError.noBlob(fixture.path, descriptor.digest)) { _ = try layout.open(descriptor) }
  symlink("/etc/passwd", layout.blob(descriptor.digest))
  #expect(throws: SystemError.self) { _ = try layout.open(descriptor) }
}

@Test(arguments: [
  "[]", "{", "{}", #"{"config":{},"layers":[]}"#,
  #"{"config":{"mediaType":"a","digest":"sha256:../../etc/passwd","size":1},"layers":[]}"#,
  #"{"mediaType":"text/html","manifests":[]}"#, #"{"mediaType":"application/vnd.oci.image.index.v1+json","layers":[]}"#
])
func badManifestsAreRejected(text: String) {
  #expect(throws: ImageLayoutError.self) { try Manifest(Array(text.utf8)) }
}

@Test func noLayout() {
  #expect(throws: ImageLayoutError.self) { try ImageLayout(path: "/etc") }
  #expect(throws: ImageLayoutError.self) { try ImageLayout(path: "/nonexistent") }
}

import Archives
import Command
import Contexts
import Glibc
import OCI
import Records

/// Converts the output of `docker save` to an image layout. It is a tar archive with a `manifest.json` that names, for
/// each image, the file of its configuration and those of its layers, the lowest first: `ID/layer.tar`, or since docker
/// 25 `blobs/sha256/HEX`.
/// https://github.com/moby/docker-image-spec/blob/main/spec.md#combined-image-json--filesystem-changeset-format
extension DockerBuilder {
  func export(_ image: StoredImage, to incoming: ImageCache.Incoming) throws {
    let archive = incoming.path + "/save.tar", directory = incoming.path + "/save"
    let result = try Child.run(
      ["docker", "save", "--output", archive, "sha256:" + image.id], output: .discard, errors: .capture)
    guard result.succeeded else { throw DockerBuilder.refused(result.errorText, status: result.status) }
    guard mkdir(directory, 0o700) == 0 else {
      throw SystemError("cannot create '\(directory)'", errno, code: .cannotCreate)
    }
    try extract(tar: archive, into: directory)
    unlink(archive)

    let list = try JSON(parsing: try Files.read(directory + "/manifest.json", limit: Manifest.sizeLimit))
    guard let entry = list.array?.first, list.array?.count == 1, let configName = entry["Config"]?.string,
      let names = entry["Layers"]?.array?.compactMap(\.string)
    else { throw BuildError.export(name: image.id, reason: "'docker save' wrote another format") }
    let root = try Files.resolve(directory)
    let file = { (name: String) throws -> String in
      // Identical layers are links to one of them.
      let path = try Files.resolve(directory + "/" + name)
      guard Files.relative(path, to: root) != nil else {
        throw BuildError.export(name: image.id, reason: "'\(name)' points out of the archive")
      }
      return path
    }

    let configuration = try Files.read(try file(configName), limit: Manifest.sizeLimit)
    let config = Descriptor(
      mediaType: "application/vnd.oci.image.config.v1+json", digest: Digest(of: configuration),
      size: configuration.count)
    guard
      (try JSON(parsing: configuration))["rootfs"]?["diff_ids"]
        == .array(image.diffIDs.map { .string($0.description) }), names.count == image.diffIDs.count
    else {
      throw BuildError.export(name: image.id, reason: "'docker save' wrote another image")
    }
    try Files.write(configuration, to: "\(incoming.blobs)/\(config.digest.hex)", durable: false)

    var layers: [Descriptor] = []
    for (name, diffID) in zip(names, image.diffIDs) {
      let path = try file(name), compressed = try DockerBuilder.isGzip(path)
      // A known layer is not read; a new one is checked against its digest while it is compressed.
      let digest = compressed ? try DockerBuilder.digest(of: path) : diffID
      let blob = "\(incoming.blobs)/\(digest.hex)"
      if !Files.exists(blob), link(path, blob) != 0 {
        throw SystemError("cannot create '\(blob)'", errno, code: .cannotCreate)
      }
      var status = stat()
      guard stat(blob, &status) == 0 else { throw SystemError("cannot read '\(blob)'", errno) }
      layers.append(
        Descriptor(
          mediaType: "application/vnd.oci.image.layer.v1.tar" + (compressed ? "+gzip" : ""), digest: digest,
          size: Int(status.st_size)))
    }
    let manifest = try Manifest(
      JSON.members([
        "schemaVersion": .integer(2), "mediaType": .string(Manifest.ociImage), "config": config.json,
        "layers": .array(layers.map(\.json))
      ]).bytes)
    try Files.write(
      Array(#"{"schemaVersion":2,"manifests":[]}"#.utf8), to: incoming.path + "/index.json", durable: false)
    try Files.write(Array(#"{"imageLayoutVersion":"1.0.0"}"#.utf8), to: incoming.path + "/oci-layout", durable: false)
    try incoming.take(manifest, from: try ImageLayout(path: incoming.path))
  }

  private static func isGzip(_ path: String) throws -> Bool {
    let file = try OpenFile(path, O_RDONLY) { SystemError("cannot read '\(path)'", $0) }
    var magic: [UInt8] = [0, 0]
    let count = magic.withUnsafeMutableBytes { try? file.read(into: $0) }
    return count == 2 && magic == [0x1F, 0x8B]
  }

  private static func digest(of path: String) throws -> Digest {
    try Blob.digest(try OpenFile(path, O_RDONLY) { SystemError("cannot read '\(path)'", $0) }, name: path)
  }
}

import Archives
import Command
import Glibc
import Records

extension DockerBuilder {
  /// Brings an image that was made here into the daemon's store, under its names.
  ///
  /// `docker load` opens the file of a layer only when the daemon has no layer of that content on the same ones below. So those of
  /// the head, which the daemon has built, are named and left out. Where it has them no more, or keeps its images in containerd's
  /// store, which wants every layer, it refuses that and gets all.
  /// https://github.com/moby/moby/blob/v20.10.24/image/tarexport/load.go
  /// - Parameter below: how many of the layers, from the lowest, the daemon has.
  func load(_ image: StoredImage, _ order: BuildOrder, from cache: ImageCache, below: Int) throws {
    let layout = try ImageLayout(path: cache.path), manifest = try layout.manifest(try layout.resolve(image.digest))
    guard case .image(let config, let layers) = manifest.kind else { throw ImageLayoutError.manifest("is an index of several images") }
    for known in below > 0 ? [below, 0] : [0] {
      let (file, temporary) = try Temporary.file(beside: cache.path + "/load")
      defer { close(file); Temporary.remove(temporary) }
      try write(config, layers, known, order, layout, to: file)
      guard lseek(file, 0, SEEK_SET) == 0 else { throw SystemError("cannot read '\(temporary)'", errno) }
      let result = try Child.run(["docker", "load", "--quiet"], inputFile: file, output: .discard, errors: .capture)
      if result.succeeded { return }
      guard known == 0 else { continue }
      let refused = DockerBuilder.refused(result.errorText, status: result.status)
      if case .store(_, let reason) = refused { throw BuildError.load(name: order.names[0], reason: reason) }
      throw refused
    }
  }

  private func write(_ config: Descriptor, _ layers: [Descriptor], _ known: Int, _ order: BuildOrder, _ layout: ImageLayout, to file: Int32) throws {
    let writer = try TarWriter(seconds: order.time, gzip: false) { bytes in
      do throws(WriteError) { try writeAll(Array(bytes), to: file) } catch { throw SystemError("cannot write the archive for docker", error.errno, code: .cannotCreate) }
    }
    func add(_ name: String, _ bytes: [UInt8]) throws {
      try writer.begin(Array(name.utf8), .file(size: bytes.count), mode: 0o644)
      try bytes.withUnsafeBytes { try writer.data($0) }
    }
    let names = layers.map { "\($0.digest.hex).tar.gz" }
    let list = JSON.array([
      .members(["Config": .string("\(config.digest.hex).json"), "RepoTags": .strings(order.names), "Layers": .strings(names)])
    ])
    try add("manifest.json", list.bytes)
    try add("\(config.digest.hex).json", try layout.read(config))
    var written: Set<String> = []
    for (layer, name) in zip(layers, names).dropFirst(known) where written.insert(name).inserted {
      let blob = try layout.open(layer)
      defer { close(blob) }
      try writer.begin(Array(name.utf8), .file(size: layer.size), mode: 0o644)
      try Blob.pieces(blob, name: layout.blob(layer.digest)) { try writer.data($0) }
    }
    try writer.finish()
  }
}

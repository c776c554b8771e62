import Command
import Glibc
import Records

/// An OCI image layout: a directory of blobs named by digest, and an index that names the manifests.
///
/// A layout is untrusted. Blob paths are made of checked digests only, symbolic links among the blobs are not followed,
/// sizes are checked before a blob is used, and manifests, which are acted on, are checked against their digest too.
/// Source: https://github.com/opencontainers/image-spec/blob/main/image-layout.md
public struct ImageLayout: Sendable {
  public let path: String
  /// The descriptors in `index.json`.
  public let manifests: [Descriptor]

  /// The annotation that names a manifest in the index.
  public static let refName = "org.opencontainers.image.ref.name"

  /// Opens the layout in a directory. Throws ``ImageLayoutError`` if the directory is not a layout.
  public init(path: String) throws {
    self.path = path
    guard Files.isDirectory(path) else { throw ImageLayoutError.notLayout(path, reason: "it is not a directory") }
    guard Files.exists(path + "/oci-layout"), Files.exists(path + "/index.json") else {
      throw ImageLayoutError.notLayout(path, reason: "'oci-layout' or 'index.json' is missing")
    }
    let marker = try? JSON(parsing: try Files.read(path + "/oci-layout", limit: 65_536))
    guard let version = marker?["imageLayoutVersion"]?.string, version.hasPrefix("1.") else {
      throw ImageLayoutError.notLayout(path, reason: "the version in 'oci-layout' is not 1")
    }
    let index = try? JSON(parsing: try Files.read(path + "/index.json", limit: Manifest.sizeLimit))
    guard let items = index?["manifests"]?.array else {
      throw ImageLayoutError.notLayout(path, reason: "'index.json' lists no manifests")
    }
    manifests = items.compactMap(Descriptor.init)
    guard manifests.count == items.count else {
      throw ImageLayoutError.notLayout(path, reason: "'index.json' has a malformed descriptor")
    }
  }

  /// A layout used for its blobs only; the index is not read.
  package init(blobsOf path: String) {
    self.path = path
    manifests = []
  }

  /// Finds a manifest by name: the value of the annotation, the part of it after the last `:`, or a digest. Without a
  /// name, or when nothing has that name, the only manifest of the layout.
  public func resolve(_ name: String? = nil) throws -> Descriptor {
    if let name {
      if let digest = Digest(name), let found = manifests.first(where: { $0.digest == digest }) { return found }
      let named =
        manifests.last { $0.annotations[ImageLayout.refName] == name }
        ?? manifests.last { $0.annotations[ImageLayout.refName]?.hasSuffix(":" + name) == true }
      if let named { return named }
    }
    guard manifests.count == 1, let only = manifests.first else {
      throw ImageLayoutError.noManifest(
        path, name: name, names: manifests.compactMap { $0.annotations[ImageLayout.refName] })
    }
    return only
  }

  /// The manifest with a digest, even if the index no longer names it; nil if the layout does not have it.
  package func manifest(_ digest: Digest) throws -> Descriptor? {
    if let listed = manifests.first(where: { $0.digest == digest }) { return listed }
    var status = stat()
    guard digest.algorithm == "sha256", lstat(blob(digest), &status) == 0, Int(status.st_size) <= Manifest.sizeLimit
    else { return nil }
    let found = Descriptor(mediaType: Manifest.ociImage, digest: digest, size: Int(status.st_size))
    let mediaType = (try? JSON(parsing: try read(found)))?["mediaType"]?.string
    return Descriptor(mediaType: mediaType ?? found.mediaType, digest: digest, size: found.size)
  }

  /// Makes a layout with this one image and nothing else, as the directory `image` in a new temporary directory, its
  /// blobs behind a symbolic link: for programs that find an image only by its name.
  /// - Returns: the temporary directory; the caller removes it.
  public func alone(_ manifest: Descriptor, as name: String, in parent: String) throws -> String {
    let directory = try Temporary.directory(in: parent)
    try Files.makeDirectories(directory + "/image")
    guard symlink(path + "/blobs", directory + "/image/blobs") == 0 else {
      throw SystemError("cannot create a link in '\(directory)'", errno, code: .cannotCreate)
    }
    var entry = Descriptor(mediaType: manifest.mediaType, digest: manifest.digest, size: manifest.size)
    entry.annotations = [ImageLayout.refName: name]
    let index = JSON.members(["schemaVersion": .integer(2), "manifests": .array([entry.json])])
    try Files.write(index.bytes, to: directory + "/image/index.json", durable: false)
    try Files.write(Array(#"{"imageLayoutVersion":"1.0.0"}"#.utf8), to: directory + "/image/oci-layout", durable: false)
    return directory
  }

  /// The path of a blob, whether or not it exists.
  public func blob(_ digest: Digest) -> String { "\(path)/blobs/\(digest.algorithm)/\(digest.hex)" }

  /// Opens a blob for reading and checks its size.
  package func open(_ descriptor: Descriptor) throws -> OpenFile {
    let path = blob(descriptor.digest), file: OpenFile
    // O_NONBLOCK, so that a FIFO in place of a blob is detected instead of blocking.
    do { file = try OpenFile(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK) } catch {
      if error.number == ENOENT || error.number == ENOTDIR {
        throw ImageLayoutError.noBlob(self.path, descriptor.digest)
      }
      throw SystemError("cannot read the blob '\(path)'", error.number)
    }
    guard let status = try? file.status(), status.st_mode & S_IFMT == Glibc.S_IFREG,
      Int(status.st_size) == descriptor.size
    else {
      throw ImageLayoutError.damaged(path, descriptor.digest)
    }
    return file
  }

  /// Reads a manifest, an index or another small blob, and checks its digest.
  public func read(_ descriptor: Descriptor) throws -> [UInt8] {
    guard descriptor.size <= Manifest.sizeLimit else { throw ImageLayoutError.manifest("is larger than 4 MB") }
    _ = try open(descriptor)
    let bytes = try Files.read(blob(descriptor.digest), limit: Manifest.sizeLimit)
    guard descriptor.digest.algorithm != "sha256" || Digest(of: bytes) == descriptor.digest else {
      throw ImageLayoutError.damaged(blob(descriptor.digest), descriptor.digest)
    }
    return bytes
  }

  /// Reads a manifest or index and checks its digest. Throws ``ImageLayoutError``.
  public func manifest(_ descriptor: Descriptor) throws -> Manifest {
    try Manifest(try read(descriptor), mediaType: descriptor.mediaType)
  }
}

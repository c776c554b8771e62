import Command
import Dockerfiles
import OCI
import Records
import Settings
import Synchronization

/// A program that builds an image from a context and keeps it in a store of its own.
protocol Builder: Sendable {
  /// Where its images are; the value of ``Image/store``.
  func store(_ order: BuildOrder) -> String
  /// The image of the order if the store has it; it may have been removed by hand.
  func find(_ order: BuildOrder) throws -> StoredImage?
  /// Builds the image. The builder's output goes to the log. Throws ``BuildError``, or ``BuilderFailed``, which the log
  /// explains.
  func build(_ order: BuildOrder, log: BuildLog) throws
  /// Gives an existing image its additional tags.
  func tag(_ image: StoredImage, _ order: BuildOrder) throws
}

/// What to build, for any builder.
struct BuildOrder: Sendable {
  var app: App
  var context: Context
  var arguments: [(name: String, value: String)]
  /// `127.0.0.1:5000/web`, or `web`.
  var repository: String
  var tag: String
  var furtherTags: [String]
  /// Seconds since 1970, for all times in the image; nil if files have their own.
  var time: Int?
  var rules: Rules
  /// Whether to bypass the builder's cache.
  var fresh: Bool
  var home: Home
  let dockerfiles = ParsedDockerfiles()

  var names: [String] { ([tag] + furtherTags).map { "\(repository):\($0)" } }
}

/// The Dockerfiles of an order by their text. Several checks read the same one, and a head has another.
final class ParsedDockerfiles: Sendable {
  private let results = Mutex<[String: Result<Dockerfile, DockerfileError>]>([:])

  func parsed(_ text: String) throws(DockerfileError) -> Dockerfile {
    try results.withLock { results throws(DockerfileError) in
      if let result = results[text] { return try result.get() }
      let result = Result { () throws(DockerfileError) in try Dockerfile(text) }
      results[text] = result
      return try result.get()
    }
  }
}

/// An image in its builder's store.
struct StoredImage: Sendable, Equatable {
  /// The digest of its configuration, without `sha256:`.
  var id: String
  var layers: Int
  /// The digests of its uncompressed layers, the lowest first; empty if the store does not tell.
  var diffIDs: [Digest] = []
  /// The manifest's digest, if the store keeps the manifest that will be pushed.
  var digest: String?

  init(id: String, layers: Int, digest: String? = nil) {
    self.id = id
    self.layers = layers
    self.digest = digest
  }

  /// Parses a store's answer with the image's id and the digests of its layers; nil if it has another form.
  init?(answer: String) {
    let words = answer.split { $0 == " " || $0 == "\n" }
    guard let first = words.first, let id = Digest(first.hasPrefix("sha256:") ? String(first) : "sha256:\(first)")
    else { return nil }
    self.id = id.hex
    diffIDs = words.dropFirst().compactMap { Digest(String($0)) }
    layers = diffIDs.count
    guard layers == words.count - 1 else { return nil }
  }
}

/// The builder exited with a status other than 0; the log says why.
struct BuilderFailed: Error {
  var program: String
  var status: Int32
}

/// The builder by its name in the settings. Any other name is that of a program `draft-builder-NAME` on PATH and
/// nothing else: a draft.toml is not trusted and must not choose a program to run.
func builder(named name: String) throws -> any Builder {
  switch name {
  case "buildah", "podman": return ContainersBuilder(program: name)
  case "docker": return DockerBuilder()
  default:
    let bytes = name.utf8
    guard let first = bytes.first, (0x61...0x7A).contains(first), bytes.count <= 64,
      bytes.allSatisfy({ (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == UInt8(ascii: "-") })
    else { throw BuildError.builderName(name) }
    return PluginBuilder(name: name)
  }
}

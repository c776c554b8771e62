/// `context`: the build context as a tarball, by draft-pack.
public struct Context: Member, Equatable {
  public static let name = "context"

  public var payload: Payload
  /// `sha256:…` over the paths, modes and contents that are sent; never over times or owners.
  public var tree: String
  /// How many files, links and directories are sent.
  public var files: Int
  /// The Dockerfile's path within the context, with slashes.
  public var dockerfile: String

  public init(payload: Payload, tree: String, files: Int, dockerfile: String) {
    self.payload = payload
    self.tree = tree
    self.files = files
    self.dockerfile = dockerfile
  }

  public init(_ fields: Fields) throws(RecordError) {
    payload = try Payload(fields)
    tree = try fields.string("tree")
    files = try fields.count("files")
    dockerfile = try fields.string("dockerfile")
  }

  public var json: JSON {
    .object(payload.fields + [("tree", .string(tree)), ("files", .integer(files)), ("dockerfile", .string(dockerfile))])
  }
}

/// `context`: the build context as a tarball.
public struct Context: Member, Equatable {
  public static let name = "context"
  public static let about = About(
    by: "draft-pack, or the first stage that needs it", for: "draft-sync, draft-build",
    "The build context, as a tarball, or as an index of its parts if it is large; see draft-pack(1).")

  public var payload: Payload
  /// `sha256:…` over the paths, modes and contents that are packed; never over times or owners.
  public var tree: String
  public var files: Int
  public var dockerfile: String

  public init(payload: Payload, tree: String, files: Int, dockerfile: String) {
    self.payload = payload
    self.tree = tree
    self.files = files
    self.dockerfile = dockerfile
  }

  public init(_ shape: inout Shape<Self>) throws(RecordError) {
    payload = try shape.fields(of: \.payload)
    tree = try shape.required("tree", \.tree, as: .digest, "a digest over its paths, modes and contents")
    files = try shape.count("files", \.files, "the number of files, links and directories in it")
    dockerfile = try shape.required("dockerfile", \.dockerfile, "the path of the Dockerfile in it")
  }
}

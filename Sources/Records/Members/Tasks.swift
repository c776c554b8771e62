/// `tasks`: the commands of `.draft-tasks.toml` that were run.
public struct Tasks: Member, Equatable {
  public static let name = "tasks"
  public static let about = About(
    by: "draft-tasks, draft-delete", for: "people",
    "The commands of .draft-tasks.toml that have been run, by name, in order. A list is there when the table was the "
      + "stage's to run.")

  public var preUp: [String]?
  public var postDeploy: [String]?
  public var postUp: [String]?
  public var cleanup: [String]?

  public init(preUp: [String]? = nil, postDeploy: [String]? = nil, postUp: [String]? = nil, cleanup: [String]? = nil) {
    self.preUp = preUp
    self.postDeploy = postDeploy
    self.postUp = postUp
    self.cleanup = cleanup
  }

  public init(_ shape: inout Shape<Self>) throws(RecordError) {
    preUp = try shape.optional("preUp", \.preUp, "before anything is packed")
    postDeploy = try shape.optional(
      "postDeploy", \.postDeploy, "after a release that has changed something, in its pods")
    postUp = try shape.optional("postUp", \.postUp, "after that")
    cleanup = try shape.optional("cleanup", \.cleanup, "after the release has been deleted")
  }

  /// The other's lists where it has any, else ours.
  public func adding(_ other: Tasks) -> Tasks {
    Tasks(
      preUp: other.preUp ?? preUp, postDeploy: other.postDeploy ?? postDeploy, postUp: other.postUp ?? postUp, cleanup: other.cleanup ?? cleanup)
  }
}

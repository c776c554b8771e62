/// `tasks`: the commands of `.draft-tasks.toml` that were run.
public struct Tasks: Member, Equatable {
  public static let name = "tasks"
  public static let about = About(
    by: "draft-tasks, draft-delete", for: "people",
    "The tasks of .draft-tasks.toml that were run, by name, in order. A list is present if the stage had to run that "
      + "table.")

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
    preUp = try shape.optional("preUp", \.preUp, "run before anything is packed")
    postDeploy = try shape.optional(
      "postDeploy", \.postDeploy, "run in the pods after a release that has changed something")
    postUp = try shape.optional("postUp", \.postUp, "run on this machine after that")
    cleanup = try shape.optional("cleanup", \.cleanup, "run after the release has been deleted")
  }

  /// The other's lists where it has any, else ours.
  public func adding(_ other: Tasks) -> Tasks {
    Tasks(
      preUp: other.preUp ?? preUp, postDeploy: other.postDeploy ?? postDeploy, postUp: other.postUp ?? postUp,
      cleanup: other.cleanup ?? cleanup)
  }
}

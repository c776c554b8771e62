/// `tasks`: the commands of `.draft-tasks.toml` that have been run, by name, in order. Written by draft-tasks. A table that was not
/// the stage's to run is left as it was.
public struct Tasks: Member, Equatable {
  public static let name = "tasks"

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

  public init(_ fields: Fields) throws(RecordError) {
    preUp = try fields.optionalStrings("preUp")
    postDeploy = try fields.optionalStrings("postDeploy")
    postUp = try fields.optionalStrings("postUp")
    cleanup = try fields.optionalStrings("cleanup")
  }

  /// The lists of the other where it has one, else ours.
  public func adding(_ other: Tasks) -> Tasks {
    Tasks(
      preUp: other.preUp ?? preUp, postDeploy: other.postDeploy ?? postDeploy, postUp: other.postUp ?? postUp, cleanup: other.cleanup ?? cleanup)
  }

  public var json: JSON {
    .members([
      "preUp": preUp.map(JSON.strings), "postDeploy": postDeploy.map(JSON.strings), "postUp": postUp.map(JSON.strings),
      "cleanup": cleanup.map(JSON.strings),
    ])
  }
}

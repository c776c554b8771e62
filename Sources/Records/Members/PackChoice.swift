/// `pack`: the pack chosen for the application.
public struct PackChoice: Member, Equatable {
  public static let name = "pack"
  public static let about = About(by: "draft-detect, draft-scaffold", for: "draft-scaffold", "The pack to start from.")

  public var name: String
  public var repository: String
  public var path: String

  public init(name: String, repository: String, path: String) {
    self.name = name
    self.repository = repository
    self.path = path
  }

  public init(_ shape: inout Shape<Self>) throws(RecordError) {
    name = try shape.required("name", \.name, "the name of the pack")
    repository = try shape.required(
      "repository", \.repository, "its pack repository; draft for the packs that come with draft")
    path = try shape.required("path", \.path, "its directory, absolute")
  }
}

/// `pack`: the pack chosen for the application. Written by draft-detect, and by draft-scaffold with `--pack`.
public struct PackChoice: Member, Equatable {
  public static let name = "pack"

  public var name: String
  /// The repository the pack is in; `draft` for the shipped ones.
  public var repository: String
  /// The pack's directory, absolute.
  public var path: String

  public init(name: String, repository: String, path: String) {
    self.name = name
    self.repository = repository
    self.path = path
  }

  public init(_ fields: Fields) throws(RecordError) {
    name = try fields.string("name")
    repository = try fields.string("repository")
    path = try fields.string("path")
  }

  public var json: JSON { .members(["name": .string(name), "repository": .string(repository), "path": .string(path)]) }
}

import Command
import Glibc
import Records
import Settings
import YAML

/// helm's repositories.yaml, changed as helm changes it: under helm's own lock, written with the fields in its order,
/// and readable by the user alone, for it may hold passwords. Fields that we do not know are kept; comments are not.
struct RepositoriesFile {
  private var members: [(name: String, value: JSON)]
  /// The fields of each repository.
  var repositories: [JSON]

  private init(_ path: String) throws {
    members = [("apiVersion", .string("")), ("generated", .string("0001-01-01T00:00:00Z"))]
    repositories = []
    guard Files.exists(path) else { return }
    let bytes = try Files.read(path, limit: 4 << 20)
    let json = JSON(try YAML(parsing: bytes, file: path))
    if json == .null { return }
    guard let found = json.object else { throw RepositoryError.badRepositories(path, reason: "it is not a mapping") }
    let list = json["repositories"] ?? .null
    guard list == .null || list.array?.allSatisfy({ $0.object != nil }) ?? false else {
      throw RepositoryError.badRepositories(path, reason: "'repositories' is not a list of mappings")
    }
    members = members.filter { json[$0.name] == nil } + found.filter { $0.name != "repositories" }
    repositories = list.array ?? []
  }

  /// Calls the body with the file under the lock, and writes what it makes of it, unless it returns nil.
  /// - Parameter buckets: the list of those in buckets, instead of helm's.
  static func change<T>(buckets: Bool = false, _ body: (inout RepositoriesFile) throws -> T?) throws -> T? {
    let path = buckets ? try Home().path + "/repositories.yaml" : HelmRepository.configuration
    let slash = path.lastIndex(of: "/")
    if let slash, slash != path.startIndex { try Files.makeDirectories(String(path[..<slash])) }
    // As in helm: repositories.lock beside repositories.yaml.
    let name = slash.map { path[path.index(after: $0)...] } ?? path[...]
    let dot = name.lastIndex(of: ".")
    let lock = try FileLock(
      (dot.map { String(path[..<$0]) } ?? path) + ".lock", wait: true, busy: "'\(path)' is being changed")
    defer { withExtendedLifetime(lock) {} }
    var file = try RepositoriesFile(path)
    guard let result = try body(&file) else { return nil }
    let json = JSON.object(file.members + [("repositories", .array(file.repositories))])
    // Of a link, the file that it leads to.
    try Files.write(YAML.text(json), to: (try? Files.resolve(path)) ?? path, mode: 0o600)
    return result
  }
}

extension JSON {
  /// The text of a field, where YAML may have taken it for a number.
  func fieldText(_ name: String) -> String {
    guard let value = self[name], value != .null else { return "" }
    return value.string ?? value.text
  }

  /// The same object with other values for some fields; the others stay, in their places.
  func setting(_ fields: [(name: String, value: JSON)]) -> JSON {
    let own = object ?? []
    let kept = own.map { member in (member.name, fields.first { $0.name == member.name }?.value ?? member.value) }
    return .object(kept + fields.filter { field in !own.contains { $0.name == field.name } })
  }
}

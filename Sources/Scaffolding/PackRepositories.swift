import Command
import Glibc
import Records
import Settings

/// The places searched for packs: the shipped ones, and every repository below `packs/` of the draft home. A repository
/// is a directory with a subdirectory `packs`; its name is its path below `packs/`, as in `github.com/me/my-packs`.
public struct PackRepositories: Sendable {
  /// One repository of packs.
  public struct Repository: Sendable, Equatable {
    public var name: String
    /// The absolute path of the directory with the packs.
    public var packs: String
  }

  /// The shipped repository first, then by name.
  public let all: [Repository]

  /// The repository name of the shipped packs.
  public static let shippedName = "draft"
  private static let depthLimit = 6

  /// - Parameter shipped: the directory of the shipped packs; nil finds it relative to the running program.
  public init(home: Home, shipped: String? = nil) {
    var found: [Repository] = []
    if let shipped = shipped ?? PackRepositories.shippedPacks {
      found.append(Repository(name: PackRepositories.shippedName, packs: shipped))
    }
    var visited: Set<String> = []
    PackRepositories.search("\(home.path)/packs", name: "", depth: 0, &visited, &found)
    all = found
  }

  /// `../share/draft/packs`, relative to the program's directory.
  static var shippedPacks: String? {
    guard let program = try? Files.executable(), let slash = program.lastIndex(of: "/") else { return nil }
    let directory = program[..<slash] + "/../share/draft/packs"
    return Files.isDirectory(String(directory)) ? try? Files.resolve(String(directory)) : nil
  }

  /// Repositories are often links to a clone elsewhere, so links are followed; each directory is searched once.
  private static func search(
    _ path: String, name: String, depth: Int, _ visited: inout Set<String>, _ found: inout [Repository]
  ) {
    guard depth <= depthLimit, Files.isDirectory(path), let real = try? Files.resolve(path),
      visited.insert(real).inserted
    else { return }
    if depth > 0, Files.isDirectory(path + "/packs") {
      found.append(Repository(name: name, packs: real + "/packs"))
      return
    }
    for child in (try? Files.list(path)) ?? [] where !child.hasPrefix(".") {
      search("\(path)/\(child)", name: name.isEmpty ? child : "\(name)/\(child)", depth: depth + 1, &visited, &found)
    }
  }

  /// All packs, by repository and name.
  public var packs: [PackChoice] {
    all.flatMap { repository in
      ((try? Files.list(repository.packs)) ?? []).filter {
        !$0.hasPrefix(".") && Files.isDirectory("\(repository.packs)/\($0)")
      }
      .map { PackChoice(name: $0, repository: repository.name, path: "\(repository.packs)/\($0)") }
    }
  }

  /// The names of the packs with a Dockerfile; an application without one can only use these.
  var complete: [String] { packs.filter { Files.exists("\($0.path)/Dockerfile") }.map(\.name) }

  /// The pack with a name, or `REPOSITORY/NAME`. Throws ``PackError`` if there is none, or more than one.
  public func pack(named name: String) throws -> PackChoice {
    let packs = packs
    let slash = name.lastIndex(of: "/")
    let wanted = slash.map { String(name[name.index(after: $0)...]) } ?? name
    let repository = slash.map { String(name[..<$0]) }
    let found = packs.filter {
      $0.name.lowercased() == wanted.lowercased() && (repository == nil || $0.repository == repository)
    }
    guard let first = found.first else { throw PackError.unknown(name: name, known: packs.map(\.name)) }
    guard found.count == 1 else { throw PackError.several(name: name, repositories: found.map(\.repository)) }
    return first
  }

  /// The first pack of the names that exists; nil if none does. Throws ``PackError`` if several repositories have it.
  public func pack(for names: [String]) throws -> PackChoice? {
    let packs = packs
    for name in names where packs.contains(where: { $0.name.lowercased() == name }) { return try pack(named: name) }
    return nil
  }
}

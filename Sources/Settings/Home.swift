import Command
import Glibc
import Records

/// The draft home: configuration, packs, plugins, logs, and caches that may be deleted at any time.
///
///     config.toml   packs/   plugins/   logs/APP/BUILD   locks/   cache/…
public struct Home: Sendable {
  public static let configName = "config.toml"

  /// An absolute path.
  public let path: String

  /// `$DRAFT_HOME`, which `--home` sets, or `~/.draft`. Creates nothing. Throws if it belongs to another user, who
  /// could then configure and allow things for us; this is also so for root with a user's HOME. A home that root owns
  /// is accepted.
  public init() throws {
    path = try Home.place()
    var status = stat()
    guard stat(path, &status) != 0 || status.st_uid == geteuid() || status.st_uid == 0 else {
      throw Failure(
        by: "", code: .noPermission, message: "cannot use the draft home '\(path)': it belongs to another user",
        hint: "set DRAFT_HOME to a directory of your own")
    }
  }

  private static func place() throws -> String {
    if let home = environmentVariable("DRAFT_HOME") {
      return home.hasPrefix("/") ? home : try Files.resolve(".") + "/" + home
    }
    guard let user = environmentVariable("HOME"), user.hasPrefix("/") else {
      throw Failure(
        by: "", code: .configuration, message: "cannot tell where the draft home is",
        hint: "set HOME or DRAFT_HOME to an absolute path")
    }
    return user + "/.draft"
  }

  /// - Parameter path: an absolute path.
  public init(path: String) { self.path = path }

  /// A directory in the home, created if missing: `directory("cache/contexts")`.
  public func directory(_ name: String) throws -> String {
    let directory = path + "/" + name
    if ["cache", "locks", "logs"].contains(name.prefix { $0 != "/" }) {
      Temporary.shelter(path + "/cache", others: [path + "/locks", path + "/logs"])
    }
    try Files.makeDirectories(directory, mode: 0o700)
    return directory
  }

  /// A cache in the home; creates its directory. For the other parameters see ``Cache``.
  package func cache(_ name: String, limit: Int = 0, kept: Int? = nil, bytes: Int = .max, idle: Int = 0) throws -> Cache
  {
    Cache(try directory("cache/" + name), limit: limit, kept: kept, bytes: bytes, idle: idle)
  }
}

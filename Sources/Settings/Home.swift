import Command
import Records

/// The draft home: configuration, packs, plugins, logs, and caches that may be deleted at any time.
///
///     config.toml   packs/   plugins/   logs/APP/BUILD   locks/   cache/…
public struct Home: Sendable {
  public static let configName = "config.toml"

  /// Absolute.
  public let path: String

  /// `$DRAFT_HOME`, which `--home` has set, or `~/.draft`. Creates nothing.
  public init() throws {
    if let home = environmentVariable("DRAFT_HOME") {
      guard home.hasPrefix("/") else { path = try Files.resolve(".") + "/" + home; return }
      path = home
    } else {
      guard let user = environmentVariable("HOME"), user.hasPrefix("/") else {
        throw Failure(by: "", code: .configuration, message: "cannot tell where the draft home is", hint: "set HOME or DRAFT_HOME to an absolute path")
      }
      path = user + "/.draft"
    }
  }

  /// - Parameter path: absolute.
  public init(path: String) { self.path = path }

  /// A directory in the home, made when it is not there: `directory("cache/contexts")`.
  public func directory(_ name: String) throws -> String {
    let directory = path + "/" + name
    if name.hasPrefix("cache/") { Temporary.shelter(path + "/cache") }
    try Files.makeDirectories(directory, mode: 0o700)
    return directory
  }
}

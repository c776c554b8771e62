import Command
import Settings

/// The file for `draft init --config`: settings, and repositories of packs and plugins to clone.
///
///     registry = "docker.io/me"
///
///     [[plugin]]
///     name = "scan"
///     url = "https://example.com/draft-scan"
///     version = "v1.0.0"
///
///     [[repo]]
///     name = "github.com/me/packs"      # default: from the URL
///     url = "https://github.com/me/packs"
public struct InitFile: Sendable, Equatable {
  /// A repository that git clones.
  public struct Source: Sendable, Equatable {
    /// Its directory below `packs/` or `plugins/`.
    public var name: String
    public var url: String
    /// A tag or a branch; nil means the default branch.
    public var version: String?
  }

  public var settings: [(key: String, text: String)]
  public var plugins: [Source]
  public var repositories: [Source]

  public static func == (left: InitFile, right: InitFile) -> Bool {
    left.plugins == right.plugins && left.repositories == right.repositories
      && left.settings.map(\.key) == right.settings.map(\.key)
      && left.settings.map(\.text) == right.settings.map(\.text)
  }

  /// Throws ``InitError``.
  public init(path: String) throws {
    let bytes = try Files.read(path, limit: 1 << 20)
    let root: TOML
    do { root = try TOML(parsing: bytes) } catch {
      throw InitError.file(path: path, line: error.line, reason: error.reason)
    }
    settings = []
    plugins = []
    repositories = []
    for member in root.members ?? [] {
      func fail(_ reason: String) -> InitError { .file(path: path, line: member.place.line, reason: reason) }
      switch member.key {
      case "plugin", "repo":
        guard let tables = member.value.array, tables.allSatisfy({ $0.members != nil }) else {
          throw fail("'\(member.key)' must be written [[\(member.key)]]")
        }
        for table in tables {
          let source = try InitFile.source(table, isPlugin: member.key == "plugin") {
            InitError.file(path: path, line: table.place.line, reason: $0)
          }
          if member.key == "plugin" { plugins.append(source) } else { repositories.append(source) }
        }
      default:
        guard let text = member.value.string else {
          throw fail("'\(member.key)' is not [[plugin]], [[repo]], or a setting with a string")
        }
        settings.append((member.key, text))
      }
    }
  }

  private static func source(_ table: TOML, isPlugin: Bool, _ fail: (String) -> InitError) throws -> Source {
    func text(_ key: String) throws -> String? {
      guard let value = table[key] else { return nil }
      guard let text = value.string, !text.isEmpty,
        !text.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F })
      else { throw fail("'\(key)' is not a string of one line") }
      return text
    }
    guard let url = try text("url") else { throw fail("'url' is missing") }
    guard isSafe(url) else {
      throw fail("'\(url.contains("@") && url.contains("://") ? "url" : url)' is not a URL that git can clone")
    }
    let name = try text("name") ?? (isPlugin ? nil : repositoryName(url))
    guard let name else { throw fail("'name' is missing") }
    guard isPlugin ? isPluginName(name) : isRepositoryName(name) else { throw fail("'\(name)' is not a valid name") }
    let version = try text("version")
    if let version, version.hasPrefix("-") || version.contains(" ") {
      throw fail("'\(version)' is not a tag or a branch")
    }
    return Source(name: name, url: url, version: version)
  }

  /// Accepts git's schemes that only fetch, and no password, which would be visible in the process list.
  static func isSafe(_ url: String) -> Bool {
    if url.hasPrefix("/") { return true }
    if let scheme = url.firstRange(of: "://") {
      guard ["https", "http", "ssh", "git", "file"].contains(String(url[..<scheme.lowerBound])) else { return false }
      let authority = url[scheme.upperBound...].prefix { $0 != "/" }
      guard !authority.hasPrefix("-") else { return false }
      return authority.lastIndex(of: "@").map { !authority[..<$0].contains(":") } ?? true
    }
    // me@host:path, but not ext::sh or an option.
    guard let colon = url.firstIndex(of: ":"), !url.hasPrefix("-"), !url.contains("::") else { return false }
    return !url[..<colon].isEmpty && url[..<colon].utf8.allSatisfy { isWord($0) || $0 == UInt8(ascii: "@") }
  }

  /// `https://github.com/me/packs.git` gives `github.com/me/packs`; a local repository has the last part of its path.
  static func repositoryName(_ url: String) -> String? {
    var rest = url[...]
    if rest.hasSuffix("/") { rest = rest.dropLast() }
    if rest.hasSuffix(".git") { rest = rest.dropLast(4) }
    if rest.hasPrefix("/") || rest.hasPrefix("file://") { return rest.split(separator: "/").last.map(String.init) }
    if let scheme = rest.firstRange(of: "://") { rest = rest[scheme.upperBound...] }
    if let at = rest.firstIndex(of: "@") { rest = rest[rest.index(after: at)...] }
    let name = rest.split { $0 == "/" || $0 == ":" }.joined(separator: "/")
    return name.isEmpty ? nil : name
  }

  private static func isWord(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte | 0x20)
      || [UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_")].contains(byte)
  }

  private static func isRepositoryName(_ name: String) -> Bool {
    let parts = name.split(separator: "/", omittingEmptySubsequences: false)
    return parts.count <= 6
      && parts.allSatisfy {
        !$0.isEmpty && !$0.hasPrefix(".") && !$0.hasPrefix("-") && $0 != "packs" && $0.utf8.allSatisfy(isWord)
      }
  }

  private static func isPluginName(_ name: String) -> Bool {
    guard let first = name.utf8.first, (0x61...0x7A).contains(first) else { return false }
    return name.utf8.count <= 64
      && name.utf8.allSatisfy { (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == UInt8(ascii: "-") }
  }
}

/// What can go wrong while setting up the draft home.
public enum InitError: Error, Equatable, Sendable {
  case file(path: String, line: Int, reason: String)
  case git(url: String, said: String)
  case noPacks(url: String)
  case occupied(path: String)
}

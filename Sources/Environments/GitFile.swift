import Command
import Records
import Settings

/// A file of another repository, pinned to a commit: `git::URL//PATH?ref=COMMIT`, the form that go-getter and Terraform
/// have. git fetches it; it is kept by its commit, so that it is fetched once.
package struct GitFile: Equatable, Sendable {
  package var url: String
  package var path: String
  package var commit: String

  package static let prefix = "git::"

  /// - Throws: ``EnvironmentError/badGit(_:reason:)``.
  package init(_ text: String) throws(EnvironmentError) {
    func bad(_ reason: String) -> EnvironmentError { .badGit(text, reason: reason) }
    let form = "write it as git::URL//PATH?ref=COMMIT"
    let rest = String(text.dropFirst(GitFile.prefix.count))
    guard let (place, query) = rest.cut(at: "?") else { throw bad("it has no '?ref=COMMIT'") }
    guard query.hasPrefix("ref="), !query.contains("&") else { throw bad(form) }
    commit = String(query.dropFirst("ref=".count))
    let isHex = commit.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
    guard isHex, [40, 64].contains(commit.utf8.count) else {
      throw bad("'\(commit)' is not a whole commit; a branch or a tag may be another one tomorrow")
    }
    // The `//` after that of the scheme.
    let scheme = place.firstRange(of: "://").map(\.upperBound) ?? place.startIndex
    guard let slashes = place[scheme...].firstRange(of: "//") else { throw bad(form) }
    (url, path) = (String(place[..<slashes.lowerBound]), String(place[slashes.upperBound...]))
    guard GitFile.isSafe(url) else { throw bad("'\(url)' is not a URL of https, http, ssh, git or file") }
    let parts = path.split(separator: "/", omittingEmptySubsequences: false)
    guard !path.isEmpty, parts.allSatisfy({ !$0.isEmpty && $0 != "." && $0 != ".." }), !path.utf8.contains(0x3A),
      path.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7F })
    else { throw bad("'\(path)' is not a path in a repository") }
  }

  /// No scheme that runs a program, no option, and no password, which would be visible in the list of processes.
  private static func isSafe(_ url: String) -> Bool {
    if url.hasPrefix("/") { return true }
    if let scheme = url.firstRange(of: "://") {
      guard ["https", "http", "ssh", "git", "file"].contains(String(url[..<scheme.lowerBound])) else { return false }
      let authority = url[scheme.upperBound...].prefix { $0 != "/" }
      guard !authority.hasPrefix("-") else { return false }
      return authority.lastIndex(of: "@").map { !authority[..<$0].contains(":") } ?? true
    }
    guard let colon = url.firstIndex(of: ":"), !url.hasPrefix("-"), !url.contains("::") else { return false }
    return !url[..<colon].isEmpty && !url[..<colon].contains("/")
  }

  /// The path of the file in the draft home. Fetches it if it is not there.
  /// - Throws: ``EnvironmentError/git(_:said:)``, ``ProgramMissing`` and others.
  package func fetch(home: Home, call: Call) throws -> String {
    let cache = try home.cache("git", limit: 400, bytes: 256 << 20)
    let name =
      "\(commit)-"
      + path.utf8.map { byte in
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "."), UInt8(ascii: "-"):
          String(UnicodeScalar(byte))
        default: "_" + String(byte, radix: 16)
        }
      }.joined()
    guard name.utf8.count <= 250 else { throw EnvironmentError.badGit(shown, reason: "its path is too long") }
    if Files.exists(cache.path(name)) {
      cache.use(name)
      return cache.path(name)
    }
    call.say("Fetching '\(shown)'")
    let directory = try Temporary.directory()
    defer { Temporary.remove(directory) }
    try git(["init", "--quiet", "--bare", directory], call)
    do { try git(["-C", directory, "fetch", "--quiet", "--depth=1", "--", url, commit], call) } catch {
      // A server may give out branches and tags only.
      guard case EnvironmentError.git = error else { throw error }
      do { try git(["-C", directory, "fetch", "--quiet", "--", url, "+refs/*:refs/remote/*"], call) } catch {
        throw error
      }
    }
    let bytes = try git(["-C", directory, "cat-file", "blob", "\(commit):\(path)"], call)
    try cache.put(bytes, as: name)
    return cache.path(name)
  }

  private var shown: String { "\(url)//\(path)?ref=\(commit)" }

  @discardableResult
  private func git(_ arguments: [String], _ call: Call) throws -> [UInt8] {
    call.debug((["git"] + arguments).joined(separator: " "))
    let result = try Child.run(
      ["git"] + arguments, output: .capture, errors: .capture,
      environment: [
        "GIT_TERMINAL_PROMPT": "0", "GIT_ALLOW_PROTOCOL": "https:http:ssh:git:file", "GIT_DIR": nil,
        "GIT_WORK_TREE": nil, "GIT_INDEX_FILE": nil
      ])
    guard result.succeeded else {
      let lines = result.errorText.lines.map(String.init)
      let line = lines.first { $0.hasPrefix("fatal: ") } ?? lines.last ?? "git did not say why"
      throw EnvironmentError.git(shown, said: line.hasPrefix("fatal: ") ? String(line.dropFirst(7)) : line)
    }
    return result.output
  }
}

import Command
import Glibc
import Records

/// What the user has allowed repositories to do to this machine and its clusters. Kept in `trust` of the draft home: a
/// file for each directory, with each allowed thing word for word. Whatever was added or changed since is not allowed;
/// the rest of the repository may change freely.
public struct Trust: Sendable {
  /// Where the thing is written: `.draft-tasks.toml`, `draft.toml`, or the chart.
  public enum Kind: String, CaseIterable, Sendable { case tasks, context, chart }

  /// One thing that a repository would do.
  public struct Finding: Equatable, Sendable {
    public let kind: Kind
    /// For the user: `runs on this machine: make assets (task 'assets', pre-up)`.
    public let text: String
    /// Its identity: two different things never have the same key, whatever their names.
    let key: String

    /// - Parameter parts: what identifies the thing, together with its kind.
    public init(_ kind: Kind, _ parts: [String], text: String) {
      self.kind = kind
      self.text = text
      key = JSON.strings([kind.rawValue] + parts).text
    }

    /// The kube context that draft.toml or a file of environments names for an environment.
    public static func context(_ name: String, server: String?, environment: String) -> Finding {
      Finding(
        .context, [environment, name],
        text: "releases to kube context '\(name)'\(server.map { ", \($0)" } ?? "") (environment '\(environment)')")
    }
  }

  /// What is stored for one directory.
  struct Entry: Equatable {
    var directory: String
    /// Kinds that are allowed entirely: the user is the repository's author.
    var kinds: Set<String> = []
    var keys: [String] = []
  }

  private let place: String
  /// The value of `DRAFT_TRUST`.
  private let variable: String?
  /// The number of allowed things kept that no longer occur.
  private static let limit = 1_000

  public init(home: Home) { self.init(home: home, variable: environmentVariable("DRAFT_TRUST")) }

  init(home: Home, variable: String?) {
    place = home.path + "/trust"
    self.variable = variable
  }

  /// The findings that are not allowed. If the directory does not exist, none is.
  public func missing(_ findings: [Finding], of directory: String) -> [Finding] {
    guard !findings.isEmpty, let directory = try? Files.resolve(directory) else { return findings }
    if isNamed(directory) { return [] }
    guard let entry = entry(of: directory) else { return findings }
    return findings.filter { !entry.kinds.contains($0.kind.rawValue) && !entry.keys.contains($0.key) }
  }

  /// Whether everything in the directory is allowed, so that nothing needs to be checked.
  public func isComplete(_ directory: String) -> Bool {
    guard let directory = try? Files.resolve(directory) else { return false }
    return isNamed(directory)
      || entry(of: directory).map { entry in Kind.allCases.allSatisfy { entry.kinds.contains($0.rawValue) } } == true
  }

  /// Throws ``TrustError`` if any of the findings is not allowed.
  /// - Parameter file: the file of environments they are in.
  public func require(_ findings: [Finding], of directory: String, file: String? = nil) throws {
    let missing = missing(findings, of: directory)
    if !missing.isEmpty { throw TrustError.untrusted(directory: directory, findings: missing.map(\.text), file: file) }
  }

  /// Allows the findings, and every finding of `kinds`, future ones included. Keeps what was allowed before.
  public func allow(_ findings: [Finding], kinds: [Kind] = [], in directory: String) throws {
    let directory = try Files.resolve(directory)
    var entry = entry(of: directory) ?? Entry(directory: directory)
    let keys = findings.map(\.key)
    entry.keys = keys + entry.keys.filter { !keys.contains($0) }.prefix(Trust.limit)
    entry.kinds.formUnion(kinds.map(\.rawValue))
    forgetGone()
    try Files.makeDirectories(place, mode: 0o700)
    try Files.write(entry.json.bytes, to: path(of: directory), mode: 0o600)
  }

  /// Forgets what was allowed to a directory, whether or not it exists.
  public func revoke(_ directory: String) throws {
    let directory = (try? Files.resolve(directory)) ?? directory
    guard entry(of: directory) != nil else { return }
    guard unlink(path(of: directory)) == 0 || errno == ENOENT else {
      throw SystemError("cannot remove '\(path(of: directory))'", errno)
    }
  }

  /// The directories that have been allowed something, sorted.
  public func directories() -> [String] {
    ((try? Files.list(place)) ?? []).compactMap { read(place + "/" + $0)?.directory }.sorted {
      $0.utf8.lexicographicallyPrecedes($1.utf8)
    }
  }

  /// Whether `DRAFT_TRUST` covers the directory: by naming it or a parent, or all directories.
  private func isNamed(_ directory: String) -> Bool {
    guard let variable else { return false }
    return variable == "1" || variable == "all"
      || variable.split(separator: ":").contains { element in
        guard element.hasPrefix("/"), let root = try? Files.resolve(String(element)) else { return false }
        return directory == root || directory.hasPrefix(root == "/" ? "/" : root + "/")
      }
  }

  private func entry(of directory: String) -> Entry? {
    guard let entry = read(path(of: directory)), entry.directory == directory else { return nil }
    return entry
  }

  /// nil if it is not such a file, or another user could have written it.
  private func read(_ path: String) -> Entry? {
    var status = stat()
    guard lstat(path, &status) == 0, status.st_uid == geteuid(), status.st_mode & 0o022 == 0 else { return nil }
    guard let json = (try? Files.read(path, limit: 8 << 20)).flatMap({ try? JSON(parsing: $0) }),
      let directory = json["directory"]?.string
    else { return nil }
    let texts = { (name: String) in (json[name]?.array ?? []).compactMap(\.string) }
    return Entry(directory: directory, kinds: Set(texts("kinds")), keys: texts("allowed"))
  }

  /// 64 bits of FNV-1a. If two directories collide, the file belongs to the later one, and the user is asked again
  /// about the other.
  private func path(of directory: String) -> String {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in directory.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    return place + "/" + String(hash, radix: 16)
  }

  private func forgetGone() {
    for name in (try? Files.list(place)) ?? [] {
      if let entry = read(place + "/" + name), !Files.exists(entry.directory) { unlink(place + "/" + name) }
    }
  }
}

extension Trust.Entry {
  var json: JSON {
    .members(["directory": .string(directory), "kinds": .strings(kinds.sorted()), "allowed": .strings(keys)])
  }
}

extension TaskFile {
  /// Every task of the file, but not what the tasks start in turn.
  public var findings: [Trust.Finding] {
    Table.allCases.flatMap { table in
      tasks(table).map { task in
        let place = table == .postDeploy ? "in the pods" : "on this machine"
        return Trust.Finding(
          .tasks, [table.rawValue, task.name, task.command],
          text: "runs \(place): \(task.command) (task '\(task.name)', \(table.rawValue))")
      }
    }
  }
}

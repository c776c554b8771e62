import Command
import Glibc
import Records

/// What a repository may have been allowed to do to the machine and the clusters of who runs draft in it, kept in
/// `trust` of the draft home: a file for each directory, with what it was allowed word for word. What has been added
/// since is not allowed, what has been changed neither; the rest of the repository may change as it likes.
public struct Trust: Sendable {
  /// What needs it, by where it is written: `.draft-tasks.toml`, `draft.toml`, the chart.
  public enum Kind: String, CaseIterable, Sendable { case tasks, context, chart }

  /// One thing a repository would do.
  public struct Finding: Equatable, Sendable {
    public let kind: Kind
    /// For a person: `runs on this machine: make assets (task 'assets', pre-up)`.
    public let text: String
    /// What it is known by. No two things have the same one, however they are named.
    let key: String

    public init(_ kind: Kind, _ parts: [String], text: String) {
      self.kind = kind
      self.text = text
      key = JSON.strings([kind.rawValue] + parts).text
    }

    /// A kube context that draft.toml names for an environment.
    public static func context(_ name: String, server: String?, environment: String) -> Finding {
      Finding(
        .context, [environment, name],
        text: "releases to kube context '\(name)'\(server.map { ", \($0)" } ?? "") (environment '\(environment)')")
    }
  }

  /// What is kept of one directory.
  struct Entry: Equatable {
    var directory: String
    /// Whatever is found of these: its own author is at work there.
    var kinds: Set<String> = []
    var keys: [String] = []
  }

  private let place: String
  /// `DRAFT_TRUST`.
  private let variable: String?
  /// Of what was allowed once and is not there any more.
  private static let limit = 1_000

  public init(home: Home) { self.init(home: home, variable: environmentVariable("DRAFT_TRUST")) }

  init(home: Home, variable: String?) {
    place = home.path + "/trust"
    self.variable = variable
  }

  /// What of it has not been allowed. The directory need not be there, and then nothing has.
  public func missing(_ findings: [Finding], of directory: String) -> [Finding] {
    guard !findings.isEmpty, let directory = try? Files.resolve(directory) else { return findings }
    if isNamed(directory) { return [] }
    guard let entry = entry(of: directory) else { return findings }
    return findings.filter { !entry.kinds.contains($0.kind.rawValue) && !entry.keys.contains($0.key) }
  }

  /// Whether nothing in the directory needs to be looked at.
  public func isComplete(_ directory: String) -> Bool {
    guard let directory = try? Files.resolve(directory) else { return false }
    return isNamed(directory)
      || entry(of: directory).map { entry in Kind.allCases.allSatisfy { entry.kinds.contains($0.rawValue) } } == true
  }

  /// Throws ``TrustError`` when some of it has not been allowed.
  public func require(_ findings: [Finding], of directory: String) throws {
    let missing = missing(findings, of: directory)
    if !missing.isEmpty { throw TrustError.untrusted(directory: directory, findings: missing.map(\.text)) }
  }

  /// Allows what was found, and `kinds` whatever will be found of them. What was allowed before stays so.
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

  /// Forgets what a directory was allowed, there or not.
  public func revoke(_ directory: String) throws {
    let directory = (try? Files.resolve(directory)) ?? directory
    guard entry(of: directory) != nil else { return }
    guard unlink(path(of: directory)) == 0 || errno == ENOENT else {
      throw SystemError("cannot remove '\(path(of: directory))'", errno)
    }
  }

  /// The directories that were allowed something, in order.
  public func directories() -> [String] {
    ((try? Files.list(place)) ?? []).compactMap { read(place + "/" + $0)?.directory }.sorted {
      $0.utf8.lexicographicallyPrecedes($1.utf8)
    }
  }

  /// Whether `DRAFT_TRUST` names the directory or one above it, or all there are.
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

  /// nil for what is no such file, and for one that somebody else may have written.
  private func read(_ path: String) -> Entry? {
    var status = stat()
    guard lstat(path, &status) == 0, status.st_uid == geteuid(), status.st_mode & 0o022 == 0 else { return nil }
    guard let json = (try? Files.read(path, limit: 8 << 20)).flatMap({ try? JSON(parsing: $0) }),
      let directory = json["directory"]?.string
    else { return nil }
    let texts = { (name: String) in (json[name]?.array ?? []).compactMap(\.string) }
    return Entry(directory: directory, kinds: Set(texts("kinds")), keys: texts("allowed"))
  }

  /// 64 bits of FNV-1a. Should two directories have the same one, the file is that of the later, and the other is asked
  /// about again.
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
  /// Every task of the file. What a task starts is none of it.
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

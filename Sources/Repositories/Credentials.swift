import Command
import Glibc
import Records
import Settings

/// The logins of `draft credential`: in a file of the draft home that the user alone can read, or with a credential
/// helper by Docker's protocol, `docker-credential-NAME`, whichever the setting `credential-helper` says. A helper
/// knows ours by a URL whose host cannot be that of a server.
/// https://github.com/docker/docker-credential-helpers#development
package struct Credentials {
  private static let prefix = "https://draft.invalid/"
  /// Bytes of a secret.
  package static let limit = 64 << 10

  private let home: Home
  private let helper: String?
  private var path: String { home.path + "/credentials.json" }

  /// - Throws: ``RepositoryError/helper(_:reason:)`` for a setting that is no program's name.
  package init(home: Home) throws {
    self.home = home
    helper =
      try Key.credentialHelper.variable.flatMap(environmentVariable)
      ?? Config.get(Key.credentialHelper.name, home).flatMap { $0.isEmpty ? nil : $0 }
    if let helper, !helper.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "/") }) {
      throw RepositoryError.helper("docker-credential-\(helper)", reason: "that is not a program name")
    }
  }

  /// Keeps a login.
  /// - Parameter name: nil generates one.
  /// - Throws: ``RepositoryError``; an existing one of that name is left.
  package func add(_ name: String?, _ login: Login) throws -> Credential {
    if let name { try Credentials.check(name) }
    let isPlain = { (text: String) in text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F } }
    guard !login.user.isEmpty, isPlain(login.user) else {
      throw RepositoryError.badCredential("the user name", reason: "it is empty or has control characters")
    }
    guard !login.user.utf8.contains(UInt8(ascii: ":")) else {
      throw RepositoryError.badCredential("the user name", reason: "HTTP has no way to send a ':' in it")
    }
    guard !login.secret.isEmpty, isPlain(login.secret) else {
      throw RepositoryError.badCredential("the secret", reason: "it is empty or has control characters")
    }
    return try locked {
      let known = try all().map(\.name)
      if let name, known.contains(name) { throw RepositoryError.credentialTaken(name) }
      var chosen = name ?? ""
      while chosen.isEmpty || known.contains(chosen) {
        chosen = "token-" + (Name.random().split(separator: "-").last.map(String.init) ?? "")
        if known.contains(chosen) { chosen = "token-" + Name.random() }
      }
      if helper != nil {
        let entry = JSON.object([
          ("ServerURL", .string(Credentials.prefix + chosen)), ("Username", .string(login.user)),
          ("Secret", .string(login.secret))
        ])
        _ = try run("store", entry.bytes)
      } else {
        let entry = JSON.object([("user", .string(login.user)), ("secret", .string(login.secret))])
        try write(read() + [(chosen, entry)])
      }
      return Credential(name: chosen, user: login.user, store: helper ?? "file")
    }
  }

  /// The file of the secrets, if others may read it.
  var openToOthers: String? {
    var status = stat()
    guard helper == nil, stat(path, &status) == 0, status.st_mode & 0o077 != 0 else { return nil }
    return path
  }

  /// The public half of each, by name.
  package func all() throws -> [Credential] {
    let found: [Credential]
    if let helper {
      let answer = try run("list", [])
      guard let entries = try? JSON(parsing: answer).object else {
        throw bad("its answer to 'list' is not a JSON object")
      }
      found = entries.compactMap { entry in
        guard entry.name.hasPrefix(Credentials.prefix) else { return nil }
        return Credential(
          name: String(entry.name.dropFirst(Credentials.prefix.count)), user: entry.value.string ?? "",
          store: helper)
      }
    } else {
      found = try read().map { Credential(name: $0.name, user: $0.value["user"]?.string ?? "", store: "file") }
    }
    return found.sorted { $0.name < $1.name }
  }

  /// - Throws: ``RepositoryError/noCredential(_:near:)``.
  package func login(_ name: String) throws -> Login {
    if helper != nil {
      let known = try all().map(\.name)
      guard known.contains(name) else { throw missing(name, known) }
      let answer = try run("get", Array((Credentials.prefix + name).utf8) + [0x0A])
      guard let answer = try? JSON(parsing: answer),
        let user = answer["Username"]?.string, let secret = answer["Secret"]?.string
      else { throw bad("its answer to 'get' is not JSON with 'Username' and 'Secret'") }
      return Login(user: user, secret: secret)
    }
    let known = try read()
    guard let entry = known.first(where: { $0.name == name })?.value, let user = entry["user"]?.string,
      let secret = entry["secret"]?.string
    else { throw missing(name, known.map(\.name)) }
    return Login(user: user, secret: secret)
  }

  /// Removes some: all or, if one is unknown, none.
  /// - Throws: ``RepositoryError/noCredential(_:near:)``.
  package func remove(_ names: [String]) throws {
    try locked {
      let known = try all().map(\.name)
      if let unknown = names.first(where: { !known.contains($0) }) { throw missing(unknown, known) }
      guard helper != nil else { return try write(read().filter { !names.contains($0.name) }) }
      for name in Set(names) { _ = try run("erase", Array((Credentials.prefix + name).utf8) + [0x0A]) }
    }
  }

  /// Names are what a file could be called, so that they need no quotes.
  private static func check(_ name: String) throws {
    guard let first = name.utf8.first, first != UInt8(ascii: "-"), name.utf8.count <= 100,
      name.utf8.allSatisfy({
        (0x30...0x39).contains($0) || (0x61...0x7A).contains($0 | 0x20) && $0 >= 0x41 || "._-".utf8.contains($0)
      })
    else {
      throw RepositoryError.badCredential("'\(name)'", reason: "a name has letters, digits, '.', '_' and '-'")
    }
  }

  private func missing(_ name: String, _ known: [String]) -> RepositoryError {
    .noCredential(name, near: nearest(to: name, among: known))
  }

  private func locked<T>(_ body: () throws -> T) throws -> T {
    let lock = try FileLock(
      try home.directory("locks") + "/credentials", wait: true, busy: "the credentials are being changed")
    defer { withExtendedLifetime(lock) {} }
    return try body()
  }

  // MARK: the file

  private func read() throws -> [(name: String, value: JSON)] {
    guard Files.exists(path) else { return [] }
    let bytes = try Files.read(path, limit: 4 << 20)
    guard let entries = try? JSON(parsing: bytes).object else {
      throw RepositoryError.badCredentials(path)
    }
    return entries
  }

  private func write(_ entries: [(name: String, value: JSON)]) throws {
    try Files.makeDirectories(home.path, mode: 0o700)
    try Files.write(JSON.object(entries).bytes + [0x0A], to: path, mode: 0o600)
  }

  // MARK: the helper

  private func bad(_ reason: String) -> RepositoryError { .helper("docker-credential-\(helper ?? "")", reason: reason) }

  /// The answer of the helper. What it prints is not repeated: it may quote a secret.
  private func run(_ verb: String, _ input: [UInt8]) throws -> [UInt8] {
    let result = try Child.run(
      ["docker-credential-\(helper ?? "")", verb], input: input, output: .capture, errors: .discard)
    guard result.succeeded else { throw bad("'\(verb)' exited \(result.status)") }
    return result.output
  }
}

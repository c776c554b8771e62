import Command
import Glibc
import Images
import OCI
import Records

/// The logins stored by `docker login`, `podman login` and `buildah login`.
///
/// The first of these files that has the registry is used: `$REGISTRY_AUTH_FILE`;
/// `$XDG_RUNTIME_DIR/containers/auth.json`; `~/.config/containers/auth.json`; `$DOCKER_CONFIG/config.json` or
/// `~/.docker/config.json`. Within a file: the registry's own helper, the default helper, then the file's own entries;
/// of several keys the one that matches most of the repository's name.
/// Sources: containers-auth.json(5), https://docs.docker.com/reference/cli/docker/login/#credential-stores
struct CredentialStore: Sendable {
  let reference: Reference
  /// Files of the same form to look into after the others.
  var further: [String] = []

  /// nil if there is no login. Throws ``RegistryError`` for a file that cannot be read or a helper that fails.
  func find() throws -> Credential? {
    for path in CredentialStore.files + further where Files.exists(path) {
      let config: JSON
      do { config = try JSON(parsing: try Files.read(path, limit: 4 << 20)) } catch let error as JSONError {
        throw RegistryError.credentials(path: path, reason: "it is not JSON: column \(error.column): \(error.reason)")
      }
      guard config.object != nil else { throw RegistryError.credentials(path: path, reason: "it is not a JSON object") }
      if let credential = try find(in: config, path: path) { return credential }
    }
    return nil
  }

  /// Whether ``find()`` has a login in a file or a helper to ask; starts no helper.
  func knows() throws -> Bool {
    for path in CredentialStore.files + further where Files.exists(path) {
      guard let config = try? JSON(parsing: try Files.read(path, limit: 4 << 20)) else { return try find() != nil }
      // docker login leaves an empty entry beside a helper.
      let isEmptyOne = config["credsStore"]?.string?.isEmpty == false
      let logins = (config["auths"]?.object ?? []).filter { entry in
        isEmptyOne || ["auth", "identitytoken", "username"].contains { entry.value[$0]?.string?.isEmpty == false }
      }
      if bestMatch((logins + (config["credHelpers"]?.object ?? [])).map { ($0.name, true) }) != nil { return true }
    }
    return false
  }

  static var files: [String] {
    if let file = environmentVariable("REGISTRY_AUTH_FILE") { return [file] + docker }
    let home = environmentVariable("HOME")
    let runtime = environmentVariable("XDG_RUNTIME_DIR") ?? "/run/containers/\(getuid())"
    let config = environmentVariable("XDG_CONFIG_HOME") ?? home.map { $0 + "/.config" }
    return [environmentVariable("XDG_RUNTIME_DIR") == nil ? "\(runtime)/auth.json" : "\(runtime)/containers/auth.json"]
      + (config.map { ["\($0)/containers/auth.json"] } ?? []) + docker
  }

  private static var docker: [String] {
    if let directory = environmentVariable("DOCKER_CONFIG") { return ["\(directory)/config.json"] }
    return environmentVariable("HOME").map { ["\($0)/.docker/config.json"] } ?? []
  }

  private func find(in config: JSON, path: String) throws -> Credential? {
    let helpers = (config["credHelpers"]?.object ?? []).compactMap { member in
      member.value.string.map { (member.name, $0) }
    }
    if let (_, helper) = bestMatch(helpers), let credential = try ask(helper) { return credential }
    let entries = (config["auths"]?.object ?? []).filter { entry in
      ["auth", "identitytoken", "username"].contains { entry.value[$0]?.string?.isEmpty == false }
    }
    let stored = try bestMatch(entries.map { ($0.name, $0.value) }).flatMap { try read($0.1, key: $0.0, path: path) }
    if let store = config["credsStore"]?.string, !store.isEmpty {
      // A configuration copied from another machine may name a helper that is not installed here.
      if stored != nil, Child.find("docker-credential-\(store)") == nil { return stored }
      if let credential = try ask(store) { return credential }
    }
    return stored
  }

  /// The entry whose key matches most of the repository's name: `ghcr.io/me/web` before `ghcr.io/me` before `ghcr.io`.
  func bestMatch<T>(_ entries: [(String, T)]) -> (String, T)? {
    let name = reference.name
    var best: (length: Int, entry: (String, T))?
    for entry in entries {
      let key = CredentialStore.normalized(entry.0)
      guard name == key || name.hasPrefix(key + "/") else { continue }
      if best.map({ key.utf8.count > $0.length }) ?? true { best = (key.utf8.count, entry) }
    }
    return best?.entry
  }

  /// The host of a key: `https://index.docker.io/v1/` is `docker.io`.
  static func normalized(_ key: String) -> String {
    var text = key[...]
    for scheme in ["https://", "http://"] where text.hasPrefix(scheme) { text = text.dropFirst(scheme.count) }
    while text.hasSuffix("/") { text = text.dropLast() }
    for version in ["/v1", "/v2"] where text.hasSuffix(version) { text = text.dropLast(version.count) }
    var parts = text.split(separator: "/", maxSplits: 1).map(String.init)
    guard var host = parts.first?.lowercased() else { return "" }
    if ["index.docker.io", "registry-1.docker.io", "registry.hub.docker.com"].contains(host) { host = "docker.io" }
    parts[0] = host
    return parts.joined(separator: "/")
  }

  private func read(_ entry: JSON, key: String, path: String) throws -> Credential? {
    func fail(_ reason: String) -> RegistryError { .credentials(path: path, reason: "the entry '\(key)' \(reason)") }
    if let token = entry["identitytoken"]?.string, !token.isEmpty { return .identityToken(token) }
    if let user = entry["username"]?.string, !user.isEmpty, let password = entry["password"]?.string {
      return try checked(.password(user: user, password: password)) { fail($0) }
    }
    guard let auth = entry["auth"]?.string, !auth.isEmpty else { return nil }
    guard let bytes = Base64.decode(auth), let colon = bytes.firstIndex(of: UInt8(ascii: ":")) else {
      throw fail("has an 'auth' that is not base64 of USER:PASSWORD")
    }
    // Docker pads passwords with zero bytes.
    let password = bytes[(colon + 1)...].reversed().drop { $0 == 0 }.reversed()
    let credential = Credential.password(
      user: String(decoding: bytes[..<colon], as: UTF8.self), password: String(decoding: password, as: UTF8.self))
    return try checked(credential) { fail($0) }
  }

  private func checked(_ credential: Credential, _ fail: (String) -> RegistryError) throws -> Credential {
    if case let .password(user, _) = credential, user.contains(":") { throw fail("has a ':' in the user's name") }
    return credential
  }

  /// Asks a credential helper by Docker's protocol: the server's name on its standard input, JSON on its standard
  /// output.
  private func ask(_ helper: String) throws -> Credential? {
    guard !helper.isEmpty, helper.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "/") }) else {
      throw RegistryError.helper(
        "docker-credential-\(helper)", registry: reference.registry, reason: "that is not a program name")
    }
    let program = "docker-credential-\(helper)"
    let server = reference.registry == "docker.io" ? "https://index.docker.io/v1/" : reference.registry
    let result = try Child.run([program, "get"], input: Array(server.utf8) + [0x0A], output: .capture, errors: .capture)
    guard result.succeeded else {
      // The protocol's answer for no login; it is written to standard output.
      if result.outputText.lowercased().contains("credentials not found") { return nil }
      throw RegistryError.helper(program, registry: reference.registry, reason: "it exited \(result.status)")
    }
    guard let answer = try? JSON(parsing: result.output), let user = answer["Username"]?.string,
      let secret = answer["Secret"]?.string
    else {
      throw RegistryError.helper(
        program, registry: reference.registry, reason: "its answer is not JSON with 'Username' and 'Secret'")
    }
    if user == "<token>" { return .identityToken(secret) }
    return user.isEmpty && secret.isEmpty ? nil : .password(user: user, password: secret)
  }
}

import Command
import Glibc
import Records
import Settings
import Watching

/// Checks that the draft home exists, is writable and has space.
func checkHome(_ home: Home) -> Doctor.Check {
  guard Files.isDirectory(home.path) else {
    return .init(
      "home", .warning, "'\(home.path)' does not exist yet",
      hint: "'draft init' creates it; so does the first command that needs it")
  }
  guard access(home.path, W_OK | X_OK) == 0 else {
    return .init("home", .failure, "'\(home.path)' is not writable", hint: "change its owner, or set DRAFT_HOME")
  }
  var space = statvfs()
  guard statvfs(home.path, &space) == 0 else { return .init("home", .ok, "'\(home.path)'") }
  // A file system may report any number.
  let (bytes, isMore) = UInt64(space.f_bavail).multipliedReportingOverflow(by: UInt64(space.f_frsize))
  let free = Int((isMore ? UInt64.max : bytes) >> 20)
  let hint = "make room: '\(home.path)/cache' may be deleted at any time"
  if free < 100 { return .init("home", .failure, "'\(home.path)' has \(free) MiB left", hint: hint) }
  if free < 2048 { return .init("home", .warning, "'\(home.path)' has \(free) MiB left", hint: hint) }
  return .init("home", .ok, "'\(home.path)', with \(free / 1024) GiB left")
}

func checkBuilder(_ settings: Settings) -> Doctor.Check {
  let name = settings.builder, isOurs = ["buildah", "podman", "docker"].contains(name)
  do { try requireBuilder(settings) } catch {
    let hint = isOurs ? (error as? any Diagnosis)?.hint : "install it, or set 'builder' to buildah, docker or podman"
    return .init("builder", .failure, sentence(error), hint: hint)
  }
  guard isOurs else { return .init("builder", .ok, "draft-builder-\(name)") }
  // The version that docker needs is its daemon's: without one it cannot build.
  let words = name == "docker" ? ["version", "--format={{.Server.Version}}"] : ["--version"]
  guard let result = try? Child.run([name] + words, output: .capture, errors: .capture), result.succeeded else {
    return .init(
      "builder", .failure, "'\(name)' cannot be used",
      hint: name == "docker" ? "start its daemon, and join the group docker" : "see '\(name) info'")
  }
  let version = result.outputText.split(whereSeparator: \.isWhitespace).first { $0.first?.isNumber == true } ?? ""
  return .init("builder", .ok, "\(name) \(version)")
}

/// Rootless containers need subordinate user ids; nil if none are needed.
func checkSubordinateIDs(_ settings: Settings) -> Doctor.Check? {
  guard settings.builder != "docker", geteuid() != 0 else { return nil }
  let user = getpwuid(geteuid()).map { String(cString: $0.pointee.pw_name) } ?? ""
  let files = ["/etc/subuid", "/etc/subgid"].map { (path: $0, text: (try? Files.readText($0)) ?? "") }
  // Use a free range: users that share ids can read each other's files.
  let first = files.map { firstFreeID(in: $0.text) }.max() ?? 100_000
  let hint =
    "as root: usermod --add-subuids \(first)-\(first + 65_535) --add-subgids \(first)-\(first + 65_535) "
    + "\(user.shellWord)"
  for (file, text) in files where subordinateIDs(of: [user, String(geteuid())], in: text) < 65_536 {
    return .init(
      "subuid", .failure, "user '\(user)' has fewer than 65536 ids of '\(file)' for rootless containers", hint: hint)
  }
  for program in ["newuidmap", "newgidmap"] where Child.find(program) == nil {
    return .init("subuid", .failure, "cannot find '\(program)' on PATH", hint: "install it: apt install uidmap")
  }
  return .init("subuid", .ok, "user '\(user)' has ids for rootless containers")
}

/// How many ids a file in the format of subuid(5) gives a user, listed by name or by number.
func subordinateIDs(of names: [String], in text: String) -> Int {
  text.lines.reduce(0) { sum, line in
    let parts = line.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 3, names.contains(String(parts[0])), let count = UInt32(parts[2]) else { return sum }
    return sum + Int(count)
  }
}

/// The first id above all ranges in a file in the format of subuid(5); at least 100000, where such ids begin.
func firstFreeID(in text: String) -> Int {
  text.lines.reduce(100_000) { free, line in
    let parts = line.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 3, let start = UInt32(parts[1]), let count = UInt32(parts[2]) else { return free }
    return max(free, Int(start) + Int(count))
  }
}

func checkGit() -> Doctor.Check {
  guard Child.find("git") != nil else {
    return .init(
      "git", .warning, "cannot find 'git' on PATH",
      hint: "install it: apt install git; draft-init clones packs and plugins with it")
  }
  let result = try? Child.run(["git", "--version"], output: .capture, errors: .discard)
  return .init(
    "git", .ok,
    String(result?.outputText.split(whereSeparator: \.isWhitespace).first { $0.first?.isNumber == true } ?? ""))
}

/// gpg signs and checks charts. Its keys are read without its agent, which would be started.
func checkGPG() -> Doctor.Check {
  guard Child.find("gpg") != nil else {
    return .init(
      "gpg", .warning, "cannot find 'gpg' on PATH", hint: "install it: apt install gnupg; it signs and verifies charts")
  }
  let version = try? Child.run(["gpg", "--batch", "--version"], output: .capture, errors: .discard)
  guard let version, version.succeeded else {
    return .init("gpg", .failure, "does not print its version", hint: "see what 'gpg --version' says")
  }
  let number = version.outputText.lines.first?.split(separator: " ").last.map(String.init) ?? ""
  let directory = environmentVariable("GNUPGHOME") ?? (environmentVariable("HOME") ?? "") + "/.gnupg"
  var status = stat()
  // gpg would make it.
  guard stat(directory, &status) == 0 else { return .init("gpg", .ok, "\(number), and no keys") }
  if status.st_mode & 0o077 != 0 {
    return .init("gpg", .warning, "others may look into '\(directory)'", hint: "chmod 700 \(directory.shellWord)")
  }
  let listed = try? Child.run(
    ["gpg", "--batch", "--no-autostart", "--with-colons", "--with-keygrip", "--list-keys"], output: .capture,
    errors: .capture)
  guard let listed, listed.succeeded else {
    return .init("gpg", .failure, "cannot list its keys", hint: "see what 'gpg --list-keys' says")
  }
  let keys = signingKeys(in: listed.outputText) { Files.exists("\(directory)/private-keys-v1.d/\($0).key") }
  if let expired = keys.first(where: { $0.isExpired }) {
    return .init(
      "gpg", .warning, "the key '\(expired.fingerprint)' has expired",
      hint: "try 'gpg --quick-set-expire \(expired.fingerprint) 1y'")
  }
  return .init("gpg", .ok, "\(number), with \(keys.count == 1 ? "1 key" : "\(keys.count) keys") to sign with")
}

/// The keys that have a secret half, in what `gpg --with-colons --with-keygrip --list-keys` prints:
/// https://github.com/gpg/gnupg/blob/master/doc/DETAILS
/// - Parameter hasSecret: whether there is one for a keygrip.
func signingKeys(in text: String, hasSecret: (String) -> Bool) -> [(fingerprint: String, isExpired: Bool)] {
  var keys: [(fingerprint: String, isExpired: Bool)] = [], fingerprint = "", isExpired = false, isPrimary = false
  for line in text.lines {
    let fields = line.split(separator: ":", omittingEmptySubsequences: false)
    guard let kind = fields.first, fields.count > 9 else { continue }
    switch kind {
    case "pub": (isPrimary, isExpired, fingerprint) = (true, fields[1] == "e", "")
    case "sub": isPrimary = false
    case "fpr" where isPrimary: fingerprint = String(fields[9])
    case "grp" where isPrimary && hasSecret(String(fields[9])): keys.append((fingerprint, isExpired))
    default: break
    }
  }
  return keys
}

/// Compares the inotify limits with the number of directories that draft-watch would watch.
func checkWatches(_ app: App?, _ settings: Settings, home: Home) -> [Doctor.Check] {
  func limit(_ name: String) -> Int? {
    (try? Files.readText("/proc/sys/fs/inotify/\(name)")).flatMap { Int($0.filter(\.isNumber)) }
  }
  guard let watches = limit("max_user_watches"), let instances = limit("max_user_instances") else { return [] }
  let directories: Int
  do { directories = try app.map { try directoriesToWatch($0, settings: settings, home: home.path) } ?? 0 } catch {
    let diagnosis = diagnosis(of: error)
    return [.init("watches", .failure, diagnosis.message, hint: diagnosis.hint)]
  }
  var checks: [Doctor.Check] = []
  if directories > watches / 2 || watches < 8192 {
    checks.append(
      .init(
        "watches", directories > watches ? .failure : .warning,
        "a user may watch \(watches) directories\(app.map { "; '\($0.name)' has \(directories)" } ?? "")",
        hint:
          "as root: sysctl fs.inotify.max_user_watches=\(max(524_288, directories * 2)), or name large directories in "
          + ".draftignore"
      ))
  }
  if instances < 64 {
    checks.append(
      .init(
        "watches", .warning, "a user may watch with \(instances) programs at once",
        hint: "as root: sysctl fs.inotify.max_user_instances=1024"))
  }
  return checks.isEmpty
    ? [
      .init(
        "watches", .ok,
        "a user may watch \(watches) directories\(app.map { "; '\($0.name)' has \(directories)" } ?? "")")
    ] : checks
}

import Command
import Glibc
import Records
import Settings

/// One step of setting up the draft home.
public enum InitStep: Equatable, Sendable {
  case directory(path: String)
  case config(path: String)
  case setting(key: String, text: String)
  case repository(InitFile.Source, path: String)
  case plugin(InitFile.Source, path: String, replacing: String?)

  /// The step in words: `clone 'https://…' into '…'`.
  public var text: String {
    func clone(_ source: InitFile.Source, _ path: String) -> String {
      "clone '\(source.url)'\(source.version.map { " at \($0)" } ?? "") into '\(path)'"
    }
    switch self {
    case .directory(let path): return "create the directory '\(path)'"
    case .config(let path): return "create '\(path)'"
    case let .setting(key, text): return "set \(key) = \(text)"
    case let .repository(source, path): return clone(source, path)
    case let .plugin(source, path, old): return clone(source, path) + (old.map { ", in place of version \($0)" } ?? "")
    }
  }
}

/// The steps to complete the draft home; empty if it is complete. Throws ``SettingsError`` for a broken config.toml.
public func missingFromHome(_ home: Home, file: InitFile?) throws -> [InitStep] {
  var steps: [InitStep] = ["packs", "plugins", "logs"].map { "\(home.path)/\($0)" }.filter { !Files.isDirectory($0) }
    .map { .directory(path: $0) }
  let config = "\(home.path)/\(Home.configName)"
  if !Files.exists(config) { steps.append(.config(path: config)) }
  guard let file else { return steps }
  // Keep a value that the user has set.
  for setting in file.settings where try Config.get(setting.key, home) == nil {
    steps.append(.setting(key: setting.key, text: setting.text))
  }
  for source in file.repositories {
    let path = "\(home.path)/packs/\(source.name)"
    if !Files.isDirectory(path + "/packs") { steps.append(.repository(source, path: path)) }
  }
  for source in file.plugins {
    let path = "\(home.path)/plugins/\(source.name)", there = Files.exists(path), version = pluginVersion(path)
    if there, source.version == nil || version == nil || plain(version) == plain(source.version) { continue }
    steps.append(.plugin(source, path: path, replacing: there ? version : nil))
  }
  return steps
}

/// Performs one step. Throws ``InitError``.
public func perform(_ step: InitStep, home: Home, call: Call) throws {
  switch step {
  case .directory(let path): try Files.makeDirectories(path, mode: 0o700)
  case .config(let path):
    let text = "# Settings of all applications; 'draft config' changes them, draft-toml(5) lists them.\n"
    // If another process has just created the file, keep that one.
    do { try Files.write(Array(text.utf8), to: path, mode: 0o600, replacing: false) } catch let error as SystemError
      where error.number == EEXIST
    {}
  case let .setting(key, text): try Config.set(key, to: text, home, call)
  case let .repository(source, path):
    try clone(source, to: path, call) { directory in
      if !Files.isDirectory(directory + "/packs") { throw InitError.noPacks(url: source.url) }
    }
  case let .plugin(source, path, _):
    try clone(source, to: path, call) { directory in
      if access("\(directory)/draft-\(source.name)", X_OK) != 0 {
        call.warn(
          "plugin '\(source.name)' has no program 'draft-\(source.name)', and cannot be run; see draft-plugins(7)")
      }
    }
  }
}

/// `v1.0` and `1.0` are the same version.
private func plain(_ version: String?) -> Substring? { version.map { $0.hasPrefix("v") ? $0.dropFirst() : $0[...] } }

/// The `version` in a plugin.yaml, parsed as the dispatcher does.
private func pluginVersion(_ path: String) -> String? {
  for line in ((try? Files.readText(path + "/plugin.yaml", limit: 1 << 20)) ?? "").lines
  where line.hasPrefix("version:") {
    return String(line.dropFirst(8).filter { $0 != "\"" && $0 != "'" && $0 != " " })
  }
  return nil
}

/// Clones to a temporary directory and renames it: a repository is there complete or not at all.
private func clone(_ source: InitFile.Source, to path: String, _ call: Call, check: (String) throws -> Void) throws {
  let slash = path.lastIndex(of: "/") ?? path.startIndex, parent = String(path[..<slash])
  try Files.makeDirectories(parent, mode: 0o700)
  Temporary.sweep(in: parent)
  let temporary = try Temporary.directory(in: parent)
  defer { Temporary.remove(temporary) }
  let target = temporary + "/clone"
  // The version of a tag is often given without its `v`.
  let versions: [String?] = source.version.map { [$0, "v\($0)"] } ?? [nil]
  var said = ""
  for version in versions where !Files.exists(target) {
    let argv =
      ["git", "clone", "--quiet", "--depth=1"] + (version.map { ["--branch=\($0)"] } ?? []) + ["--", source.url, target]
    call.debug(argv.joined(separator: " "))
    let result = try Child.run(argv, output: .discard, errors: .capture, environment: ["GIT_TERMINAL_PROMPT": "0"])
    if result.succeeded { break }
    removeTree(target)
    if said.isEmpty { said = reason(result.errorText) }
  }
  guard Files.isDirectory(target) else { throw InitError.git(url: source.url, said: said) }
  try check(target)
  if Files.exists(path) {
    guard Files.isDirectory(path), rename(path, temporary + "/old") == 0 else { throw InitError.occupied(path: path) }
  }
  guard rename(target, path) == 0 else { throw SystemError("cannot create '\(path)'", errno, code: .cannotCreate) }
}

/// The first line that git calls fatal.
private func reason(_ errors: String) -> String {
  let lines = errors.lines.map(String.init)
  guard let line = lines.first(where: { $0.hasPrefix("fatal: ") }) ?? lines.last else { return "git did not say why" }
  return line.hasPrefix("fatal: ") ? String(line.dropFirst(7)) : line
}

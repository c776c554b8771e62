import CSystem
import Command
import Glibc
import Records
import Settings

/// Writes the files an application is missing, from a pack. Never changes or replaces a file, even one created
/// meanwhile. A killed run leaves only complete files and a directory `.draft-scaffold-…`, which the next run removes.
/// - Parameters:
///   - pack: nil for an application with both Dockerfile and chart.
///   - language: the result of detection; nil keeps the pack's port, version and command.
///   - dryRun: writes nothing, and prints what would be written.
public func scaffold(
  _ app: App, pack: PackChoice?, language: Language?, settings: Settings, dryRun: Bool = false, call: Call
) throws -> Scaffold {
  let pack = try pack.map(Pack.init)
  let namespace = try settings.saidNamespace(app, call: call)
  if dryRun {
    let plan = try ScaffoldPlan(app, pack: pack, language: language, settings: settings, namespace: namespace)
    let scaffold = Scaffold(created: plan.paths, kept: plan.kept.sorted(), dryRun: true)
    plan.tell(scaffold, call)
    return scaffold
  }
  let writer = try ScaffoldWriter(app.dir)
  // Planned under the lock, so that it sees what a concurrent scaffold of this application has written.
  let plan = try ScaffoldPlan(app, pack: pack, language: language, settings: settings, namespace: namespace)
  let scaffold = plan.paths.isEmpty ? Scaffold(created: [], kept: plan.kept.sorted()) : try writer.write(plan)
  plan.tell(scaffold, call)
  return scaffold
}

/// Trusts the user who creates a draft.toml as its author, so that they are not asked about later changes. What was
/// already in the directory, such as tasks or a chart, may have another author.
public func trustAuthor(of scaffold: Scaffold, _ app: App, home: Home, call: Call) {
  guard scaffold.created.contains("draft.toml") else { return }
  var kinds: [Trust.Kind] = [.context]
  let tasks = scaffold.kept.contains(TaskFile.name) ? (try? TaskFile(directory: app.dir))?.findings : []
  if tasks?.isEmpty == true { kinds.append(.tasks) }
  if scaffold.created.contains(where: { $0.hasSuffix("/Chart.yaml") }) { kinds.append(.chart) }
  do { try Trust(home: home).allow([], kinds: kinds, in: app.dir) } catch {
    call.warn("cannot record that you created '\(app.dir)/draft.toml': \(sentence(error))")
  }
}

/// Writes the files; holds a lock on the application's directory for its lifetime.
private final class ScaffoldWriter {
  private let directory: String
  private let lock: OpenFile
  private static let prefix = ".draft-scaffold-"

  init(_ directory: String) throws {
    self.directory = directory
    // Lock the directory itself: that leaves no file behind, and works in a read-only directory.
    lock = try OpenFile(directory, O_RDONLY | O_DIRECTORY) { SystemError("cannot open directory '\(directory)'", $0) }
    try? lock.lock(LOCK_EX)
    for name in try Files.list(directory) where name.hasPrefix(ScaffoldWriter.prefix) {
      removeTree("\(directory)/\(name)")
    }
  }

  func write(_ plan: ScaffoldPlan) throws -> Scaffold {
    let stage = try stagingDirectory()
    defer { Temporary.remove(stage) }
    for item in plan.chartFiles { try put(item, below: "\(stage)/chart") }
    for item in plan.files { try put(item, below: "\(stage)/files") }

    var created: [String] = [], kept = plan.kept
    if let chart = plan.chart {
      guard try move("\(stage)/chart", to: chart) else { throw PackError.occupied(path: chart) }
      created += plan.chartFiles.map { "\(chart)/\($0.path)" }
    }
    for item in plan.files {
      if try move("\(stage)/files/\(item.path)", to: item.path) {
        created.append(item.path)
      } else {
        kept.append(item.path)
      }
    }
    return Scaffold(created: created, kept: kept.sorted())
  }

  private func stagingDirectory() throws -> String {
    var template = Array("\(directory)/\(ScaffoldWriter.prefix)XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else {
      let number = errno
      throw SystemError(
        "cannot write in '\(directory)'", number,
        code: [EACCES, EPERM].contains(number) ? .noPermission : .cannotCreate,
        hint: number == ENOSPC
          ? "make room on the disk" : "make the directory writable, or see what would be written with --dry-run")
    }
    let name = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    Temporary.register(name)
    return name
  }

  private func put(_ item: ScaffoldPlan.Item, below root: String) throws {
    let path = "\(root)/\(item.path)"
    try Files.makeDirectories(ScaffoldWriter.parent(path))
    let file = try OpenFile(path, O_WRONLY | O_CREAT | O_EXCL, mode: item.mode | 0o600) {
      SystemError("cannot create '\(item.path)'", $0, code: .cannotCreate)
    }
    do { try file.write(item.bytes) } catch {
      throw SystemError("cannot write '\(item.path)'", error.number, code: .cannotCreate)
    }
  }

  /// Renames into place; false if the path exists.
  private func move(_ from: String, to path: String) throws -> Bool {
    let target = "\(directory)/\(path)", parent = ScaffoldWriter.parent(target)
    // Check existing parent directories from the top before creating anything in them.
    var checked = directory
    for part in path.utf8.split(separator: UInt8(ascii: "/")).dropLast() {
      checked += "/\(Substring(part))"
      guard AppFiles.exists(checked) else { break }
      guard let real = try? Files.resolve(checked), Files.relative(real, to: directory) != nil else {
        throw PackError.outside(path: path)
      }
    }
    try Files.makeDirectories(parent)
    if csystem_rename_noreplace(from, target) == 0 { return true }
    var number = errno
    if number == EINVAL || number == ENOSYS {
      // Without RENAME_NOREPLACE: link(2) is just as exclusive, and a directory replaces only an empty one.
      if link(from, target) == 0 { return true }
      number = errno
      if number == EPERM, rename(from, target) == 0 { return true }
    }
    if number == EEXIST || number == ENOTEMPTY { return false }
    throw SystemError(
      "cannot create '\(path)'", number, code: [EACCES, EPERM].contains(number) ? .noPermission : .cannotCreate)
  }

  private static func parent(_ path: String) -> String { path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "." }
}

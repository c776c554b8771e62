import Archives
import Command
import Glibc
import OCI
import Records
import Settings

/// The media types of draft-pack's output.
public enum MediaType {
  /// A build context. Uncompressed: builders unpack it on this machine, and gzip is slower than the disk.
  public static let context = "application/vnd.draft.context.v1.tar"
  /// A large context in parts, see ``Records/Payload/parts()``.
  public static let contextIndex = "application/vnd.draft.context.v1+json"
  public static let contextGzip = "application/vnd.draft.context.v1.tar+gzip"
  /// A chart, as Helm stores it in registries: https://helm.sh/docs/topics/registries/
  public static let chart = "application/vnd.cncf.helm.chart.content.v1.tar+gzip"
}

/// Packs the build context of an application into a tarball in the draft home.
/// - Parameter call: receives warnings; nil drops them.
/// - Throws: ``ArchiveError``; leaves no partial file.
public func packContext(_ app: App, settings: Settings, home: Home, call: Call? = nil) throws -> Context {
  // A context packed by another tool is used only together with its chart.
  if let ready = settings.buildTar, settings.chartTar != nil {
    return try readyContext(ready, app: app, settings: settings, home: home)
  }
  return try packDirectory(app, settings: settings, home: home) { call?.warn($0) }
}

/// Packs the directory without what the ignore file excludes, but always with the Dockerfile and the ignore file.
private func packDirectory(_ app: App, settings: Settings, home: Home, warn: (String) -> Void) throws -> Context {
  let dockerfile = PathBytes.cleaned(Array(settings.dockerfile.utf8))
  let name = PathBytes.text(dockerfile)
  let path = app.dir + "/" + name
  guard !settings.dockerfile.hasPrefix("/") else {
    throw ArchiveError.outside(setting: "dockerfile", path: name, directory: app.dir)
  }
  var status = stat()
  guard stat(path, &status) == 0, status.st_mode & S_IFMT == Glibc.S_IFREG else {
    throw ArchiveError.noDockerfile(name: name, directory: app.dir)
  }
  // If the Dockerfile is a link, its target has to be sent too.
  let resolved = try confined("dockerfile", name, in: app.dir)

  let (ignore, ignoreFile) = try ignoreRules(app.dir, dockerfile: name)
  let always = [dockerfile, Array(resolved.utf8)] + (ignoreFile.map { [Array($0.utf8)] } ?? [])
  let seconds = try SourceDate.seconds(), now = time(nil)

  let key = "\(app.dir)\0\(name)\0\(seconds.map(String.init) ?? "own")", cache = try TarballCache.contexts(home)
  let known = cache.remembered(key: key)
  let walk = ContextWalk(root: app.dir, ignore: ignore, always: always)
  let survey = TreeSurvey(root: app.dir, old: known?.list ?? TreeList(), gone: known?.packed.gone ?? Gone(), now: now)
  try walk.run(survey)
  survey.finish()
  walk.warnings.forEach(warn)
  var list = survey.list
  if let known, known.isWhole, !survey.hasChanged {
    if survey.hasSettled { cache.remember(key: key, known.packed, list) }
    return context(known.packed, dockerfile: name)
  }

  // Keep the parts in which nothing has changed, if they exist and the division is the same.
  let division = Division(list.bytes, limit: Division.limit)
  let old = known.flatMap { $0.packed.division == division ? $0.packed.parts : nil } ?? [:]
  let writer = PartWriter(cache: cache, root: app.dir, seconds: seconds, now: now, division: division, old: old)
  var wanted = Set(list.entries.map(writer.part).filter { old[$0] == nil })
  if division.count == 1 {
    wanted = [0]
  } else {
    if survey.frameChanged { wanted.insert(0) }
    for file in survey.changed { wanted.insert(1 + division.part(file.place, size: file.size)) }
  }
  var packed = TarballCache.Packed(
    result: Tarball.Result(path: "", digest: "", size: 0, isNew: false), parts: old, division: division, tree: "",
    files: 0,
    gone: survey.gone)
  for number in wanted { packed.parts[number] = nil }
  packed.parts.merge(try writer.write(&list, wanted)) { $1 }
  packed.result =
    try division.count == 1 ? packed.parts[0]! : cache.index(packed.parts.sorted { $0.key < $1.key }.map(\.value))
  (packed.tree, packed.files) = list.digest()
  cache.remember(key: key, packed, list)
  cache.tidy()
  let made = context(packed, dockerfile: name)
  try TreeNotes(home).write(made.tree, files: made.files, of: made.payload)
  return made
}

private func context(_ packed: TarballCache.Packed, dockerfile: String) -> Context {
  let result = packed.result
  let payload = Payload(
    path: result.path, mediaType: packed.division.count == 1 ? MediaType.context : MediaType.contextIndex,
    digest: result.digest, size: result.size)
  return Context(payload: payload, tree: packed.tree, files: packed.files, dockerfile: dockerfile)
}

extension TarballCache {
  /// Writes the index of a context's parts.
  fileprivate func index(_ parts: [Tarball.Result]) throws -> Tarball.Result {
    let json = JSON.members([
      "parts": .array(parts.map { .members(["digest": .string($0.digest), "size": .integer($0.size)]) })
    ])
    let bytes = json.bytes + [0x0A], digest = SHA256.digest(bytes), path = path(digest, ".json")
    do { try Files.write(bytes, to: path, mode: 0o600, durable: false) } catch let error as SystemError {
      throw ArchiveError.cannotWrite(path: path, errno: error.number)
    }
    return Tarball.Result(path: path, digest: digest, size: bytes.count, isNew: true)
  }
}

/// The rules of `<Dockerfile>.dockerignore` if it exists, as in BuildKit, else of `.dockerignore`.
package func ignoreRules(_ directory: String, dockerfile: String) throws -> (DockerIgnore, name: String?) {
  for name in [dockerfile + ".dockerignore", ".dockerignore"] {
    let path = directory + "/" + name
    guard Files.exists(path) else { continue }
    do { return (try DockerIgnore(try Files.read(path, limit: 4 << 20), path: path), name) } catch let error
      as SystemError
    {
      throw ArchiveError.unreadable(path: path, errno: error.number)
    }
  }
  return (try DockerIgnore([], path: ""), nil)
}

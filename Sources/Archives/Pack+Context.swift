import Command
import Glibc
import Records
import Settings

/// The media types of what draft-pack makes.
public enum MediaType {
  /// A build context. Uncompressed: every builder unpacks it on this machine, and gzip takes longer than the disk does.
  public static let context = "application/vnd.draft.context.v1.tar"
  public static let contextGzip = "application/vnd.draft.context.v1.tar+gzip"
  /// A chart as Helm keeps it in registries: https://helm.sh/docs/topics/registries/
  public static let chart = "application/vnd.cncf.helm.chart.content.v1.tar+gzip"
}

/// The context: everything in the directory but what the ignore file says; the Dockerfile and that file always.
func packContext(_ app: App, settings: Settings, home: Home, warn: (String) -> Void) throws -> Context {
  let dockerfile = PathBytes.cleaned(Array(settings.dockerfile.utf8))
  let name = PathBytes.text(dockerfile)
  let path = app.dir + "/" + name
  guard !settings.dockerfile.hasPrefix("/") else { throw ArchiveError.outside(setting: "dockerfile", path: name, directory: app.dir) }
  var status = stat()
  guard stat(path, &status) == 0, status.st_mode & S_IFMT == Glibc.S_IFREG else {
    throw ArchiveError.noDockerfile(name: name, directory: app.dir)
  }
  // Behind a link, the file it leads to has to be sent with it.
  let resolved = try confined("dockerfile", name, in: app.dir)

  let (ignore, ignoreFile) = try ignoreRules(app.dir, dockerfile: name)
  let always = [dockerfile, Array(resolved.utf8)] + (ignoreFile.map { [Array($0.utf8)] } ?? [])
  let seconds = try SourceDate.seconds(or: SourceDate.context)

  let key = "\(app.dir)\0\(name)\0\(seconds)", cache = try TarballCache.contexts(home)
  let walk = ContextWalk(root: app.dir, ignore: ignore, always: always)
  let now = time(nil)
  if let known = cache.remembered(key: key, file: ".tar"), let comparison = same(walk, as: known.memory, root: app.dir, now: now) {
    walk.warnings.forEach(warn)
    if !comparison.settled.isEmpty { cache.remember(key: key, known.result, known.facts, TreeMemory(known.memory, settled: comparison.settled)) }
    return context(known.result, known.facts, dockerfile: name)
  }

  var facts = TarballCache.Facts(tree: "", files: 0)
  var memory = TreeMemory(now: now)
  let result = try cache.store(key: key, file: ".tar") { tarball in
    let writer = try TarWriter(seconds: seconds, gzip: false) { try tarball.write($0) }
    let contents = ContextWriter(root: app.dir, writer: writer, now: now)
    try walk.run(contents)
    try writer.finish()
    var tree = contents.tree
    facts = TarballCache.Facts(tree: tree.finish(), files: tree.count)
    memory = contents.memory
  }
  walk.warnings.forEach(warn)
  cache.remember(key: key, result, facts, memory)
  return context(result, facts, dockerfile: name)
}

private func context(_ result: Tarball.Result, _ facts: TarballCache.Facts, dockerfile: String) -> Context {
  let payload = Payload(path: result.path, mediaType: MediaType.context, digest: result.digest, size: result.size)
  return Context(payload: payload, tree: facts.tree, files: facts.files, dockerfile: dockerfile)
}

/// The comparison, if the tree still looks as it did when it was packed. What cannot be read now is left to the packing, which
/// says so.
private func same(_ walk: ContextWalk, as memory: ArraySlice<UInt8>, root: String, now: Int) -> TreeComparison? {
  let comparison = TreeComparison(root: root, memory: memory, now: now)
  do { try walk.run(comparison) } catch { return nil }
  return comparison.isAtEnd ? comparison : nil
}

/// `<Dockerfile>.dockerignore` where there is one, as BuildKit has it, else `.dockerignore`.
private func ignoreRules(_ directory: String, dockerfile: String) throws -> (DockerIgnore, name: String?) {
  for name in [dockerfile + ".dockerignore", ".dockerignore"] {
    let path = directory + "/" + name
    guard Files.exists(path) else { continue }
    do { return (try DockerIgnore(try Files.read(path, limit: 4 << 20), path: path), name) } catch let error as SystemError {
      throw ArchiveError.unreadable(path: path, errno: error.number)
    }
  }
  return (try DockerIgnore([], path: ""), nil)
}

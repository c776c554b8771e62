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
func packContext(_ app: App, settings: Settings, home: Home, warn: @escaping (String) -> Void) throws -> Context {
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

  var tree = TreeDigest()
  let result = try TarballCache.contexts(home).store(key: "\(app.dir)\0\(name)\0\(seconds)", file: ".tar") { tarball in
    let writer = try TarWriter(seconds: seconds, gzip: false) { try tarball.write($0) }
    let walk = ContextWriter(root: app.dir, ignore: ignore, always: always, writer: writer, warn: warn)
    try walk.run()
    try writer.finish()
    tree = walk.tree
  }
  let files = tree.count
  return Context(
    payload: Payload(path: result.path, mediaType: MediaType.context, digest: result.digest, size: result.size), tree: tree.finish(), files: files,
    dockerfile: name)
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

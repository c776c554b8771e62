import Archives
import Command
import Glibc
import Records
import Settings

/// The context that `build-tar` names, packed by another tool. Reads it once, for its digest and its tree's.
func readyContext(_ name: String, app: App, settings: Settings, home: Home) throws -> Context {
  let path = app.dir + "/" + (try confined("build-tar", name, in: app.dir))
  let dockerfile = PathBytes.cleaned(Array(settings.dockerfile.utf8))
  let file = try openTarball(path) { .unreadable(path: path, errno: $0) }
  let reader = try TarReader(descriptor: file.descriptor, name: path)
  var contents = TarContents()
  try contents.add(reader, archive: name)
  let (digest, size) = reader.finish()
  guard contents.has(dockerfile) else {
    throw ArchiveError.noDockerfile(name: PathBytes.text(dockerfile), directory: path)
  }
  let mediaType = isGzip(file) ? MediaType.contextGzip : MediaType.context
  let payload = Payload(path: path, mediaType: mediaType, digest: digest, size: size)
  let (tree, files) = contents.digest(of: payload)
  try TreeNotes(home).write(tree, files: files, of: payload)
  return Context(payload: payload, tree: tree, files: files, dockerfile: PathBytes.text(dockerfile))
}

private func isGzip(_ file: borrowing OpenFile) -> Bool {
  var magic: [UInt8] = [0, 0]
  let count = magic.withUnsafeMutableBytes { try? file.read(into: $0, at: 0) }
  return count == 2 && magic == [0x1F, 0x8B]
}

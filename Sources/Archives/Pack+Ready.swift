import Command
import Glibc
import Records
import Settings

/// `build-tar`: a context somebody else has packed. Read once, for its digest and its tree's.
func readyContext(_ name: String, app: App, settings: Settings) throws -> Context {
  let path = app.dir + "/" + (try confined("build-tar", name, in: app.dir))
  let dockerfile = PathBytes.cleaned(Array(settings.dockerfile.utf8))
  let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
  guard descriptor >= 0 else { throw ArchiveError.unreadable(path: path, errno: errno) }
  defer { close(descriptor) }
  let reader = try TarReader(descriptor: descriptor, name: path)
  // In an archive the entries are in any order; the digest wants its own.
  var entries: [[UInt8]: Entry] = [:]
  while let member = try reader.next() {
    let path = PathBytes.cleaned(member.path)
    if path.elementsEqual(".".utf8) { continue }
    switch member.kind {
    case .directory: entries[path] = .directory(member.mode)
    case .link(let target): entries[path] = .link(target)
    case .hardLink(let target): entries[path] = entries[PathBytes.cleaned(target)]
    case .file: entries[path] = .file(member.mode, try contentDigest(reader, size: member.size))
    case .other: throw ArchiveError.hostileMember(archive: name, member: PathBytes.text(path), reason: "it is a device, FIFO or socket")
    }
  }
  let (digest, size) = reader.finish()
  guard entries[dockerfile] != nil else { throw ArchiveError.noDockerfile(name: PathBytes.text(dockerfile), directory: path) }
  var tree = TreeDigest()
  for (path, entry) in entries.sorted(by: { TreeSurvey.precedes($0.key, $1.key) }) {
    switch entry {
    case .file(let mode, let content): tree.file(path, mode: UInt32(mode), content: content)
    case .directory(let mode): tree.directory(path, mode: UInt32(mode))
    case .link(let target): tree.link(path, to: target)
    }
  }
  let files = tree.count
  let mediaType = try isGzip(descriptor) ? MediaType.contextGzip : MediaType.context
  let payload = Payload(path: path, mediaType: mediaType, digest: digest, size: size)
  return Context(payload: payload, tree: tree.finish(), files: files, dockerfile: PathBytes.text(dockerfile))
}

/// `chart-tar`: a chart somebody else has packed.
func readyChart(_ name: String, app: App) throws -> Chart {
  let path = app.dir + "/" + (try confined("chart-tar", name, in: app.dir))
  let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
  guard descriptor >= 0 else { throw ArchiveError.unreadable(path: path, errno: errno) }
  defer { close(descriptor) }
  let reader = try TarReader(descriptor: descriptor, name: path)
  var chart: ChartFile?
  while let member = try reader.next() {
    let parts = member.path.split(separator: UInt8(ascii: "/"))
    guard parts.count == 2, parts[1].elementsEqual("Chart.yaml".utf8), member.size <= 5 << 20 else { continue }
    var bytes = [UInt8](repeating: 0, count: member.size)
    try reader.data { piece, offset in
      guard offset >= 0, offset + piece.count <= bytes.count else { throw ArchiveError.badArchive(path: path, reason: "a file is longer than it says") }
      bytes.replaceSubrange(offset..<(offset + piece.count), with: piece)
    }
    chart = try ChartFile(bytes, path: path + "/" + PathBytes.text(member.path))
  }
  guard let chart else { throw ArchiveError.badChart(file: path, line: 0, reason: "is no chart: it has no Chart.yaml") }
  let (digest, size) = reader.finish()
  let payload = Payload(path: path, mediaType: MediaType.chart, digest: digest, size: size)
  return Chart(payload: payload, name: chart.name, version: chart.version, appVersion: chart.appVersion)
}

private enum Entry { case file(mode_t, String), directory(mode_t), link([UInt8]) }

private func contentDigest(_ reader: TarReader, size: Int) throws -> String {
  var hash = SHA256()
  var done = 0
  let zeros = [UInt8](repeating: 0, count: 65_536)
  func fill(to end: Int) {
    while done < end {
      let count = min(zeros.count, end - done)
      zeros.withUnsafeBytes { hash.update(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
      done += count
    }
  }
  try reader.data { bytes, offset in
    fill(to: offset)
    hash.update(bytes)
    done = offset + bytes.count
  }
  fill(to: size)
  return hash.finish()
}

private func isGzip(_ descriptor: Int32) throws -> Bool {
  var magic: [UInt8] = [0, 0]
  return pread(descriptor, &magic, 2, 0) == 2 && magic == [0x1F, 0x8B]
}

import Archives
import Command
import Glibc

/// Writes a chart's files below a directory of the chart's name, as `helm package` does: no directory members, sorted,
/// links followed. A link that leads out of the application is refused: its target is not meant to be released.
struct ChartWriter {
  let chart: String
  let application: String
  let name: String
  let ignore: HelmIgnore
  let writer: TarWriter

  init(chart: String, within application: String, name: String, ignore: HelmIgnore, writer: TarWriter) {
    self.chart = chart
    self.application = application
    self.name = name
    self.ignore = ignore
    self.writer = writer
  }

  /// Reads a small file of a chart. Helm accepts no chart with a file of more than 5 MB.
  static func read(_ path: String) throws(ArchiveError) -> [UInt8] {
    do { return try Files.read(path, limit: 5 << 20) } catch let error as SystemError {
      throw error.number == EFBIG
        ? .badChart(file: path, line: 0, reason: "is longer than 5 MB") : .unreadable(path: path, errno: error.number)
    } catch { throw .unreadable(path: path, errno: EIO) }
  }

  func run() throws {
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 65_536, alignment: 16)
    defer { buffer.deallocate() }
    try add(directory: chart, relative: [], above: [chart], buffer)
  }

  private func add(directory path: String, relative: [UInt8], above: [String], _ buffer: UnsafeMutableRawBufferPointer)
    throws
  {
    let directory = try SourceDirectory(Array(path.utf8), in: AT_FDCWD, path: path)
    while let file = directory.next() {
      let relative = relative.isEmpty ? file : relative + [UInt8(ascii: "/")] + file
      guard let text = String(validating: file, as: UTF8.self) else {
        throw ArchiveError.notForChart(path: path + "/" + PathBytes.text(file), reason: "its name is not UTF-8")
      }
      let full = path + "/" + text
      var status = stat()
      guard lstat(full, &status) == 0 else { throw ArchiveError.vanished(path: full) }
      var source = full
      if status.st_mode & S_IFMT == Glibc.S_IFLNK {
        // Helm applies the rules to the target of the link.
        guard stat(full, &status) == 0 else {
          if ignore.ignores(relative, isDirectory: false) { continue }
          throw ArchiveError.notForChart(path: full, reason: "the link is broken")
        }
        source = try Files.resolve(full)
      }
      let isDirectory = status.st_mode & S_IFMT == Glibc.S_IFDIR
      if ignore.ignores(relative, isDirectory: isDirectory) { continue }
      guard Files.relative(source, to: application) != nil else {
        throw ArchiveError.notForChart(path: full, reason: "the link points outside '\(application)'")
      }
      if isDirectory {
        guard !above.contains(source) else {
          throw ArchiveError.notForChart(path: full, reason: "the link points to a parent directory")
        }
        try add(directory: source, relative: relative, above: above + [source], buffer)
      } else {
        guard status.st_mode & S_IFMT == Glibc.S_IFREG else {
          throw ArchiveError.notForChart(path: full, reason: "it is not a file or directory")
        }
        try add(file: source, relative: relative, buffer)
      }
    }
  }

  private func add(file path: String, relative: [UInt8], _ buffer: UnsafeMutableRawBufferPointer) throws {
    let file = try SourceFile(Array(path.utf8), in: AT_FDCWD, path: path)
    try writer.begin(Array(name.utf8) + [UInt8(ascii: "/")] + relative, .file(size: file.size), mode: 0o644)
    try file.read(by: buffer) { try writer.data($0) }
  }
}

import Archives
import YAML

/// The fields of a Chart.yaml that matter here: https://helm.sh/docs/topics/charts/#the-chartyaml-file
package struct ChartFile {
  var name: String
  var version: String
  /// Any text; it is never used in a path.
  var appVersion: String?

  /// - Parameter path: for errors.
  /// - Throws: ``ArchiveError`` and `YAMLError`.
  init(_ bytes: [UInt8], path: String) throws {
    let document: ChartDocument, metadata: ChartMetadata
    do {
      document = try ChartDocument(ChartEntry(name: "Chart.yaml", bytes: bytes), shown: path)
      metadata = try ChartMetadata(document, shown: path)
    } catch ChartError.bad(let file, let line, let reason) {
      throw ArchiveError.badChart(file: file, line: line, reason: reason)
    }
    let lines = (name: document.yaml["name"]?.start.line ?? 0, version: document.yaml["version"]?.start.line ?? 0)
    guard !metadata.name.isEmpty else {
      throw ArchiveError.badChart(file: path, line: lines.name, reason: "has no name")
    }
    guard !metadata.version.isEmpty else {
      throw ArchiveError.badChart(file: path, line: lines.version, reason: "has no version")
    }
    try self.init(
      name: metadata.name, nameLine: lines.name, version: metadata.version, versionLine: lines.version,
      path: path)
    appVersion = metadata.appVersion.isEmpty ? nil : metadata.appVersion
  }

  /// Both become part of a file name, and the name of a directory in the tarball.
  private init(name: String, nameLine: Int, version: String, versionLine: Int, path: String) throws(ArchiveError) {
    let isAlphanumeric = { (byte: UInt8) in (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte) }
    guard name.utf8.first.map(isAlphanumeric) == true, name.utf8.count <= 253,
      name.utf8.allSatisfy({ isAlphanumeric($0) || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: ".") })
    else {
      throw .badChart(
        file: path, line: nameLine, reason: "cannot be called '\(name)': use lower-case letters, digits, '-' and '.'")
    }
    let inVersion = Set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.+-".utf8)
    guard version.utf8.contains(where: { (0x30...0x39).contains($0) }), version.utf8.count <= 128,
      version.utf8.allSatisfy(inVersion.contains),
      version.utf8.first != UInt8(ascii: "-"), version.utf8.first != UInt8(ascii: ".")
    else {
      throw .badChart(
        file: path, line: versionLine, reason: "cannot have the version '\(version)': write it like 0.1.0")
    }
    self.name = name
    self.version = version
  }
}

/// What of a Chart.yaml matters here: https://helm.sh/docs/topics/charts/#the-chartyaml-file
struct ChartFile {
  var name: String
  var version: String

  /// - Parameter path: for the error.
  init(_ bytes: [UInt8], path: String) throws(ArchiveError) {
    func top(_ key: String) throws(ArchiveError) -> (String, Int) {
      for (index, line) in PathBytes.lines(bytes).enumerated() where line.starts(with: Array("\(key):".utf8)) {
        let text = PathBytes.text(PathBytes.trimmed(line.dropFirst(key.utf8.count + 1)))
        return (String(text.filter { $0 != "\"" && $0 != "'" }), index + 1)
      }
      throw .badChart(file: path, line: 0, reason: "says no \(key)")
    }
    let (name, nameLine) = try top("name"), (version, versionLine) = try top("version")
    try self.init(name: name, nameLine: nameLine, version: version, versionLine: versionLine, path: path)
  }

  /// Both become parts of a file name, and the name of a directory in the tarball.
  private init(name: String, nameLine: Int, version: String, versionLine: Int, path: String) throws(ArchiveError) {
    let isAlphanumeric = { (byte: UInt8) in (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte) }
    guard name.utf8.first.map(isAlphanumeric) == true, name.utf8.count <= 253,
      name.utf8.allSatisfy({ isAlphanumeric($0) || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: ".") })
    else { throw .badChart(file: path, line: nameLine, reason: "'\(name)' is no name for a chart: lower-case letters, digits, '-' and '.'") }
    let inVersion = Set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.+-".utf8)
    guard version.utf8.contains(where: { (0x30...0x39).contains($0) }), version.utf8.count <= 128, version.utf8.allSatisfy(inVersion.contains),
      version.utf8.first != UInt8(ascii: "-"), version.utf8.first != UInt8(ascii: ".")
    else { throw .badChart(file: path, line: versionLine, reason: "'\(version)' is no version; it is written like 0.1.0") }
    self.name = name
    self.version = version
  }
}

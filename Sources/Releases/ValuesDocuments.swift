import Command

/// A values file for several releases: each document is headed `# release: NAMESPACE/NAME`, as draft-values writes it.
public struct ValuesDocuments: Sendable {
  public let path: String
  /// `NAMESPACE/NAME`, or `NAME` for one in any namespace; empty for a file of one document without that comment.
  public private(set) var releases: [(name: String, bytes: [UInt8])] = []

  public init(_ path: String) throws {
    self.path = path
    // A line that begins with three hyphens is a document's end wherever it stands.
    var documents: [[ArraySlice<UInt8>]] = [[]]
    for line in try Files.read(path).split(separator: 0x0A, omittingEmptySubsequences: false) {
      if ValuesDocuments.isMark(line) { documents.append([]) }
      documents[documents.count - 1].append(line)
    }
    for lines in documents {
      // The comments above the values.
      let head = lines.drop(while: ValuesDocuments.isMark).prefix { $0.first == UInt8(ascii: "#") }
      guard let name = head.lazy.compactMap(ValuesDocuments.release).first else { continue }
      releases.append((name, Array(lines.joined(separator: [0x0A]))))
    }
  }

  private static func isMark(_ line: ArraySlice<UInt8>) -> Bool {
    line.starts(with: "---".utf8) && line.dropFirst(3).first.map { [0x20, 0x09, 0x0D].contains($0) } ?? true
  }

  private static func release(_ line: ArraySlice<UInt8>) -> String? {
    guard line.first == UInt8(ascii: "#") else { return nil }
    let text = String(decoding: line.dropFirst(), as: UTF8.self).trimmed
    guard text.hasPrefix("release:") else { return nil }
    let name = String(text.dropFirst("release:".count)).trimmed
    return name.isEmpty ? nil : name
  }

  /// The values of one release; nil if the file is not of several, so that all of it counts.
  /// - Throws: ``ReleaseError/noDocument(file:release:)``.
  func values(of name: String, namespace: String) throws(ReleaseError) -> [[UInt8]]? {
    if releases.isEmpty { return nil }
    let own = releases.filter { $0.name == name || $0.name == "\(namespace)/\(name)" }
    guard !own.isEmpty else { throw .noDocument(file: path, release: "\(namespace)/\(name)") }
    return own.map(\.bytes)
  }
}

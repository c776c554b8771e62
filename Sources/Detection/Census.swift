/// Counts the bytes of each language in a tree, and ranks the languages.
///
/// A language's score is its share of the bytes of its kind; a manifest at the top of the tree (`requirements.txt`)
/// counts as much as all the bytes together. Data and prose are not counted: a megabyte of JSON says nothing about an
/// application.
struct Census {
  struct Candidate {
    var entry: LanguageTable.Entry
    var bytes: Int
    var files: Int
    var markers: [String]
    /// Per cent among all candidates of its kind, manifests included.
    var certainty: Double
  }

  /// The most likely first.
  private(set) var candidates: [Candidate] = []
  /// Per cent of the bytes counted, the largest first.
  private(set) var shares: [(name: String, percent: Double)] = []
  /// The number of files counted.
  private(set) var files = 0

  /// The most bytes that one file counts for, so that a table of constants does not decide.
  private static let fileLimit = 1 << 20
  /// The size from which scripts are checked for being minified: generated ones have very long lines.
  private static let minifiedFrom = 20_000

  init(_ tree: SourceTree, table: LanguageTable) {
    var bytes = [Int](repeating: 0, count: table.entries.count)
    var count = bytes
    for file in tree.files where file.size > 0 {
      guard let index = Census.language(of: file, in: tree, table: table), table.entries[index].kind < .data else {
        continue
      }
      bytes[index] += min(file.size, Census.fileLimit)
      count[index] += 1
      files += 1
    }

    let total = Double(bytes.reduce(0, +))
    guard total > 0 else { return }
    var ofKind: [LanguageTable.Kind: Double] = [:]
    for (index, entry) in table.entries.enumerated() { ofKind[entry.kind, default: 0] += Double(bytes[index]) }
    for (index, entry) in table.entries.enumerated() where bytes[index] > 0 {
      let markers = entry.markers.filter { tree.matches($0) }
      let score = Double(bytes[index]) / (ofKind[entry.kind] ?? 1) + (markers.isEmpty ? 0 : 1)
      candidates.append(
        Candidate(entry: entry, bytes: bytes[index], files: count[index], markers: markers, certainty: score))
      shares.append((entry.name, Double(bytes[index]) / total * 100))
    }
    for index in candidates.indices {
      let kind = candidates[index].entry.kind
      ofKind[kind] = candidates.reduce(0) { $0 + ($1.entry.kind == kind ? $1.certainty : 0) }
    }
    for index in candidates.indices { candidates[index].certainty *= 100 / (ofKind[candidates[index].entry.kind] ?? 1) }
    candidates.sort {
      ($0.entry.kind, -$0.certainty, $0.entry.name) < ($1.entry.kind, -$1.certainty, $1.entry.name)
    }
    shares.sort { (-$0.percent, $0.name) < (-$1.percent, $1.name) }
  }

  private static func language(of file: SourceTree.File, in tree: SourceTree, table: LanguageTable) -> Int? {
    let name = String(file.name)
    if table.isGenerated(name) { return nil }
    guard let index = table.index(ofFile: name) else {
      // Without an extension: the script's first line names its program.
      return name.contains(".") ? nil : table.index(ofScript: tree.head(file.path, 256))
    }
    let entry = table.entries[index]
    if entry.name == "TypeScript", tree.head(file.path, 1).first == UInt8(ascii: "<") {
      return nil  // a Qt translation file
    }
    if file.size >= minifiedFrom, entry.name == "JavaScript" || entry.name == "CSS",
      isMinified(tree.head(file.path, 8192))
    {
      return nil
    }
    return index
  }

  /// Whether lines are longer than 300 bytes on average.
  private static func isMinified(_ head: [UInt8]) -> Bool {
    head.count / (head.reduce(1) { $0 + ($1 == 0x0A ? 1 : 0) }) > 300
  }
}

extension SourceTree {
  /// Whether the top directory has a marker: a name, or `*.csproj`.
  func matches(_ marker: String) -> Bool {
    marker.hasPrefix("*") ? top.contains { $0.hasSuffix(marker.dropFirst()) } : has(marker)
  }
}

import Records

/// The languages of a source tree, the most likely first.
public struct Detection: Sendable {
  /// Each as it would be in the record if it were chosen; never empty.
  public let candidates: [Language]

  /// Examines a directory. Throws ``DetectionError`` if it has no known language, and a system error if the directory
  /// cannot be read.
  public init(of directory: String) throws {
    let table = LanguageTable.shared
    let tree = try SourceTree(directory, table: table)
    let census = Census(tree, table: table)
    guard !census.candidates.isEmpty else { throw DetectionError.nothing(directory) }
    candidates = census.candidates.map { candidate in
      var language = Language(name: candidate.entry.name, certainty: candidate.certainty, shares: census.shares)
      language.evidence = candidate.markers
      language.evidence.append("\(candidate.files) of \(census.files) \(census.files == 1 ? "file" : "files")")
      if tree.isPartial { language.evidence.append("only the first \(tree.files.count) files were looked at") }
      Traits(tree: tree, entry: candidate.entry, table: table).fill(&language)
      return language
    }
  }

  /// The packs that suit a language, by name, best first: `javascript` also serves TypeScript.
  public static func packs(for language: String) -> [String] {
    let listed = LanguageTable.shared.entry(named: language)?.packs ?? []
    return listed.isEmpty ? [language.lowercased()] : listed
  }

  /// The manifests of a language; an application needs one of them.
  public static func manifests(of language: String) -> [String] {
    let entry = LanguageTable.shared.entry(named: language)
    return (entry?.markers ?? []) + (entry?.managers.map(\.file) ?? [])
  }

  /// Whether a directory has a package.json with a script named build.
  public static func hasBuildScript(_ directory: String) -> Bool {
    guard let tree = try? SourceTree(directory, table: LanguageTable.shared) else { return false }
    return NodeManifest(tree: tree).hasBuild
  }

  /// The ARG in a Dockerfile that sets the version of a language: `PYTHON_VERSION`.
  public static func versionArgument(of language: String) -> String? {
    LanguageTable.shared.entry(named: language)?.argument
  }
}

/// The most likely language of a source tree.
public func detect(_ directory: String) throws -> Language { try Detection(of: directory).candidates[0] }

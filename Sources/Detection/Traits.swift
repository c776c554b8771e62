import Records

/// What the manifests and sources of a language say: framework, version, package manager, port and start command.
struct Traits {
  let tree: SourceTree
  let entry: LanguageTable.Entry
  let table: LanguageTable

  func fill(_ language: inout Language) {
    language.packageManager = entry.managers.first { tree.has($0.file) }?.manager
    let manifest: any Manifest
    switch entry.name {
    case "Python": manifest = PythonManifest(tree: tree)
    case "JavaScript", "TypeScript": manifest = NodeManifest(tree: tree)
    case "Go": manifest = GoManifest(tree: tree)
    default: return
    }
    if let manager = manifest.packageManager { language.packageManager = manager }
    if let found = manifest.version {
      language.version = found.version
      language.versionSource = found.source
      language.evidence.append("\(found.source) asks for \(found.version)")
    }
    let dependencies = manifest.dependencies
    language.framework = entry.frameworks.first { dependencies.contains($0.dependency) }?.name

    let main = entry.entries.first { path in tree.files.contains { $0.path == path } }
    let ports = PortSearch(tree: tree, entry: entry, table: table)
    if let found = ports.port(main: main) {
      language.port = found.port
      language.evidence.append("\(found.place) names port \(found.port)")
    }
    language.start = procfile ?? manifest.start(main: main, framework: language.framework, port: language.port)
  }

  /// The `web` process of a Procfile, which applies to every language.
  private var procfile: String? {
    guard tree.has("Procfile") else { return nil }
    let line = tree.lines("Procfile", 65_536).first { $0.hasPrefix("web:") }
    return line.map { trimmed($0.dropFirst(4)) }.flatMap { $0.isEmpty ? nil : $0 }
  }
}

/// What the files of a language's package managers say.
protocol Manifest {
  /// The names of the application's dependencies, without versions.
  var dependencies: Set<String> { get }
  /// The language version as spelled, and the file it is from.
  var version: (version: String, source: String)? { get }
  /// The package manager, if a manifest names it; nil leaves it to the lock files.
  var packageManager: String? { get }
  /// The command that starts the application on the port, or on 8080 if the port is unknown.
  func start(main: String?, framework: String?, port: Int?) -> String?
}

extension Manifest {
  var packageManager: String? { nil }
}

/// Without leading and trailing white space.
func trimmed(_ text: some StringProtocol) -> String {
  var scalars = Substring(text).unicodeScalars
  while let first = scalars.first, first.properties.isWhitespace || first.value == 0xFEFF { scalars.removeFirst() }
  while let last = scalars.last, last.properties.isWhitespace { scalars.removeLast() }
  return String(scalars)
}

/// The first meaningful line of a one-line file such as `.nvmrc`; nil unless a plain version of at most 64 bytes.
func versionLine(_ tree: SourceTree, _ file: String) -> String? {
  guard tree.has(file) else { return nil }
  let line = tree.lines(file, 4096).map(trimmed).first { !$0.isEmpty && !$0.hasPrefix("#") }
  guard let line, line.utf8.count <= 64, line.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else { return nil }
  return line
}

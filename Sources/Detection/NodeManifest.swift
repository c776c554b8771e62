import Records

/// package.json, and the files that pin a Node version.
struct NodeManifest: Manifest {
  let tree: SourceTree
  private let package: JSON?

  init(tree: SourceTree) {
    self.tree = tree
    package = tree.has("package.json") ? try? JSON(parsing: tree.head("package.json", 1 << 20)) : nil
  }

  var dependencies: Set<String> {
    var names: Set<String> = []
    for key in ["dependencies", "devDependencies"] { names.formUnion((package?[key]?.object ?? []).map(\.name)) }
    return names
  }

  /// Whether the application has to be built before it can run.
  var hasBuild: Bool { package?["scripts"]?["build"]?.string.map { !$0.isEmpty } ?? false }

  var version: (version: String, source: String)? {
    for file in [".nvmrc", ".node-version"] {
      if let line = versionLine(tree, file) { return (line.hasPrefix("v") ? String(line.dropFirst()) : line, file) }
    }
    if let engine = package?["engines"]?["node"]?.string, !engine.isEmpty, engine.utf8.count <= 64 {
      return (engine, "package.json")
    }
    return nil
  }

  /// Corepack's `packageManager` field, as in `pnpm@9.1.0`.
  var packageManager: String? {
    guard let name = package?["packageManager"]?.string?.split(separator: "@").first else { return nil }
    return ["npm", "yarn", "pnpm"].first { $0 == name }
  }

  func start(main: String?, framework: String?, port: Int?) -> String? {
    if let script = package?["scripts"]?["start"]?.string {
      // Run node directly: npm in between would use memory and swallow signals.
      let words = script.split(separator: " ")
      let isPlain = script.utf8.allSatisfy { $0 > 0x1F && $0 < 0x7F && !"\"'`$&|;<>*?(){}~#\\=!".utf8.contains($0) }
      return words.first == "node" && isPlain ? words.joined(separator: " ") : "npm start"
    }
    if let file = package?["main"]?.string, tree.files.contains(where: { $0.path == file }) { return "node \(file)" }
    guard let main, !main.hasSuffix("ts") else { return nil }
    return "node \(main)"
  }
}

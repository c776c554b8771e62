/// go.mod: the language version and the requirements.
struct GoManifest: Manifest {
  let tree: SourceTree

  private var lines: [[Substring]] {
    guard tree.has("go.mod") else { return [] }
    return tree.lines("go.mod").map { $0.split { $0 == " " || $0 == "\t" } }
  }

  /// Module paths without the major version: `github.com/labstack/echo/v4` gives github.com/labstack/echo.
  var dependencies: Set<String> {
    Set(
      lines.compactMap { words -> String? in
        let words = words.first == "require" ? words.dropFirst() : words[...]
        guard words.count >= 2, let path = words.first, path.contains("/"), words[words.startIndex + 1].hasPrefix("v")
        else { return nil }
        var parts = path.split(separator: "/")
        if let last = parts.last, last.hasPrefix("v"), Int(last.dropFirst()) != nil { parts.removeLast() }
        return parts.joined(separator: "/")
      })
  }

  /// The toolchain requested, else the language version, which is a minimum.
  var version: (version: String, source: String)? {
    let lines = lines
    if let line = lines.first(where: { $0.first == "toolchain" && $0.count == 2 && $0[1].hasPrefix("go1") }) {
      return (String(line[1].dropFirst(2)), "go.mod")
    }
    if let line = lines.first(where: { $0.first == "go" && $0.count == 2 }) { return (String(line[1]), "go.mod") }
    return nil
  }

  func start(main: String?, framework: String?, port: Int?) -> String? {
    if tree.top.contains(where: { $0.hasSuffix(".go") && !$0.hasSuffix("_test.go") }) { return "go run ." }
    let commands = Set(
      tree.files.compactMap { file -> Substring? in
        let parts = file.path.split(separator: "/")
        return parts.count == 3 && parts[0] == "cmd" && parts[2].hasSuffix(".go") ? parts[1] : nil
      })
    return commands.count == 1 ? commands.first.map { "go run ./cmd/\($0)" } : nil
  }
}

import Command

/// requirements.txt, pyproject.toml, Pipfile, setup.py, and the files that pin a Python version.
struct PythonManifest: Manifest {
  let tree: SourceTree

  /// Names normalized as in PEP 503: lower case, `-` for `_` and `.`.
  var dependencies: Set<String> {
    var names: Set<String> = []
    for file in ["requirements.txt", "requirements.in", "requirements/base.txt", "requirements/production.txt"] {
      guard tree.has(file) || tree.files.contains(where: { $0.path == file }) else { continue }
      for line in tree.lines(file) { if let name = requirement(line) { names.insert(name) } }
    }
    for file in ["pyproject.toml", "Pipfile", "setup.py", "setup.cfg"] where tree.has(file) {
      // `flask = "^3"`, `"flask>=3"`, and `flask` alone in setup.cfg: a name is at the start of a line or string.
      for line in tree.lines(file) where !line.trimmed.hasPrefix("#") {
        if let name = requirement(line) { names.insert(name) }
        for quote in ["\"", "'"] as [Character] {
          for (index, piece) in line.split(separator: quote, omittingEmptySubsequences: false).enumerated()
          where index % 2 == 1 {
            if let name = requirement(piece) { names.insert(name) }
          }
        }
      }
    }
    return names
  }

  /// The name at the start of a requirement (PEP 508): `Flask[async] >= 3 ; python_version > "3.8"` gives flask.
  private func requirement(_ line: some StringProtocol) -> String? {
    let name = line.trimmed.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-" || $0 == "_" || $0 == ".") }
    guard let first = name.first, first.isLetter || first.isNumber, name.count <= 100 else { return nil }
    return String(name.lowercased().map { $0 == "_" || $0 == "." ? "-" : $0 })
  }

  var version: (version: String, source: String)? {
    if let line = versionLine(tree, ".python-version") { return (line, ".python-version") }
    if let line = versionLine(tree, "runtime.txt"), line.hasPrefix("python-") {
      return (String(line.dropFirst(7)), "runtime.txt")
    }
    if let value = value(of: ["python_full_version", "python_version"], in: "Pipfile") { return (value, "Pipfile") }
    if let value = value(of: ["requires-python", "python"], in: "pyproject.toml") { return (value, "pyproject.toml") }
    return nil
  }

  /// The string in a `key = "value"` line, for the first key found.
  private func value(of keys: [String], in file: String) -> String? {
    guard tree.has(file) else { return nil }
    let lines = tree.lines(file).map(\.trimmed)
    for key in keys {
      for line in lines where line.hasPrefix(key) {
        let rest = line.dropFirst(key.count).trimmed
        guard rest.hasPrefix("=") else { continue }
        let value = rest.dropFirst().trimmed
        guard let quote = value.first, quote == "\"" || quote == "'" else { continue }
        let text = value.dropFirst().prefix { $0 != quote }
        if !text.isEmpty, text.utf8.count <= 64 { return String(text) }
      }
    }
    return nil
  }

  func start(main: String?, framework: String?, port: Int?) -> String? {
    let port = port ?? 8080
    let asks = dependencies
    if tree.has("manage.py") {
      let wsgi = tree.files.first { $0.name == "wsgi.py" && $0.path.split(separator: "/").count == 2 }?.path.split(
        separator: "/"
      ).first
      if let wsgi, asks.contains("gunicorn") { return "gunicorn --bind 0.0.0.0:\(port) \(wsgi).wsgi" }
      return "python manage.py runserver 0.0.0.0:\(port)"
    }
    guard let main = main ?? onlyFile else { return nil }
    let source = tree.text(main)
    let module = String(main.dropLast(3).map { $0 == "/" ? "." : $0 })
    // The variable of the application object, for servers that import it.
    let object = ["app", "application", "api"].first { name in
      source.lines.contains { $0.hasPrefix("\(name) = ") || $0.hasPrefix("\(name)=") || $0.hasPrefix("\(name): ") }
    }
    switch framework {
    case "flask" where asks.contains("gunicorn") && object != nil:
      return "gunicorn --bind 0.0.0.0:\(port) \(module):\(object ?? "app")"
    case "fastapi" where object != nil, "starlette" where object != nil:
      if source.contains("uvicorn.run(") { break }
      return "uvicorn \(module):\(object ?? "app") --host 0.0.0.0 --port \(port)"
    case "flask" where !source.contains(".run("):
      return "flask --app \(module) run --host 0.0.0.0 --port \(port)"
    case "streamlit":
      return "streamlit run \(main) --server.address 0.0.0.0 --server.port \(port)"
    default: break
    }
    return "python \(main)"
  }

  /// The only script in the top directory, whatever its name.
  private var onlyFile: String? {
    let scripts = tree.top.filter {
      $0.hasSuffix(".py") && $0 != "setup.py" && $0 != "conftest.py" && !$0.hasPrefix("test")
    }
    return scripts.count == 1 ? scripts.first : nil
  }
}

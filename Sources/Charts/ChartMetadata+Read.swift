import Records
import YAML

extension ChartMetadata {
  /// Reads a Chart.yaml.
  /// - Parameter shown: the path for messages.
  /// - Throws: ``ChartError`` for a field of another type.
  init(_ document: ChartDocument, shown: String) throws(ChartError) { try self.init(document.yaml, shown: shown) }

  /// Reads the fields of a Chart.yaml where they stand in the index of a repository. nil for what helm leaves out of an
  /// index: a version that is not one, a chart without a name.
  package init?(indexed yaml: YAML, shown: String) {
    guard let read = try? ChartMetadata(yaml, shown: shown), !read.name.isEmpty, Version(read.version) != nil else {
      return nil
    }
    self = read
  }

  private init(_ yaml: YAML, shown: String) throws(ChartError) {
    let fields = try GoFields(yaml, file: shown, what: "a Chart.yaml")
    name = try fields.text("name")
    home = try fields.text("home")
    sources = try fields.texts("sources")
    version = try fields.text("version")
    description = try fields.text("description")
    keywords = try fields.texts("keywords")
    for item in try fields.items("maintainers") {
      let person = try GoFields(item, file: shown, what: "a maintainer")
      maintainers.append(
        Maintainer(name: try person.text("name"), email: try person.text("email"), url: try person.text("url")))
    }
    icon = try fields.text("icon")
    apiVersion = try fields.text("apiVersion")
    condition = try fields.text("condition")
    tags = try fields.text("tags")
    appVersion = try fields.text("appVersion")
    deprecated = try fields.truth("deprecated")
    annotations = try fields.textsByKey("annotations")
    kubeVersion = try fields.text("kubeVersion")
    dependencies = try ChartDependency.list(fields, shown: shown)
    type = try fields.text("type")
    // A chart of Helm 2 had none.
    if apiVersion.isEmpty { apiVersion = "v1" }
  }

  /// Checks and cleans it as helm does before it uses a chart.
  /// - Throws: ``ChartError/bad(file:line:reason:)``.
  mutating func validate(_ document: ChartDocument, shown: String) throws(ChartError) {
    name = name.printable
    description = description.printable
    home = home.printable
    icon = icon.printable
    condition = condition.printable
    tags = tags.printable
    appVersion = appVersion.printable
    kubeVersion = kubeVersion.printable
    sources = sources.map(\.printable)
    keywords = keywords.map(\.printable)
    for index in maintainers.indices {
      maintainers[index].name = maintainers[index].name.printable
      maintainers[index].email = maintainers[index].email.printable
      maintainers[index].url = maintainers[index].url.printable
    }
    func bad(_ field: String, _ reason: String) -> ChartError {
      .bad(file: shown, line: document.yaml[field]?.start.line ?? 0, reason: reason)
    }
    guard !name.isEmpty else { throw bad("name", "has no name") }
    // It is part of a file name, and a directory's.
    guard !name.utf8.contains(UInt8(ascii: "/")), !name.utf8.contains(UInt8(ascii: "\\")), name != ".", name != ".."
    else {
      throw bad("name", "cannot be called '\(name)': a name cannot be a path")
    }
    guard name.utf8.count <= 250 else { throw bad("name", "has a name of more than 250 bytes") }
    guard !version.isEmpty else { throw bad("version", "has no version") }
    try checkVersion { bad("version", $0) }
    guard ["", "application", "library"].contains(type) else {
      throw bad("type", "has the type '\(type)': it is application or library")
    }
    var keys: Set<String> = []
    for index in dependencies.indices {
      try dependencies[index].validate(shown: shown)
      let key = dependencies[index].key
      guard keys.insert(key).inserted else {
        throw .bad(file: shown, line: dependencies[index].line, reason: "has more than one dependency called '\(key)'")
      }
    }
  }

  /// Throws what `bad` makes of the reason if the version is not one.
  func checkVersion(_ bad: (String) -> ChartError) throws(ChartError) {
    guard Version(version) != nil else { throw bad("cannot have the version '\(version)': write it like 0.1.0") }
    guard version.utf8.count <= 128 else { throw bad("has a version of more than 128 bytes") }
  }
}

extension ChartDependency {
  /// The entries of `dependencies`.
  static func list(_ fields: GoFields, shown: String) throws(ChartError) -> [ChartDependency] {
    var list: [ChartDependency] = []
    for item in try fields.items("dependencies") {
      guard !item.isNull else { throw .bad(file: shown, line: item.start.line, reason: "has an empty dependency") }
      let fields = try GoFields(item, file: shown, what: "a dependency")
      var dependency = ChartDependency()
      dependency.name = try fields.text("name")
      dependency.version = try fields.text("version")
      dependency.repository = try fields.text("repository")
      dependency.condition = try fields.text("condition")
      dependency.tags = try fields.texts("tags")
      dependency.enabled = try fields.truth("enabled")
      dependency.importValues = try fields.items("import-values").map { ChartValue($0).json }
      dependency.alias = try fields.text("alias")
      dependency.line = item.start.line
      list.append(dependency)
    }
    return list
  }

  mutating func validate(shown: String) throws(ChartError) {
    name = name.printable
    version = version.printable
    repository = repository.printable
    condition = condition.printable
    tags = tags.map(\.printable)
    guard alias.utf8.allSatisfy({ Version.isWord($0) || $0 == UInt8(ascii: "_") }) else {
      throw .bad(
        file: shown, line: line, reason: "has a dependency with the alias '\(alias)': use letters, digits, '-' and '_'")
    }
  }

  /// As Go's encoding/json writes it: what the digest of a lock is made of.
  var json: JSON {
    var members: [(name: String, value: JSON)] = [("name", .string(name))]
    if !version.isEmpty { members.append(("version", .string(version))) }
    members.append(("repository", .string(repository)))
    if !condition.isEmpty { members.append(("condition", .string(condition))) }
    if !tags.isEmpty { members.append(("tags", .array(tags.map { .string($0) }))) }
    if enabled { members.append(("enabled", .bool(true))) }
    if !importValues.isEmpty { members.append(("import-values", .array(importValues))) }
    if !alias.isEmpty { members.append(("alias", .string(alias))) }
    return .object(members)
  }
}

extension ChartLock {
  init(_ document: ChartDocument, shown: String) throws(ChartError) {
    let fields = try GoFields(document.yaml, file: shown, what: "a lock")
    generated = try fields.text("generated")
    digest = try fields.text("digest")
    dependencies = try ChartDependency.list(fields, shown: shown)
    file = document.name
  }
}

extension String {
  /// Without what cannot be printed, and with every space as a plain one: as helm cleans what a Chart.yaml says.
  var printable: String {
    var isClean = true
    for byte in utf8 where byte < 0x20 || byte > 0x7E {
      isClean = false
      break
    }
    if isClean { return self }
    var text = ""
    for scalar in unicodeScalars {
      if scalar.properties.isWhitespace {
        text.unicodeScalars.append(" ")
      } else if scalar.isPrintable {
        text.unicodeScalars.append(scalar)
      }
    }
    return text
  }
}

extension Unicode.Scalar {
  /// Go's `unicode.IsPrint`: letters, marks, numbers, punctuation, symbols and the ASCII space.
  fileprivate var isPrintable: Bool {
    switch properties.generalCategory {
    case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator: false
    case .spaceSeparator: self == " "
    default: true
    }
  }
}

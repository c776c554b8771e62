import Charts
import Command
import OCI
import Records
import Settings
import YAML

/// A release that an environment declares.
package struct DeclaredRelease {
  package var environment: String
  package var name: String
  package var namespace: String
  package var context: String?
  /// The chart or the files, in words.
  package var what: String
  /// With a `failure` if there are errors in it.
  package var record: Record
  package var findings: [Finding]
}

/// Reads the environments of a file, and passes on what each of its releases is to be.
///
/// An error in a release is that release's failure. With an error outside of a release nothing is certain about any of
/// the environment, so none of its releases is passed on.
package final class Environments {
  let file: EnvironmentFile
  private let home: Home
  private let call: Call
  private let absolute: String
  private var sources: [String: SourceFile] = [:]
  private var values: [String: (source: SourceFile, path: String, digest: String)] = [:]
  private var charts: [String: ValueTree] = [:]
  private var asked: [[String]: (tree: ValueTree, isWhole: Bool)] = [:]
  /// Charts without findings, by how they are written and from where.
  private var known: [String: (Fetch?, String?)] = [:]
  /// What is not of a release.
  package private(set) var findings: [Finding] = []

  /// - Parameter path: nil for `$KUBECD_ENVIRONMENTS`, else environments.yaml.
  /// - Throws: ``EnvironmentError/noFile(_:)``, ``YAMLError`` and others.
  package init(_ path: String?, home: Home, call: Call) throws {
    let path = path ?? call.variable("KUBECD_ENVIRONMENTS") ?? "environments.yaml"
    guard Files.exists(path) else { throw EnvironmentError.noFile(path) }
    (self.home, self.call) = (home, call)
    file = try EnvironmentFile(path)
    absolute = try Files.resolve(path)
    findings = file.findings
  }

  package var names: [String] { file.environments.map(\.name) }
  package var path: String { file.file.path }

  /// Whether errors outside of environments forbid to use any.
  package func check() throws(EnvironmentError) { try Environments.check(file.findings, path) }

  static func check(_ findings: [Finding], _ subject: String) throws(EnvironmentError) {
    let errors = findings.filter { $0.severity == .error }
    guard let first = errors.first else { return }
    throw .badFile(
      subject, place: "\(first.file):\(first.line):\(first.column)", message: first.message, advice: first.advice,
      errors: errors.count)
  }

  func environment(_ name: String) throws(EnvironmentError) -> EnvironmentFile.Environment {
    guard let environment = file.environments.first(where: { $0.name == name }) else {
      throw .noEnvironment(name, file: path, near: nearest(to: name, among: names))
    }
    return environment
  }

  /// - Parameters:
  ///   - name: `ENVIRONMENT` or `ENVIRONMENT/RELEASE`.
  ///   - checking: pass the releases on even if the environment has errors; they are in `findings`.
  /// - Throws: ``EnvironmentError``.
  package func read(_ name: String, checking: Bool = false, each: (DeclaredRelease) throws -> Void) throws {
    let (wanted, only) = name.cut(at: "/").map { ($0, Optional($1)) } ?? (name, nil)
    let environment = try environment(wanted)
    var parts: [Part] = [], found = environment.findings
    for item in environment.releases { try open(item, environment, &parts, &found) }
    var places: [String: [String]] = [:]
    for part in parts {
      for item in part.releases {
        guard let name = item["name"]?.text, !name.isEmpty else {
          found.append(
            part.file.finding(.missing, .error, of: environment.name, at: item, "a release has no 'name'", nil))
          continue
        }
        places[name, default: []].append(part.file.place(item))
      }
    }
    let defaults = self.defaults(of: environment, &found)
    findings += found
    if !checking { try Environments.check(found, wanted) }
    let scope = Scope(environment: environment, places: places, defaults: defaults)
    if let only, places[only] == nil {
      let resources = parts.compactMap(\.resourcesName)
      if !resources.contains(only) {
        throw EnvironmentError.noRelease(
          only, environment: wanted, near: nearest(to: only, among: places.keys.sorted() + resources))
      }
    }
    // Resource files come first: charts may need what is in them.
    for part in parts {
      if let name = part.resourcesName, only == nil || only == name { try each(resources(part, name, scope)) }
    }
    for part in parts {
      for item in part.releases {
        guard let name = item["name"]?.text, !name.isEmpty, only == nil || only == name else { continue }
        try each(release(item, name, part.file, scope))
      }
    }
  }

  // MARK: the files of releases

  /// The releases of one file.
  private struct Part {
    var file: SourceFile
    var releases: [YAML]
    var resourceFiles: [YAML] = []
    var resourcesName: String?
  }

  private struct Scope {
    let environment: EnvironmentFile.Environment
    /// Where each release is.
    let places: [String: [String]]
    let names: [String]
    let isKnown: Set<String>
    /// `defaultValues`, each with what helm makes of it.
    let defaults: [Default]

    init(environment: EnvironmentFile.Environment, places: [String: [String]], defaults: [Default]) {
      (self.environment, self.places, self.defaults) = (environment, places, defaults)
      names = places.keys.sorted()
      isKnown = Set(names)
    }
  }

  private struct Default {
    var setting: Values.Setting
    var value: JSON?
  }

  private func defaults(of environment: EnvironmentFile.Environment, _ findings: inout [Finding]) -> [Default] {
    var reader = SchemaReader(file.file, subject: environment.name)
    var settings: [Values.Setting] = [], defaults: [Default] = []
    for item in environment.defaultValues {
      guard let (setting, value) = setting(item, typed: true, environment, after: settings, &reader) else { continue }
      settings.append(setting)
      defaults.append(Default(setting: setting, value: value))
    }
    findings += reader.findings
    return defaults
  }

  private func open(
    _ item: YAML, _ environment: EnvironmentFile.Environment, _ parts: inout [Part], _ findings: inout [Finding]
  ) throws {
    if item.mapping != nil {
      parts.append(Part(file: file.file, releases: [item]))
      return
    }
    var outer = SchemaReader(file.file, subject: environment.name)
    guard let text = outer.text(item, "releases") else {
      findings += outer.findings
      return
    }
    let path = file.file.resolve(text)
    let source: SourceFile
    do { source = try self.source(path) } catch let error as YAMLError {
      findings.append(Environments.finding(error, environment.name))
      return
    } catch let error as SystemError {
      outer.note(.missing, at: item, error.message)
      findings += outer.findings
      return
    }
    var reader = SchemaReader(source, subject: environment.name)
    let fields = reader.fields(
      source.root, of: "the file", known: ["resourceFiles", "releases", "resourceDependencies"])
    if let yaml = fields["resourceDependencies"] {
      reader.note(.unread, .warning, at: yaml, "'resourceDependencies' is not used", "'needs' of a release is")
    }
    var part = Part(
      file: source, releases: reader.list(fields["releases"], "releases"),
      resourceFiles: reader.list(fields["resourceFiles"], "resourceFiles"))
    part.releases = part.releases.filter { item in
      if item.mapping == nil { reader.note(.type, at: item, "a release is not a mapping") }
      return item.mapping != nil
    }
    if !part.resourceFiles.isEmpty {
      let base = path.split(separator: "/").last.map(String.init) ?? path
      let stem = base.cut(at: ".")?.before ?? base
      let name = Name.safe("resources-\(stem)"), taken = Set(parts.compactMap(\.resourcesName))
      part.resourcesName = taken.contains(name) ? "\(name)-\(parts.count)" : name
    }
    findings += reader.findings
    parts.append(part)
  }

  private func source(_ path: String) throws -> SourceFile {
    if let source = sources[path] { return source }
    let source = try SourceFile(path)
    sources[path] = source
    return source
  }

  private static func finding(_ error: YAMLError, _ subject: String) -> Finding {
    Finding(
      chart: subject, rule: Rule.type.rawValue, severity: .error, file: error.file ?? "", line: error.line,
      column: error.column, message: error.reason, advice: nil, values: nil)
  }

  // MARK: a release

  private func app(_ name: String, _ scope: Scope) -> App {
    App(
      name: name, dir: "", environment: scope.environment.name, namespace: scope.environment.namespace,
      context: scope.environment.provider?.context, declaredIn: absolute)
  }

  private func declared(
    _ name: String, _ what: String, _ scope: Scope, _ reader: SchemaReader, more: [Finding] = [],
    _ fill: (inout Record) -> Void
  ) -> DeclaredRelease {
    var record = Record()
    record.set(app(name, scope))
    let findings = reader.findings + more
    let errors = findings.filter { $0.severity == .error }
    if let first = errors.first {
      let count = errors.count > 1 ? ", and \(errors.count - 1) more" : ""
      record.set(
        Failure(
          by: "draft-env", code: .badData,
          message:
            "cannot use release '\(name)': \(first.file):\(first.line):\(first.column): \(first.message)\(count)",
          hint: first.advice))
    } else {
      fill(&record)
    }
    return DeclaredRelease(
      environment: scope.environment.name, name: name, namespace: scope.environment.namespace,
      context: scope.environment.provider?.context, what: what, record: record, findings: findings)
  }

  private func resources(_ part: Part, _ name: String, _ scope: Scope) -> DeclaredRelease {
    var reader = SchemaReader(part.file, subject: "\(scope.environment.name)/\(name)")
    let files = part.resourceFiles.compactMap { resourceFile($0, &reader) }
    return declared(name, "\(files.count) files", scope, reader) { $0.set(Resources(files)) }
  }

  private static let keys = [
    "name", "chart", "valuesFile", "values", "trigger", "triggers", "skipDefaultValues", "resourceFiles", "needs"
  ]

  private func release(_ yaml: YAML, _ name: String, _ source: SourceFile, _ scope: Scope) -> DeclaredRelease {
    let environment = scope.environment
    var reader = SchemaReader(source, subject: "\(environment.name)/\(name)"), more: [Finding] = []
    let fields = reader.fields(yaml, of: "release '\(name)'", known: Environments.keys)
    if !Name.isRelease(name) {
      reader.note(
        .name, at: fields["name"] ?? yaml, "'\(name)' is not a name for a release",
        "lower-case letters, digits, '-' and '.', at most 53")
    }
    if let places = scope.places[name], places.count > 1 {
      let own = source.place(yaml), other = places.first { $0 != own } ?? own
      reader.note(
        .duplicate, at: fields["name"] ?? yaml, "release '\(name)' is there twice", "the other is at \(other)")
    }
    let needs = self.needs(fields["needs"], of: name, scope, &reader)
    if fields["resourceFiles"] != nil, fields["chart"] == nil {
      for name in ["valuesFile", "values", "skipDefaultValues", "trigger", "triggers"] {
        guard let yaml = fields[name] else { continue }
        reader.note(.unread, .warning, at: yaml, "'\(name)' has no effect on resource files")
      }
      let files = reader.list(fields["resourceFiles"], "resourceFiles").compactMap { resourceFile($0, &reader) }
      return declared(name, files.count == 1 ? "1 file" : "\(files.count) files", scope, reader) { record in
        record.set(Resources(files))
        if !needs.isEmpty { record.set(Needs(needs: needs)) }
      }
    }
    if let yaml = fields["resourceFiles"] {
      reader.note(.chart, at: yaml, "release '\(name)' has both 'chart' and 'resourceFiles'", "make it two releases")
    }
    var fetch: Fetch?, directory: String?
    if let chart = fields["chart"] {
      (fetch, directory) = self.chart(chart, &reader)
    } else {
      reader.missing("chart", of: "release '\(name)'", at: yaml)
    }
    let skips = reader.bool(fields["skipDefaultValues"], "skipDefaultValues")
    var (values, tree) = (Values([], exact: true), ValueTree())
    if !skips, let yaml = environment.defaultValuesFile {
      var outer = SchemaReader(file.file, subject: reader.subject)
      add(file: yaml, "defaultValuesFile", bases: [source, file.file], &values, &tree, &outer, &more)
      more += outer.findings
    }
    if let yaml = fields["valuesFile"] {
      add(file: yaml, "valuesFile", bases: [source], &values, &tree, &reader, &more)
    }
    let own = values.files.last.flatMap { fields["valuesFile"] == nil ? nil : shown($0) }
    if !skips {
      for item in scope.defaults {
        tree.set(item.setting.key, to: item.value, source: item.setting.source)
        values.settings.append(item.setting)
      }
    }
    let defaults = Set(values.settings.map(\.source))
    for item in reader.list(fields["values"], "values") {
      let own = values.settings.dropFirst(skips ? 0 : scope.defaults.count)
      guard let (setting, value) = setting(item, typed: false, environment, after: own, &reader) else { continue }
      tree.set(setting.key, to: value, source: setting.source)
      values.settings.append(setting)
    }
    values.uses = tree.uses
    if let own, !defaults.isEmpty {
      for use in values.uses where defaults.contains(use.source) {
        guard let place = use.over.first(where: { $0.hasPrefix(own + ":") }) else { continue }
        reader.note(
          .shadowed, .warning, at: fields["valuesFile"] ?? yaml,
          "'\(use.key)' of \(place) has no effect: \(use.source) sets it",
          "helm takes files before settings; set it in 'values', or give 'skipDefaultValues'")
      }
    }
    let triggers = self.triggers(fields, tree, directory: directory, isReference: fetch != nil, yaml, &reader)
    return declared(name, fetch?.reference ?? "", scope, reader, more: more) { record in
      if let fetch { record.set(fetch) }
      record.set(values)
      if !needs.isEmpty { record.set(Needs(needs: needs)) }
      if !triggers.isEmpty { record.set(Triggers(triggers)) }
    }
  }

  private func needs(_ yaml: YAML?, of release: String, _ scope: Scope, _ reader: inout SchemaReader) -> [String] {
    var needs: [String] = []
    for item in reader.list(yaml, "needs") {
      guard let name = reader.text(item, "needs") else { continue }
      if name == release {
        reader.note(.needs, at: item, "release '\(release)' needs itself", "take it out")
      } else if !scope.isKnown.contains(name) {
        reader.note(
          .needs, at: item,
          "release '\(release)' needs '\(name)', which environment '\(scope.environment.name)' has not",
          nearest(to: name, among: scope.names).map { "did you mean '\($0)'?" })
      } else if needs.contains(name) {
        reader.note(.duplicate, .warning, at: item, "release '\(release)' needs '\(name)' twice")
      } else {
        needs.append(name)
      }
    }
    return needs
  }

  /// - Returns: what is to be fetched; and the directory of a chart that is in one.
  private func chart(_ yaml: YAML, _ reader: inout SchemaReader) -> (Fetch?, String?) {
    // Many releases have the same chart.
    let key = reader.file.directory + "\0" + JSON(yaml).text
    if let known = known[key] { return known }
    let before = reader.findings.count, chart = readChart(yaml, &reader)
    if reader.findings.count == before { known[key] = chart }
    return chart
  }

  private func readChart(_ yaml: YAML, _ reader: inout SchemaReader) -> (Fetch?, String?) {
    let fields = reader.fields(yaml, of: "a chart", known: ["reference", "dir", "version"])
    if let dir = fields["dir"] {
      if fields["reference"] != nil {
        reader.note(.chart, at: yaml, "a chart has both 'reference' and 'dir'", "keep one")
      }
      if let version = fields["version"] {
        reader.note(
          .unread, .warning, at: version, "'version' has no effect on a chart in a directory",
          "its version is that of its Chart.yaml")
      }
      guard let text = reader.text(dir, "dir") else { return (nil, nil) }
      let path = reader.file.resolve(text)
      guard let directory = try? Files.resolve(path), Files.exists(directory + "/Chart.yaml") else {
        reader.note(.missing, at: dir, "there is no chart in '\(path)'")
        return (nil, nil)
      }
      return (Fetch(reference: directory), directory)
    }
    guard let place = fields["reference"] else {
      reader.note(.chart, at: yaml, "a chart has neither 'reference' nor 'dir'")
      return (nil, nil)
    }
    guard let text = reader.text(place, "reference") else { return (nil, nil) }
    let version = reader.text(fields["version"], "version")
    do throws(ChartError) {
      var reference = try ChartReference(text) { _ in false }
      if let version {
        if let there = reference.version, there != version {
          reader.note(.chart, at: place, "the reference has version '\(there)', and 'version' is '\(version)'")
        }
        guard Version(version) != nil || VersionConstraint(version) != nil else {
          reader.note(.chart, at: fields["version"] ?? yaml, "'\(version)' is neither a version nor a constraint")
          return (nil, nil)
        }
        if case .url = reference {
          reader.note(.unread, .warning, at: fields["version"] ?? yaml, "a URL has the version in it")
        }
        reference = reference.at(version)
        // A registry takes tags, and no constraints.
        if case .oci = reference { _ = try ChartReference("\(reference)") { _ in false } }
      } else if fields["version"] == nil, !reference.isExact {
        reader.missing("version", of: "chart '\(text)'", at: yaml, "pin it, so that the same chart comes tomorrow")
      }
      if version != nil, !reference.isExact {
        reader.note(
          .unpinned, .warning, at: fields["version"] ?? yaml, "'\(version ?? "")' admits several versions of the chart",
          "pin one, so that the same chart comes tomorrow")
      }
      guard case .repository(let name, let chart, let version) = reference, let repository = file.repositories[name]
      else { return (Fetch(reference: "\(reference)"), nil) }
      let slashed = repository.url.hasSuffix("/") ? repository.url : repository.url + "/"
      let known: ChartReference
      if slashed.hasPrefix("oci://") {
        known = try ChartReference(slashed + chart) { _ in false }
      } else if let scheme = slashed.firstRange(of: "://") {
        known = try ChartReference("helm:\(slashed[scheme.upperBound...])\(chart)") { _ in false }
      } else {
        reader.note(.chart, at: place, "'\(repository.url)' of repository '\(name)' is not a URL")
        return (nil, nil)
      }
      var fetch = Fetch(reference: "\(version.map { known.at($0) } ?? known)")
      (fetch.caFile, fetch.certFile, fetch.keyFile) = (repository.caFile, repository.certFile, repository.keyFile)
      return (fetch, nil)
    } catch {
      reader.note(.chart, at: place, error.message, error.hint)
      return (nil, nil)
    }
  }

  // MARK: values

  private func shown(_ file: Values.File) -> String { file.reference ?? values[file.path]?.source.path ?? file.path }

  private func add(
    file yaml: YAML, _ field: String, bases: [SourceFile], _ values: inout Values, _ tree: inout ValueTree,
    _ reader: inout SchemaReader, _ more: inout [Finding]
  ) {
    guard let text = reader.text(yaml, field) else { return }
    do {
      var path = "", reference: String?
      if text.hasPrefix(GitFile.prefix) {
        path = try GitFile(text).fetch(home: home, call: call)
        reference = text
      } else {
        // As in KubeCD, the file of the environment is found from the file of the releases; and from its own.
        let candidates = bases.map { $0.resolve(text) }
        path = candidates.first(where: Files.exists) ?? candidates[0]
      }
      let (source, absolute, digest) = try valuesFile(path)
      if source.root.mapping == nil, !source.root.isNull {
        more.append(source.finding(.type, .error, of: reader.subject, at: source.root, "values are a mapping", nil))
      }
      values.files.append(
        Values.File(path: absolute, digest: digest, source: reader.file.place(yaml), reference: reference))
      tree.add(file: source.root, shown: reference ?? path)
    } catch let error as YAMLError {
      more.append(Environments.finding(error, reader.subject))
    } catch {
      let diagnosis = diagnosis(of: error)
      reader.note(.missing, at: yaml, diagnosis.message, diagnosis.hint)
    }
  }

  private func valuesFile(_ path: String) throws -> (source: SourceFile, path: String, digest: String) {
    if let known = values[path] { return known }
    let source = try SourceFile(path)
    let entry = (source: source, path: try Files.resolve(path), digest: SHA256.digest(source.bytes))
    (values[path], values[entry.path]) = (entry, entry)
    return entry
  }

  private func resourceFile(_ yaml: YAML, _ reader: inout SchemaReader) -> Values.File? {
    guard let text = reader.text(yaml, "resourceFiles") else { return nil }
    do {
      let isGit = text.hasPrefix(GitFile.prefix)
      let path = isGit ? try GitFile(text).fetch(home: home, call: call) : reader.file.resolve(text)
      let bytes = try Files.read(path)
      return Values.File(
        path: try Files.resolve(path), digest: SHA256.digest(bytes), source: reader.file.place(yaml),
        reference: isGit ? text : nil)
    } catch {
      let diagnosis = diagnosis(of: error)
      reader.note(.missing, at: yaml, diagnosis.message, diagnosis.hint)
      return nil
    }
  }

  /// One item of `values` or `defaultValues`, and what helm makes of its value. nil, and a finding, if it is wrong.
  /// - Parameter before: those before it.
  private func setting(
    _ yaml: YAML, typed: Bool, _ environment: EnvironmentFile.Environment,
    after before: some Collection<Values.Setting>,
    _ reader: inout SchemaReader
  ) -> (Values.Setting, JSON?)? {
    let fields = reader.fields(yaml, of: "a value", known: ["key", "value", "valueFrom", "secret"])
    guard let key = reader.text(fields["key"], "key") else {
      if fields["key"] == nil { reader.missing("key", of: "a value", at: yaml) }
      return nil
    }
    let source = reader.file.place(yaml), isSecret = reader.bool(fields["secret"], "secret")
    if before.contains(where: { $0.key == key }) {
      reader.note(.duplicate, .warning, at: fields["key"] ?? yaml, "'\(key)' is set twice; the last one counts")
    }
    var setting = Values.Setting(key: key, value: "", source: source, typed: typed, secret: isSecret)
    var value: JSON?
    if let from = fields["valueFrom"] {
      if fields["value"] != nil {
        reader.note(.key, at: from, "'\(key)' has both 'value' and 'valueFrom'", "keep one")
      }
      guard let members = from.mapping, members.count == 1, let kind = members[0].key.text, Environments.isKind(kind)
      else {
        reader.note(
          .type, at: from, "'valueFrom' of '\(key)' is not a mapping with one kind", "such as gceResource")
        return nil
      }
      if kind == "gceResource" { checkGCE(members[0].value, &reader) }
      var json = JSON(from)
      if let provider = environment.provider?.json { json["provider"] = provider }
      setting.from = json
    } else if let given = fields["value"] {
      guard let text = given.scalar?.text, !given.isNull || given.scalar?.style != .plain else {
        reader.note(
          .type, at: given, given.isNull ? "'\(key)' has no value" : "the value of '\(key)' is not a text",
          given.isNull ? "write \"\" for an empty text" : "a list or a mapping goes into a values file")
        return nil
      }
      if isSecret {
        reader.note(
          .secret, at: given, "'\(key)' is secret, and its value is in the file", "let 'valueFrom' say where it is")
        return nil
      }
      (setting.value, value) = (text, Environments.value(of: text, typed: typed))
    } else {
      reader.note(.missing, at: yaml, "'\(key)' has neither 'value' nor 'valueFrom'")
      return nil
    }
    guard ValueTree.isKey(key) else {
      reader.note(.key, at: fields["key"] ?? yaml, "helm cannot read the key '\(key)'")
      return nil
    }
    return (setting, value)
  }

  private static func isKind(_ text: String) -> Bool {
    text.utf8.first.map { $0 != UInt8(ascii: "-") } ?? false
      && text.utf8.allSatisfy {
        (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0)
          || $0 == UInt8(ascii: "-")
      } && text != "provider"
  }

  private func checkGCE(_ yaml: YAML, _ reader: inout SchemaReader) {
    let fields = reader.fields(yaml, of: "'gceResource'", known: ["address"])
    guard let address = fields["address"] else { return reader.missing("address", of: "'gceResource'", at: yaml) }
    let inner = reader.fields(address, of: "'address'", known: ["name", "nameFrom", "isGlobal"])
    if let yaml = inner["nameFrom"] {
      reader.note(.unread, .warning, at: yaml, "'nameFrom' is not used", "give 'name'")
    }
    if reader.text(inner["name"], "name") == nil, inner["name"] == nil {
      reader.missing("name", of: "'address'", at: address)
    }
    _ = reader.bool(inner["isGlobal"], "isGlobal")
  }

  /// What helm makes of a setting: `{a,b}` is a list.
  private static func value(of text: String, typed: Bool) -> JSON {
    let one = { (text: String) -> JSON in typed ? typedValue(text) : .string(text) }
    guard let items = ChartValues.list(text) else { return one(text) }
    return .array(items.map(one))
  }

  // MARK: triggers

  private static let tracks = ["PatchLevel", "MinorVersion", "MajorVersion", "Newest"]

  private func triggers(
    _ fields: [String: YAML], _ tree: ValueTree, directory: String?, isReference: Bool, _ yaml: YAML,
    _ reader: inout SchemaReader
  ) -> [Triggers.Watch] {
    var items = reader.list(fields["triggers"], "triggers")
    if let one = fields["trigger"] {
      if let other = fields["triggers"] {
        reader.note(.trigger, at: other, "a release has both 'trigger' and 'triggers'", "keep 'triggers'")
      }
      items.insert(one, at: 0)
    }
    var watches: [Triggers.Watch] = []
    for item in items {
      let kinds = reader.fields(item, of: "a trigger", known: ["image", "chart"])
      guard let kind = ["image", "chart"].first(where: { kinds[$0] != nil }), let inner = kinds[kind] else {
        if item.mapping?.isEmpty ?? true { reader.note(.trigger, at: item, "a trigger is 'image' or 'chart'") }
        continue
      }
      guard kinds.count == 1 else {
        reader.note(.trigger, at: item, "a trigger is both 'image' and 'chart'", "make it two triggers")
        continue
      }
      let known = kind == "image" ? ["track", "tagValue", "repoValue", "repoPrefixValue"] : ["track"]
      let parts = reader.fields(inner, of: "a trigger", known: known)
      guard let track = reader.text(parts["track"], "track") else {
        if parts["track"] == nil {
          reader.note(
            .trigger, at: inner, "a trigger has no 'track'",
            "it is one of \(Environments.tracks.joined(separator: ", "))")
        }
        continue
      }
      guard Environments.tracks.contains(track) else {
        reader.note(
          .trigger, at: parts["track"] ?? inner, "'\(track)' is not something to track",
          nearest(to: track, among: Environments.tracks).map { "did you mean '\($0)'?" }
            ?? "it is one of \(Environments.tracks.joined(separator: ", "))")
        continue
      }
      var watch = Triggers.Watch(kind: kind, track: track, source: reader.file.place(item))
      if kind == "chart" {
        if directory != nil {
          reader.note(
            .trigger, .warning, at: item, "the trigger cannot fire: a chart in a directory has no other versions",
            "take it out, or give the chart by 'reference'")
        }
      } else {
        look(&watch, parts, tree, directory, item, &reader)
      }
      watches.append(watch)
    }
    return watches
  }

  /// The image of a trigger, by the values of the release and, below them, those of a chart in a directory.
  private func look(
    _ watch: inout Triggers.Watch, _ parts: [String: YAML], _ tree: ValueTree, _ directory: String?, _ yaml: YAML,
    _ reader: inout SchemaReader
  ) {
    func find(_ key: String, _ chart: ValueTree?) -> (found: Bool, value: JSON?) {
      let own = tree.value(at: key)
      return own.found ? own : chart?.value(at: key) ?? (false, nil)
    }
    let repo = reader.text(parts["repoValue"], "repoValue") ?? "image.repository"
    let tag = reader.text(parts["tagValue"], "tagValue") ?? "image.tag"
    let prefix = reader.text(parts["repoPrefixValue"], "repoPrefixValue") ?? "image.prefix"
    (watch.repoValue, watch.tagValue, watch.repoPrefixValue) = (repo, tag, prefix)
    let chart = directory.map { chartValues($0, for: [repo, tag]) }
    let isWhole = chart?.isWhole ?? false
    let name = find(repo, chart?.tree)
    if !name.found, isWhole {
      reader.note(
        .trigger, .warning, at: parts["repoValue"] ?? yaml,
        "the trigger cannot fire: neither the release nor its chart has the value '\(repo)'",
        "let 'repoValue' name the one with the repository")
    }
    if let repository = name.value?.string, !repository.isEmpty {
      watch.repository = (find(prefix, chart?.tree).value?.string ?? "") + repository
    } else if name.found, name.value != nil {
      reader.note(.trigger, .warning, at: yaml, "the trigger cannot fire: the value '\(repo)' is not a repository")
    }
    let now = find(tag, chart?.tree)
    if let text = now.value?.string ?? now.value.flatMap({ $0.array == nil && $0.object == nil ? $0.text : nil }) {
      watch.tag = text == "null" ? nil : text
    } else if !now.found, isWhole, watch.track != "Newest" {
      reader.note(
        .trigger, .warning, at: parts["tagValue"] ?? yaml,
        "the trigger cannot fire: neither the release nor its chart has the value '\(tag)'",
        "let 'tagValue' name the one with the tag")
    }
  }

  /// - Returns: the values of a chart in a directory and of those in its charts/; and whether that is all there is.
  private func chartValues(_ directory: String, for keys: [String]) -> (tree: ValueTree, isWhole: Bool) {
    let question = [directory] + keys
    if let known = asked[question] { return known }
    let answer = readChartValues(directory, for: keys)
    asked[question] = answer
    return answer
  }

  private func readChartValues(_ directory: String, for keys: [String]) -> (tree: ValueTree, isWhole: Bool) {
    let names = keys.compactMap { $0.cut(at: ".")?.before }
    var isWhole = true
    let subcharts = Set(names).filter { name in
      guard !name.contains("/"), Files.isDirectory("\(directory)/charts") else { return false }
      if Files.isDirectory("\(directory)/charts/\(name)") { return true }
      // An archive may have them.
      if (try? Files.list("\(directory)/charts"))?.contains(where: { $0.hasPrefix(name) }) ?? false { isWhole = false }
      return false
    }.sorted()
    let key = ([directory] + subcharts).joined(separator: "\0")
    if let known = charts[key] { return (known, isWhole) }
    var tree = ValueTree()
    for name in subcharts {
      let path = "\(directory)/charts/\(name)/values.yaml"
      if let yaml = try? SourceFile(path).root { tree.add(file: yaml, shown: path, of: name) }
    }
    if let yaml = try? SourceFile("\(directory)/values.yaml").root {
      tree.add(file: yaml, shown: "\(directory)/values.yaml")
    }
    charts[key] = tree
    return (tree, isWhole)
  }
}

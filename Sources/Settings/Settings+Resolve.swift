import Command
import Records

extension Settings {
  /// The settings of an application whose record has been started. Its `app` member takes precedence over everything
  /// but the command line. Throws ``SettingsError``.
  ///
  /// - Parameter needsSource: false accepts an application known only by its name, with an empty `dir`.
  public init(for app: App, call: Call, needsSource: Bool = true) throws {
    try self.init(for: app, call: call, needsSource: needsSource, in: Surroundings(call))
  }

  init(for app: App, call: Call, needsSource: Bool = true, in surroundings: Surroundings) throws {
    let isNamedAlone = !needsSource && app.dir.isEmpty
    guard isNamedAlone ? Name.isRelease(app.name) : Name.isApplication(app.name) else {
      throw SettingsError.badRecord(field: "name", reason: "is not a DNS-1123 name")
    }
    if isNamedAlone {
      // A release made without draft may have a name with dots, which no application can have.
      var known = app
      known.name = Name.safe(app.name)
      let layers = try Layers(directory: nil, app: known, call: call, in: surroundings)
      try self.init(layers, directory: "", fallbackName: known.name)
      if let file = app.declaredIn, let kubeContext, try layers.isOfRecord(.kubeContext, kubeContext) {
        guard file.hasPrefix("/"), let slash = file.lastIndex(of: "/") else {
          throw SettingsError.badRecord(field: "declaredIn", reason: "is not an absolute path")
        }
        (contextNamedIn, contextFile) = (slash == file.startIndex ? "/" : String(file[..<slash]), file)
      }
      return
    }
    guard app.dir.hasPrefix("/") else { throw SettingsError.badRecord(field: "dir", reason: "is not an absolute path") }
    guard Name.isNamespace(app.namespace) else {
      throw SettingsError.badRecord(field: "namespace", reason: "is not a DNS-1123 name")
    }
    guard Files.isDirectory(app.dir) else { throw SettingsError.noDirectory(app.dir) }
    try self.init(
      Layers(directory: app.dir, app: app, call: call, in: surroundings), directory: app.dir, fallbackName: app.name)
    call.debug(
      "settings of '\(name)': "
        + (["environment"] + Key.all.map(\.name)).filter { sources[$0] != nil }.map { "\($0) from \(source(of: $0))" }
        .joined(separator: ", "))
  }

  /// Resolves each key independently: a key that is not set has its default, whatever the others are.
  init(_ layers: Layers, directory: String, fallbackName: String) throws {
    self.init(name: fallbackName, environment: layers.environment)
    sources["environment"] = layers.environmentSource

    if let text = try text(.name, layers) { name = try Project.checkedName(text, directory: directory, layers) }
    if let text = try text(.namespace, layers), !text.value.isEmpty {
      guard Name.isNamespace(text.value) else {
        throw Settings.wrong(.namespace, text, "'\(text.value)' is not a valid Kubernetes name", hint: Name.hint)
      }
      namespace = text.value
    }
    if let text = try text(.registry, layers) { registry = try Settings.registry(text) }
    if let text = try text(.builder, layers), !text.value.isEmpty { builder = try Settings.builder(text) }
    let inside = Confinement(directory: directory)
    if let text = try text(.dockerfile, layers), !text.value.isEmpty {
      dockerfile = try inside.check(.dockerfile, text)
    }
    if let text = try text(.chart, layers), !text.value.isEmpty { chart = try inside.check(.chart, text) }
    if let text = try text(.buildTar, layers), !text.value.isEmpty { buildTar = try inside.check(.buildTar, text) }
    if let text = try text(.chartTar, layers), !text.value.isEmpty { chartTar = try inside.check(.chartTar, text) }
    if (buildTar == nil) != (chartTar == nil) {
      let (key, other) = buildTar != nil ? (Key.buildTar, Key.chartTar) : (Key.chartTar, Key.buildTar)
      throw SettingsError.lonely(key: key.name, place: try layers.first(key)?.place ?? "draft.toml", needs: other.name)
    }
    set = try list(.set, layers.lists(.set)).map { item in
      guard let (name, _) = item.value.cut(at: "="), !name.isEmpty else {
        throw Settings.wrong(.set, item, "'\(item.value)' is not KEY=VALUE")
      }
      return (item.value, item.source)
    }
    if let flag = try flag(.wait, layers) { wait = flag }
    if let flag = try flag(.watch, layers) { watch = flag }
    if let flag = try flag(.autoConnect, layers) { autoConnect = flag }
    if let flag = try flag(.exclusive, layers) { exclusive = flag }
    if let flag = try flag(.disablePushWarning, layers) { disablePushWarning = flag }
    if let delay = try layers.seconds(.watchDelay) {
      watchDelay = delay.value; sources[Key.watchDelay.name] = delay.source
    }
    overridePorts = try Settings.ports(list(.overridePorts, layers.list(.overridePorts)))
    customTags = try list(.customTags, layers.list(.customTags)).map(Settings.tag)
    buildArguments = try buildArguments(layers)
    if let text = try text(.kubeContext, layers), !text.value.isEmpty {
      kubeContext = text.value
      if try layers.isOfProject(.kubeContext, text.value) { contextNamedIn = directory }
    }
    if let text = try text(.engine, layers), !text.value.isEmpty { engine = try Settings.engine(text) }
    // A named context overrides an engine named further from the command line: `engine = "podman"` in config.toml is
    // for applications without a context.
    if kubeContext != nil, let context = try layers.first(.kubeContext), let other = try layers.first(.engine),
      context.distance < other.distance
    {
      engine = nil
      sources[Key.engine.name] = nil
    }
    if try layers.text(.namespace)?.value.isEmpty != false { try takeNamespace(layers) }
    if let text = try text(.remote, layers), !text.value.isEmpty { remote = text.value }
    // Only checked here; draft-up uses it.
    if let text = try text(.with, layers) { try Settings.plugins(text) }
    if let text = try text(.credentialHelper, layers) { try Settings.helper(text) }
    if let text = try text(.basedomain, layers) { basedomain = try Settings.domain(text) }
  }

  /// Without a namespace in the settings, it is the kube context's, as in kubectl and helm. With podman no kubeconfig
  /// is read.
  private mutating func takeNamespace(_ layers: Layers) throws {
    guard engine != "podman", let found = layers.kubeNamespace(of: kubeContext) else { return }
    guard Name.isNamespace(found.name) else {
      throw SettingsError.wrongValue(
        key: Key.namespace.name, place: "kube context '\(found.context)'",
        reason: "'\(found.name)' is not a valid Kubernetes name", hint: Name.hint)
    }
    namespace = found.name
    sources[Key.namespace.name] = "kubeconfig"
  }

  /// The namespace of a record if it was set explicitly; nil if it is just the kube context's at this moment, which
  /// must not be written to a file.
  public func saidNamespace(_ app: App, call: Call) throws -> String? {
    let layers = try Layers(directory: app.dir, app: app, call: call, in: Surroundings(call))
    let unsaid = (engine == "podman" ? nil : layers.kubeNamespace(of: kubeContext)?.name) ?? "default"
    return try namespace == unsaid && layers.all(.namespace).allSatisfy { $0.source == "record" } ? nil : namespace
  }

  private mutating func text(_ key: Key, _ layers: Layers) throws -> Layers.Sourced<String>? {
    guard let text = try layers.text(key) else { return nil }
    sources[key.name] = text.source
    return text
  }

  private mutating func flag(_ key: Key, _ layers: Layers) throws -> Bool? {
    guard let flag = try layers.flag(key) else { return nil }
    sources[key.name] = flag.source
    return flag.value
  }

  private mutating func list(_ key: Key, _ items: [Layers.Sourced<String>]) -> [Layers.Sourced<String>] {
    if let last = items.last { sources[key.name] = last.source }
    return items
  }

  /// The arguments of all layers in the order of first appearance; for each name the last value wins.
  private mutating func buildArguments(_ layers: Layers) throws -> [(name: String, value: String)] {
    var arguments: [(name: String, value: String)] = []
    for item in try layers.tables(.imageBuildArgs) {
      guard Name.isVariable(item.value.name) else {
        throw SettingsError.wrongValue(
          key: Key.imageBuildArgs.name, place: item.place,
          reason: "'\(item.value.name)' is not a valid build argument name", hint: "use letters, digits and '_'")
      }
      sources[Key.imageBuildArgs.name] = item.source
      if let index = arguments.firstIndex(where: { $0.name == item.value.name }) {
        arguments[index] = item.value
      } else {
        arguments.append(item.value)
      }
    }
    return arguments
  }
}

import Command
import Records
import Templates

/// What `helm template` says of the cluster it renders for.
package struct Capabilities: Sendable {
  /// With a `v`: `v1.32.0`.
  package let version: String
  package let major: String
  package let minor: String
  package let apiVersions: [String]
  /// What constraints are held against: in helm 4 without all that is behind the numbers.
  let plainVersion: String
  let dialect: Dialect

  /// - Parameters:
  ///   - kubeVersion: as `--kube-version` takes it; nil for the one that helm assumes: 1.32, or 1.36 in helm 4.
  ///   - more: of `--api-versions`.
  /// - Returns: nil for what is no version.
  package init?(kubeVersion: String? = nil, apiVersions more: [String] = [], _ dialect: Dialect = .helm3) {
    self.dialect = dialect
    apiVersions = (dialect == .helm3 ? Capabilities.known : Capabilities.known4) + more
    guard let text = kubeVersion else {
      (version, major, minor) = dialect == .helm3 ? ("v1.32.0", "1", "32") : ("v1.36.0", "1", "36")
      plainVersion = version
      return
    }
    guard let parsed = Version(text) else { return nil }
    (major, minor) = ("\(parsed.major)", "\(parsed.minor)")
    if dialect == .helm4 {
      // It prints the numbers that it was given, however many.
      let numbers = text.drop { $0 == "v" }.prefix { $0.isNumber || $0 == "." }
      (version, plainVersion) = (text.hasPrefix("v") ? text : "v" + text, "v" + numbers)
      return
    }
    version =
      "v\(parsed.major).\(parsed.minor).\(parsed.patch)\(parsed.pre.isEmpty ? "" : "-" + parsed.pre)"
      + (parsed.build.isEmpty ? "" : "+" + parsed.build)
    plainVersion = version
  }

  /// The API versions of Kubernetes 1.32 that helm 3.17 knows, in its order.
  static let known = """
    v1 admissionregistration.k8s.io/v1 admissionregistration.k8s.io/v1alpha1
    admissionregistration.k8s.io/v1beta1 internal.apiserver.k8s.io/v1alpha1 apps/v1 apps/v1beta1 apps/v1beta2
    authentication.k8s.io/v1 authentication.k8s.io/v1alpha1 authentication.k8s.io/v1beta1
    authorization.k8s.io/v1 authorization.k8s.io/v1beta1 autoscaling/v1 autoscaling/v2 autoscaling/v2beta1
    autoscaling/v2beta2 batch/v1 batch/v1beta1 certificates.k8s.io/v1 certificates.k8s.io/v1beta1
    certificates.k8s.io/v1alpha1 coordination.k8s.io/v1alpha2 coordination.k8s.io/v1beta1 coordination.k8s.io/v1
    discovery.k8s.io/v1 discovery.k8s.io/v1beta1 events.k8s.io/v1 events.k8s.io/v1beta1 extensions/v1beta1
    flowcontrol.apiserver.k8s.io/v1 flowcontrol.apiserver.k8s.io/v1beta1 flowcontrol.apiserver.k8s.io/v1beta2
    flowcontrol.apiserver.k8s.io/v1beta3 networking.k8s.io/v1 networking.k8s.io/v1alpha1
    networking.k8s.io/v1beta1 node.k8s.io/v1 node.k8s.io/v1alpha1 node.k8s.io/v1beta1 policy/v1 policy/v1beta1
    rbac.authorization.k8s.io/v1 rbac.authorization.k8s.io/v1beta1 rbac.authorization.k8s.io/v1alpha1
    resource.k8s.io/v1beta1 resource.k8s.io/v1alpha3 scheduling.k8s.io/v1alpha1 scheduling.k8s.io/v1beta1
    scheduling.k8s.io/v1 storage.k8s.io/v1beta1 storage.k8s.io/v1 storage.k8s.io/v1alpha1
    storagemigration.k8s.io/v1alpha1 apiextensions.k8s.io/v1beta1 apiextensions.k8s.io/v1
    """.split { $0 == " " || $0 == "\n" }.map(String.init)

  /// Those of Kubernetes 1.36, which helm 4.2 knows.
  static let known4 = """
    v1 admissionregistration.k8s.io/v1 admissionregistration.k8s.io/v1alpha1
    admissionregistration.k8s.io/v1beta1 internal.apiserver.k8s.io/v1alpha1 apps/v1 apps/v1beta1 apps/v1beta2
    authentication.k8s.io/v1 authentication.k8s.io/v1alpha1 authentication.k8s.io/v1beta1
    authorization.k8s.io/v1 authorization.k8s.io/v1beta1 autoscaling/v1 autoscaling/v2 batch/v1 batch/v1beta1
    certificates.k8s.io/v1 certificates.k8s.io/v1beta1 certificates.k8s.io/v1alpha1
    coordination.k8s.io/v1alpha2 coordination.k8s.io/v1beta1 coordination.k8s.io/v1 discovery.k8s.io/v1
    discovery.k8s.io/v1beta1 events.k8s.io/v1 events.k8s.io/v1beta1 extensions/v1beta1
    flowcontrol.apiserver.k8s.io/v1 flowcontrol.apiserver.k8s.io/v1beta1 flowcontrol.apiserver.k8s.io/v1beta2
    flowcontrol.apiserver.k8s.io/v1beta3 networking.k8s.io/v1 networking.k8s.io/v1beta1 node.k8s.io/v1
    node.k8s.io/v1alpha1 node.k8s.io/v1beta1 policy/v1 policy/v1beta1 rbac.authorization.k8s.io/v1
    rbac.authorization.k8s.io/v1beta1 rbac.authorization.k8s.io/v1alpha1 resource.k8s.io/v1
    resource.k8s.io/v1beta2 resource.k8s.io/v1beta1 resource.k8s.io/v1alpha3 scheduling.k8s.io/v1alpha2
    scheduling.k8s.io/v1beta1 scheduling.k8s.io/v1 storage.k8s.io/v1beta1 storage.k8s.io/v1
    storage.k8s.io/v1alpha1 storagemigration.k8s.io/v1beta1 apiextensions.k8s.io/v1beta1
    apiextensions.k8s.io/v1
    """.split { $0 == " " || $0 == "\n" }.map(String.init)

  /// Those of a cluster that was not asked.
  static var unknown: Value {
    let unknown = Function([]) { _, _ in throw RenderFailure.unknown }
    return .object(
      GoObject(
        GoStruct(
          "*chartutil.Capabilities", kind: "ptr", [],
          methods: ["KubeVersion": unknown, "APIVersions": unknown, "HelmVersion": unknown])))
  }

  var value: Value { dialect == .helm3 ? value3 : value4 }

  private var value4: Value {
    let (text, full) = (Array(plainVersion.utf8), Array(version.utf8))
    let kube = GoStruct(
      "common.KubeVersion",
      [
        ("Version", Value(version)), ("normalizedVersion", .string(text)), ("Major", Value(major)),
        ("Minor", Value(minor))
      ],
      addressedText: text,
      methods: [
        "String": Function([]) { _, _ in .string(text) }, "GitVersion": Function([]) { _, _ in .string(full) }
      ], encoded: [("Version", Value(version)), ("Major", Value(major)), ("Minor", Value(minor))])
    let helm = GoStruct(
      "version.BuildInfo",
      [
        ("Version", "v4.2"), ("GitCommit", ""), ("GitTreeState", ""), ("GoVersion", "go1.26.6"),
        ("KubeClientVersion", "v1.36")
      ], encoded: [("version", "v4.2"), ("go_version", "go1.26.6"), ("kube_client_version", "v1.36")])
    return capabilities("*common.Capabilities", kube, helm)
  }

  private func capabilities(_ type: String, _ kube: GoStruct, _ helm: GoStruct) -> Value {
    .object(
      GoObject(
        GoStruct(
          type, kind: "ptr",
          [
            ("KubeVersion", .object(GoObject(kube))),
            ("APIVersions", .list(GoList(apiVersions.map { Value($0) }, .versions))),
            ("HelmVersion", .object(GoObject(helm)))
          ])))
  }

  private var value3: Value {
    let text = Array(version.utf8)
    let kube = GoStruct(
      "chartutil.KubeVersion",
      [("Version", Value(version)), ("Major", Value(major)), ("Minor", Value(minor))],
      addressedText: text,
      methods: [
        "String": Function([]) { _, _ in .string(text) }, "GitVersion": Function([]) { _, _ in .string(text) }
      ])
    let helm = GoStruct(
      "version.BuildInfo",
      [
        ("Version", "v3.17.3"), ("GitCommit", "e4da49785aa6e6ee2b86efd5dd9e43400318262b"), ("GitTreeState", "clean"),
        ("GoVersion", "go1.23.7")
      ],
      encoded: [
        ("version", "v3.17.3"), ("git_commit", "e4da49785aa6e6ee2b86efd5dd9e43400318262b"),
        ("git_tree_state", "clean"), ("go_version", "go1.23.7")
      ])
    return capabilities("*chartutil.Capabilities", kube, helm)
  }
}

extension ChartMetadata {
  /// `.Chart`: the metadata, and whether it is the outermost chart.
  func value(name: String, isRoot: Bool, _ dialect: Dialect) -> Value {
    var own = self
    own.name = name
    if dialect == .helm4 { return own.map(isRoot: isRoot) }
    let metadata = own.structure
    guard case .members(let members) = metadata.encoded else { return .nil }
    return .object(
      GoObject(
        GoStruct(
          "struct { chart.Metadata; IsRoot bool }",
          [("Metadata", .object(GoObject(metadata))), ("IsRoot", .bool(isRoot))], embedded: metadata,
          encoded: members + [("IsRoot", .bool(isRoot))])))
  }

  /// The fields as helm 4 has them: all of them, in maps and lists.
  private func map(isRoot: Bool) -> Value {
    func list(_ texts: [String]) -> Value { Value(texts.map { Value($0) }) }
    let people = maintainers.map { person in
      Value.map(GoMap([("Name", Value(person.name)), ("Email", Value(person.email)), ("URL", Value(person.url))]))
    }
    let needed = dependencies.map { dependency in
      Value.map(
        GoMap([
          ("Name", Value(dependency.key)), ("Version", Value(dependency.version)),
          ("Repository", Value(dependency.repository)), ("Condition", Value(dependency.condition)),
          ("Tags", list(dependency.tags)), ("Enabled", .bool(true)),
          ("ImportValues", Value(dependency.importValues.map { Value(importing: $0) })),
          ("Alias", Value(dependency.alias))
        ]))
    }
    return .map(
      GoMap([
        ("Name", Value(name)), ("Home", Value(home)), ("Sources", list(sources)), ("Version", Value(version)),
        ("Description", Value(description)), ("Keywords", list(keywords)), ("Maintainers", Value(people)),
        ("Icon", Value(icon)), ("APIVersion", Value(apiVersion)), ("Condition", Value(condition)),
        ("Tags", Value(tags)), ("AppVersion", Value(appVersion)), ("Deprecated", .bool(deprecated)),
        (
          "Annotations",
          .map(GoMap(annotations.map { ($0.key, Value($0.value)) }, annotations.isEmpty ? .noStrings : .strings))
        ),
        ("KubeVersion", Value(kubeVersion)), ("Dependencies", Value(needed)), ("Type", Value(type)),
        ("IsRoot", .bool(isRoot))
      ]))
  }

  private var structure: GoStruct {
    func list(_ texts: [String]) -> Value { .list(GoList(texts.map { Value($0) }, .strings, isNil: texts.isEmpty)) }
    let maintainers = maintainers.map { person in
      Value.object(
        GoObject(
          GoStruct(
            "*chart.Maintainer", kind: "ptr",
            [("Name", Value(person.name)), ("Email", Value(person.email)), ("URL", Value(person.url))],
            encoded: GoStruct.full([
              ("name", Value(person.name)), ("email", Value(person.email)), ("url", Value(person.url))
            ]))))
    }
    let dependencies = dependencies.map { dependency in
      let imports = Value(dependency.importValues.map { Value(json: $0) })
      return Value.object(
        GoObject(
          GoStruct(
            "*chart.Dependency", kind: "ptr",
            [
              ("Name", Value(dependency.key)), ("Version", Value(dependency.version)),
              ("Repository", Value(dependency.repository)), ("Condition", Value(dependency.condition)),
              ("Tags", list(dependency.tags)), ("Enabled", .bool(true)), ("ImportValues", imports),
              ("Alias", Value(dependency.alias))
            ],
            encoded: [("name", Value(dependency.key))]
              + GoStruct.full([("version", Value(dependency.version))])
              + [("repository", Value(dependency.repository))]
              + GoStruct.full([
                ("condition", Value(dependency.condition)), ("tags", list(dependency.tags)), ("enabled", .bool(true)),
                ("import-values", imports), ("alias", Value(dependency.alias))
              ]))))
    }
    let annotations = GoMap(annotations.map { ($0.key, Value($0.value)) }, .strings)
    let fields: [(name: String, json: String, value: Value)] = [
      ("Name", "name", Value(name)), ("Home", "home", Value(home)), ("Sources", "sources", list(sources)),
      ("Version", "version", Value(version)), ("Description", "description", Value(description)),
      ("Keywords", "keywords", list(keywords)),
      ("Maintainers", "maintainers", .list(GoList(maintainers, .objects, isNil: maintainers.isEmpty))),
      ("Icon", "icon", Value(icon)), ("APIVersion", "apiVersion", Value(apiVersion)),
      ("Condition", "condition", Value(condition)), ("Tags", "tags", Value(tags)),
      ("AppVersion", "appVersion", Value(appVersion)), ("Deprecated", "deprecated", .bool(deprecated)),
      ("Annotations", "annotations", .map(annotations)), ("KubeVersion", "kubeVersion", Value(kubeVersion)),
      ("Dependencies", "dependencies", .list(GoList(dependencies, .objects, isNil: dependencies.isEmpty))),
      ("Type", "type", Value(type))
    ]
    return GoStruct(
      "chart.Metadata", fields.map { ($0.name, $0.value) }, encoded: GoStruct.full(fields.map { ($0.json, $0.value) }))
  }
}

extension Value {
  /// An entry of `import-values` as helm writes it back: a text means a part of `exports`.
  fileprivate init(importing entry: JSON) {
    guard let name = entry.string else { self.init(json: entry); return }
    self = .map(GoMap([("child", Value("exports.\(name)")), ("parent", ".")], .strings))
  }
}

extension GoStruct {
  /// What Go's `omitempty` leaves.
  static func full(_ members: [(name: String, value: Value)]) -> [(name: String, value: Value)] {
    members.filter { $0.value.isTrue }
  }
}

/// `.Files`: the files of a chart that are no templates.
struct ChartFilesMethods: GoMethods {
  let files: GoMap

  /// The map itself, with these methods.
  static func value(_ entries: [ChartEntry]) -> Value {
    let plain = GoMap(entries.map { (Array($0.name.utf8), Value.bytes($0.bytes)) }, .files)
    return value(plain)
  }

  private static func value(_ plain: GoMap) -> Value {
    .map(GoMap(plain.entries.map { ($0.0, $0.1) }, .files, methods: ChartFilesMethods(files: plain)))
  }

  private func bytes(_ name: Value) -> [UInt8] {
    guard case .string(let name) = name, case .bytes(let bytes)? = files[name] else { return [] }
    return bytes
  }

  private func base(_ path: [UInt8]) -> [UInt8] {
    var path = path[...]
    while path.count > 1, path.last == UInt8(ascii: "/") { path.removeLast() }
    guard let slash = path.lastIndex(of: UInt8(ascii: "/")), path.count > 1 else { return Array(path) }
    return Array(path[(slash + 1)...])
  }

  func method(_ name: String) -> Function? {
    switch name {
    case "Get": return Function([.string]) { _, values in .string(bytes(values[0])) }
    case "GetBytes": return Function([.string]) { _, values in .bytes(bytes(values[0])) }
    case "Lines":
      return Function([.string]) { _, values in
        guard case .string(let name) = values[0], case .bytes(let bytes)? = files[name], !bytes.isEmpty else {
          return Value(strings: [])
        }
        let text = bytes.last == 0x0A ? bytes.dropLast() : bytes[...]
        return Value(strings: text.split(separator: 0x0A, omittingEmptySubsequences: false).map { Array($0) })
      }
    case "Glob":
      return Function([.string]) { _, values in
        guard case .string(let text) = values[0] else { return .nil }
        // A pattern that does not compile is `**`.
        let glob = Glob(text, separator: UInt8(ascii: "/")) ?? Glob(Array("**".utf8), separator: UInt8(ascii: "/"))
        return ChartFilesMethods.value(
          GoMap(files.entries.filter { glob?.matches($0.0) ?? false }.map { ($0.0, $0.1) }, .files))
      }
    case "AsConfig":
      return Function([]) { _, _ in
        yaml { Value.string($0) }
      }
    case "AsSecrets":
      return Function([]) { _, _ in
        yaml { Value(Base64.encode($0)) }
      }
    default: return nil
    }
  }

  private func yaml(_ value: ([UInt8]) -> Value) -> Value {
    let map = GoMap()
    for (name, bytes) in files.entries {
      if case .bytes(let bytes) = bytes { map[base(name)] = value(bytes) }
    }
    return .string(HelmFunctions.toYaml(.map(map)))
  }
}

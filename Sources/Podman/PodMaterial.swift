import Archives
import Cluster
import Command
import Glibc
import OCI
import Helm
import Records
import Settings

/// The ConfigMaps and Secrets of a chart, filled into its pods.
///
/// podman stores a ConfigMap's volume under the ConfigMap's name for ever, with its first content, for every pod that
/// mounts one of that name. So variables are written out, and files go to a directory of the draft home that is named
/// by their content, is private to us and is mounted read-only. A Secret that is not in the chart is podman's own, made
/// by `podman secret create`.
struct PodMaterial {
  private let configMaps: [String: [(name: String, value: [UInt8])]]
  private let secrets: [String: [(name: String, value: [UInt8])]]
  private let play: Play
  private let home: Home
  private let warnings: Warnings

  init(rendering: Rendering, play: Play, home: Home, warnings: Warnings) throws {
    self.play = play
    self.warnings = warnings
    self.home = home
    configMaps = PodMaterial.table(rendering.of("ConfigMap"), plain: "data", encoded: "binaryData")
    secrets = PodMaterial.table(rendering.of("Secret"), plain: "stringData", encoded: "data")
  }

  private static func table(_ objects: [JSON], plain: String, encoded: String) -> [String: [(
    name: String, value: [UInt8]
  )]] {
    var table: [String: [(name: String, value: [UInt8])]] = [:]
    for object in objects {
      guard let name = object["metadata"]?["name"]?.string else { continue }
      var entries = (object[encoded]?.object ?? []).compactMap { entry in
        entry.value.string.flatMap { Base64.decode($0) }.map { (name: entry.name, value: $0) }
      }
      for entry in object[plain]?.object ?? [] {
        entries.removeAll { $0.name == entry.name }
        entries.append((entry.name, Array(string(entry.value).utf8)))
      }
      table[name] = entries.sorted { $0.name < $1.name }
    }
    return table
  }

  private static func string(_ value: JSON) -> String { value.string ?? (value == .null ? "" : value.text) }

  /// The container with its variables written out in Kubernetes' order and precedence, and with references to them
  /// filled in. The value of a variable that podman resolves, such as from one of its secrets, is not known here.
  func filled(_ container: JSON, path: String, _ pod: Identity) throws -> JSON {
    var container = container
    var left: [JSON] = []
    var variables: [(name: String, value: JSON)] = [], values: [String: String] = [:]
    func set(_ name: String, _ variable: JSON) {
      variables.removeAll { $0.name == name }
      variables.append((name, variable))
      values[name] = variable["value"]?.string
    }
    func expanded(_ text: String, _ path: String) -> String {
      References.expanded(text) { name in
        if values[name] == nil, variables.contains(where: { $0.name == name }) {
          warnings.warn("'$(\(name))' in \(path) stays as it is: only podman knows the value")
        }
        return values[name]
      }
    }
    for source in container["envFrom"]?.array ?? [] {
      let entries =
        source["configMapRef"]?["name"]?.string.flatMap { configMaps[$0] }
        ?? source["secretRef"]?["name"]?.string.flatMap { secrets[$0] }
      guard let entries else {
        if !isOptional(source["configMapRef"] ?? source["secretRef"]) { left.append(source) }
        continue
      }
      for entry in entries {
        set(
          (source["prefix"]?.string ?? "") + entry.name,
          literal(entry.name, entry.value, prefix: source["prefix"]?.string ?? ""))
      }
    }
    for (index, variable) in (container["env"]?.array ?? []).enumerated() {
      guard let name = variable["name"]?.string else { continue }
      let at = "\(path).env[\(index)]"
      if let text = PodMaterial.text(variable["value"]), !text.isEmpty {
        set(name, literal(name, Array(expanded(text, at + ".value").utf8)))
      } else if let value = try resolved(variable, path: at, pod) {
        set(name, value)
      }
    }
    container["envFrom"] = left.isEmpty ? nil : .array(left)
    container["env"] = variables.isEmpty ? nil : .array(variables.map(\.value))
    for field in ["command", "args"] {
      guard let words = container[field]?.array else { continue }
      container[field] = .array(
        words.enumerated().map { index, word in
          word.string.map { .string(expanded($0, "\(path).\(field)[\(index)]")) } ?? word
        })
    }
    if let mounts = container["volumeMounts"]?.array {
      container["volumeMounts"] = .array(
        mounts.enumerated().map { index, mount in
          var mount = mount
          if let text = mount["subPathExpr"]?.string, !text.isEmpty {
            mount["subPath"] = .string(expanded(text, "\(path).volumeMounts[\(index)].subPathExpr"))
          }
          mount["subPathExpr"] = nil
          return mount
        })
    }
    return container
  }

  /// A pod's metadata, for `fieldRef`.
  struct Identity {
    var name: String
    var labels: JSON?
    var annotations: JSON?
  }

  private func isOptional(_ reference: JSON?) -> Bool { reference?["optional"]?.bool == true }

  private static func text(_ value: JSON?) -> String? { value.flatMap { $0 == .null ? nil : string($0) } }

  private func literal(_ name: String, _ value: [UInt8], prefix: String = "") -> JSON {
    .members(["name": .string(prefix + name), "value": .string(String(decoding: value, as: UTF8.self))])
  }

  /// nil leaves the variable out.
  private func resolved(_ variable: JSON, path: String, _ pod: Identity) throws -> JSON? {
    guard let name = variable["name"]?.string else { return nil }
    guard let source = variable["valueFrom"], source != .null else { return literal(name, []) }
    for (kind, table) in [("configMapKeyRef", configMaps), ("secretKeyRef", secrets)] {
      guard let reference = source[kind], let object = reference["name"]?.string, let entries = table[object] else {
        continue
      }
      if let entry = entries.first(where: { $0.name == reference["key"]?.string }) { return literal(name, entry.value) }
      if isOptional(reference) { return nil }
      throw HelmError.doesNotRender(
        chart: play.chart.name, said: "variable '\(name)' refers to a key that '\(object)' does not have")
    }
    if source["fileKeyRef"] != nil { return nil }
    guard let field = source["fieldRef"]?["fieldPath"]?.string else { return variable }
    if let value = self.value(of: field, pod) { return literal(name, Array(value.utf8)) }
    warnings.warn(
      "podman does not support \(path).valueFrom.fieldRef: variable '\(name)' is left out, since '\(field)' does not "
        + "exist"
    )
    return nil
  }

  /// A field of the pod by its path, as in `metadata.labels['app']`.
  private func value(of field: String, _ pod: Identity) -> String? {
    switch field {
    case "metadata.name": return pod.name
    case "metadata.namespace": return play.app.namespace
    default:
      for (head, table) in [("metadata.labels['", pod.labels), ("metadata.annotations['", pod.annotations)]
      where field.hasPrefix(head) && field.hasSuffix("']") {
        return PodMaterial.text(
          table?[String(decoding: field.utf8.dropFirst(head.utf8.count).dropLast(2), as: UTF8.self)]) ?? ""
      }
      return nil
    }
  }

  /// The volumes of a pod, each of a kind that podman supports. A claim becomes a podman volume of its name, which
  /// keeps its content for ever.
  func volumes(_ volumes: [JSON], claims: [JSON], path: String, _ pod: Identity) throws -> [JSON] {
    var made = try volumes.enumerated().map { index, volume -> JSON in
      guard let name = volume["name"]?.string else { return volume }
      if let map = volume["configMap"], let object = map["name"]?.string {
        if let entries = configMaps[object] { return directory(name, try files(chosen(entries, map))) }
        return isOptional(map) ? scratch(name) : volume
      }
      if let secret = volume["secret"], let object = secret["secretName"]?.string {
        if let entries = secrets[object] { return directory(name, try files(chosen(entries, secret))) }
        return isOptional(secret) ? scratch(name) : volume
      }
      if let claim = volume["persistentVolumeClaim"]?["claimName"]?.string { return claimed(name, claim) }
      if let path = volume["hostPath"]?["path"]?.string {
        // Runtimes of clusters create a missing directory; podman fails.
        guard ["", nil].contains(volume["hostPath"]?["type"]?.string), !Files.exists(path) else { return volume }
        return .members([
          "name": .string(name), "hostPath": .members(["path": .string(path), "type": .string("DirectoryOrCreate")])
        ])
      }
      if let own = volume["downwardAPI"] {
        return directory(
          name,
          try files(fields(own["items"], mode: own["defaultMode"]?.integer, path: "\(path)[\(index)].downwardAPI", pod))
        )
      }
      if let sources = volume["projected"]?["sources"]?.array {
        let mode = volume["projected"]?["defaultMode"]?.integer
        return directory(
          name,
          try files(
            sources.enumerated().flatMap {
              try projected($1, mode: mode, path: "\(path)[\(index)].projected.sources[\($0)]", pod)
            }))
      }
      return scratch(name)
    }
    for claim in claims {
      if let name = claim["metadata"]?["name"]?.string { made.append(claimed(name, "\(name)-\(play.app.name)-0")) }
    }
    return made
  }

  private func projected(_ source: JSON, mode: Int?, path: String, _ pod: Identity) throws -> [File] {
    for (kind, table) in [("configMap", configMaps), ("secret", secrets)] {
      guard let reference = source[kind], let object = reference["name"]?.string else { continue }
      if let entries = table[object] { return chosen(entries, reference, mode: mode) }
      if !isOptional(reference) {
        warnings.warn("podman does not support \(path): the chart has no \(kind) '\(object)'; its files are missing")
      }
      return []
    }
    return try fields(source["downwardAPI"]?["items"], mode: mode, path: path + ".downwardAPI", pod)
  }

  private func fields(_ items: JSON?, mode: Int?, path: String, _ pod: Identity) throws -> [File] {
    (items?.array ?? []).enumerated().compactMap { index, item in
      guard let file = item["path"]?.string else { return nil }
      let field = item["fieldRef"]?["fieldPath"]?.string ?? ""
      let table = field == "metadata.labels" ? pod.labels : field == "metadata.annotations" ? pod.annotations : nil
      let lines = table?.object.map {
        $0.sorted { $0.name < $1.name }.map { "\($0.name)=\(JSON.string(PodMaterial.string($0.value)).text)" }.joined(
          separator: "\n")
      }
      guard let text = lines ?? value(of: field, pod) else {
        warnings.warn("podman does not support \(path).items[\(index)]: there is no file '\(file)'")
        return nil
      }
      return File(path: file, value: Array(text.utf8), mode: item["mode"]?.integer ?? mode)
    }
  }

  /// A file of a volume; readable by everyone unless it has a mode.
  private struct File {
    var path: String
    var value: [UInt8]
    var mode: Int?
    /// The requested mode, but readable by everyone: the file is owned by us, and the container may run as another
    /// user.
    var permissions: mode_t { mode_t(truncatingIfNeeded: (mode ?? 0o444) & 0o555) | 0o444 }
  }

  private func chosen(_ entries: [(name: String, value: [UInt8])], _ source: JSON, mode: Int? = nil) -> [File] {
    let mode = source["defaultMode"]?.integer ?? mode
    guard let items = source["items"]?.array else {
      return entries.map { File(path: $0.name, value: $0.value, mode: mode) }
    }
    return items.compactMap { item in
      guard let key = item["key"]?.string, let entry = entries.first(where: { $0.name == key }) else { return nil }
      return File(path: item["path"]?.string ?? key, value: entry.value, mode: item["mode"]?.integer ?? mode)
    }
  }

  private func scratch(_ name: String) -> JSON { .members(["name": .string(name), "emptyDir": .object([])]) }

  private func claimed(_ name: String, _ claim: String) -> JSON {
    let scoped = play.app.namespace == "default" ? claim : "\(play.app.namespace).\(claim)"
    return .members(["name": .string(name), "persistentVolumeClaim": .members(["claimName": .string(scoped)])])
  }

  private func directory(_ name: String, _ path: String) -> JSON {
    .members(["name": .string(name), "hostPath": .members(["path": .string(path), "type": .string("Directory")])])
  }

  /// Writes the files, once for each content, and returns the directory.
  private func files(_ chosen: [File]) throws -> String {
    for file in chosen {
      let parts = file.path.split(separator: "/", omittingEmptySubsequences: false)
      guard !parts.contains(where: { $0.isEmpty || $0 == "." || $0 == ".." }) else {
        throw HelmError.doesNotRender(
          chart: play.chart.name, said: "'\(file.path)' is not a valid file name in a volume")
      }
    }
    var hash = SHA256()
    for file in chosen.sorted(by: { $0.path < $1.path }) {
      hash.update("\(file.path.utf8.count) \(file.path) \(file.value.count) \(file.permissions) ")
      hash.update(file.value)
    }
    let parent = try home.directory("volumes")
    let target = "\(parent)/\(hash.finish())"
    if Files.isDirectory(target) { return target }
    Temporary.sweep(in: parent)
    let temporary = try Temporary.directory(in: parent)
    for file in chosen {
      let path = "\(temporary)/\(file.path)"
      if let slash = path.lastIndex(of: "/") { try Files.makeDirectories(String(path[..<slash])) }
      try Files.write(file.value, to: path, mode: file.permissions)
    }
    // Any user of the container may read it; its parent directory is private to us.
    try Directory.publish(temporary, as: target)
    return target
  }
}

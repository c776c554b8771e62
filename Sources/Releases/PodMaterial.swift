import Archives
import Command
import Records
import Settings

/// The ConfigMaps and Secrets of a chart, filled into its pods.
///
/// podman keeps a ConfigMap's volume under the ConfigMap's name for ever, with its first content, for every pod that mounts one of
/// that name. So variables are written out, and files go to a directory of the draft home named by their content, which only we may
/// enter and which is mounted read-only. What the chart does not contain is podman's: a Secret made by `podman secret create`.
struct PodMaterial {
  private let configMaps: [String: [(name: String, value: [UInt8])]]
  private let secrets: [String: [(name: String, value: [UInt8])]]
  private let order: Order
  private let home: Home

  init(rendering: Rendering, order: Order, home: Home) throws {
    self.order = order
    self.home = home
    configMaps = PodMaterial.table(rendering.of("ConfigMap"), plain: "data", encoded: "binaryData")
    secrets = PodMaterial.table(rendering.of("Secret"), plain: "stringData", encoded: "data")
  }

  private static func table(_ objects: [JSON], plain: String, encoded: String) -> [String: [(name: String, value: [UInt8])]] {
    var table: [String: [(name: String, value: [UInt8])]] = [:]
    for object in objects {
      guard let name = object["metadata"]?["name"]?.string else { continue }
      var entries = (object[encoded]?.object ?? []).compactMap { entry in
        entry.value.string.flatMap { base64Decoded(Array($0.utf8)) }.map { (name: entry.name, value: $0) }
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

  /// The container with its variables written out, in the order and with the precedence Kubernetes gives them.
  func filled(_ container: JSON, podName: String) throws -> JSON {
    var container = container
    var left: [JSON] = []
    var variables: [(name: String, value: JSON)] = []
    func set(_ name: String, _ value: JSON) {
      variables.removeAll { $0.name == name }
      variables.append((name, value))
    }
    for source in container["envFrom"]?.array ?? [] {
      let entries = source["configMapRef"]?["name"]?.string.flatMap { configMaps[$0] } ?? source["secretRef"]?["name"]?.string.flatMap { secrets[$0] }
      guard let entries else { left.append(source); continue }
      for entry in entries { set((source["prefix"]?.string ?? "") + entry.name, literal(entry.name, entry.value, prefix: source["prefix"]?.string ?? "")) }
    }
    for variable in container["env"]?.array ?? [] {
      guard let name = variable["name"]?.string else { continue }
      if let value = try resolved(variable, podName: podName) { set(name, value) }
    }
    container["envFrom"] = left.isEmpty ? nil : .array(left)
    container["env"] = variables.isEmpty ? nil : .array(variables.map(\.value))
    return container
  }

  private func literal(_ name: String, _ value: [UInt8], prefix: String = "") -> JSON {
    .members(["name": .string(prefix + name), "value": .string(String(decoding: value, as: UTF8.self))])
  }

  /// nil leaves the variable out.
  private func resolved(_ variable: JSON, podName: String) throws -> JSON? {
    guard let name = variable["name"]?.string, let source = variable["valueFrom"] else { return variable }
    for (kind, table) in [("configMapKeyRef", configMaps), ("secretKeyRef", secrets)] {
      guard let reference = source[kind], let object = reference["name"]?.string, let entries = table[object] else { continue }
      if let entry = entries.first(where: { $0.name == reference["key"]?.string }) { return literal(name, entry.value) }
      if reference["optional"]?.bool == true { return nil }
      throw ReleaseError.doesNotRender(chart: order.chart.name, said: "variable '\(name)' refers to a key that '\(object)' does not have")
    }
    switch source["fieldRef"]?["fieldPath"]?.string {
    case nil: return variable
    case "metadata.name": return literal(name, Array(podName.utf8))
    case "metadata.namespace": return literal(name, Array(order.app.namespace.utf8))
    case let path?:
      if path.hasPrefix("metadata.labels") || path.hasPrefix("metadata.annotations") { return variable }
      order.call.debug("podman cannot tell '\(path)': variable '\(name)' is left out")
      return nil
    }
  }

  /// The volumes of a pod. A claim is a volume of podman's of that name, and keeps its content for ever.
  func volumes(_ volumes: [JSON], claims: [JSON], podName: String) throws -> JSON? {
    var made = try volumes.map { volume -> JSON in
      guard let name = volume["name"]?.string else { return volume }
      if let map = volume["configMap"], let object = map["name"]?.string, let entries = configMaps[object] {
        return directory(name, try files(entries, map["items"]))
      }
      if let secret = volume["secret"], let object = secret["secretName"]?.string, let entries = secrets[object] {
        return directory(name, try files(entries, secret["items"]))
      }
      if let claim = volume["persistentVolumeClaim"]?["claimName"]?.string { return claimed(name, claim) }
      if volume["projected"] != nil || volume["downwardAPI"] != nil {
        order.call.warn("podman has no volume like '\(name)': it is empty")
        return .members(["name": .string(name), "emptyDir": .object([])])
      }
      return volume
    }
    for claim in claims {
      if let name = claim["metadata"]?["name"]?.string { made.append(claimed(name, "\(name)-\(order.app.name)-0")) }
    }
    return made.isEmpty ? nil : .array(made)
  }

  private func claimed(_ name: String, _ claim: String) -> JSON {
    let scoped = order.app.namespace == "default" ? claim : "\(order.app.namespace).\(claim)"
    return .members(["name": .string(name), "persistentVolumeClaim": .members(["claimName": .string(scoped)])])
  }

  private func directory(_ name: String, _ path: String) -> JSON {
    .members(["name": .string(name), "hostPath": .members(["path": .string(path), "type": .string("Directory")])])
  }

  /// Writes the entries as files, once for a content, and gives the directory.
  private func files(_ entries: [(name: String, value: [UInt8])], _ items: JSON?) throws -> String {
    var chosen = entries.map { (path: $0.name, value: $0.value) }
    if let items = items?.array {
      chosen = items.compactMap { item in
        guard let key = item["key"]?.string, let entry = entries.first(where: { $0.name == key }) else { return nil }
        return (item["path"]?.string ?? key, entry.value)
      }
    }
    for file in chosen {
      let parts = file.path.split(separator: "/", omittingEmptySubsequences: false)
      guard !parts.contains(where: { $0.isEmpty || $0 == "." || $0 == ".." }) else {
        throw ReleaseError.doesNotRender(chart: order.chart.name, said: "'\(file.path)' is no name of a file in a volume")
      }
    }
    var hash = SHA256()
    for file in chosen.sorted(by: { $0.path < $1.path }) { hash.update("\(file.path.utf8.count) \(file.path) \(file.value.count) "); hash.update(file.value) }
    let parent = try home.directory("volumes")
    let target = "\(parent)/\(hash.finish())"
    if Files.isDirectory(target) { return target }
    let temporary = try Temporary.directory(in: parent)
    for file in chosen {
      let path = "\(temporary)/\(file.path)"
      if let slash = path.lastIndex(of: "/") { try Files.makeDirectories(String(path[..<slash])) }
      try Files.write(file.value, to: path, mode: 0o444)
    }
    // Any user of the container may read it; its parent is ours alone.
    try Directory.publish(temporary, as: target)
    return target
  }
}

import Records
import YAML

extension ChartMetadata {
  /// Chart.yaml as `helm package` writes it: only the fields it knows, without comments. A v1 chart keeps its
  /// dependencies in requirements.yaml.
  package var packed: [UInt8] { YAML.text(json(dependencies: apiVersion == "v1" ? [] : dependencies)) }

  /// The same with the dependencies, as it stands in a provenance file and in a repository's index.
  package var json: JSON { json(dependencies: dependencies) }

  private func json(dependencies: [ChartDependency]) -> JSON {
    var members: [(name: String, value: JSON)] = []
    func add(_ name: String, _ text: String) { if !text.isEmpty { members.append((name, .string(text))) } }
    func add(_ name: String, _ list: [JSON]) { if !list.isEmpty { members.append((name, .array(list))) } }
    add("name", name)
    add("home", home)
    add("sources", sources.map { .string($0) })
    add("version", version)
    add("description", description)
    add("keywords", keywords.map { .string($0) })
    add("maintainers", maintainers.map(\.json))
    add("icon", icon)
    add("apiVersion", apiVersion)
    add("condition", condition)
    add("tags", tags)
    add("appVersion", appVersion)
    if deprecated { members.append(("deprecated", .bool(true))) }
    if !annotations.isEmpty {
      let sorted = annotations.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
      members.append(("annotations", .object(sorted.map { ($0.key, .string($0.value)) })))
    }
    add("kubeVersion", kubeVersion)
    add("dependencies", dependencies.map(\.json))
    add("type", type)
    return .object(members)
  }
}

extension ChartMetadata.Maintainer {
  fileprivate var json: JSON {
    let fields = [("name", name), ("email", email), ("url", url)].filter { !$0.1.isEmpty }
    return .object(fields.map { ($0.0, .string($0.1)) })
  }
}

extension ChartLock {
  /// As `helm package` writes it.
  package var packed: [UInt8] {
    YAML.text(
      .object([
        ("generated", .string(generated)), ("digest", .string(digest)),
        ("dependencies", dependencies.isEmpty ? .null : .array(dependencies.map(\.json)))
      ]))
  }
}

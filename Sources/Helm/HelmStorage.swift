import Cluster
import Command
import Records
import Settings

/// The releases of a cluster as helm stores them, one object for each revision:
/// https://helm.sh/docs/topics/advanced/#storage-backends
///
/// An object holds the whole chart, so reading all of them is what makes helm slow. We ask for the table that kubectl
/// prints: then the server sends only the metadata, and the labels hold name, revision and status. After that we read
/// the contents of the revisions to be shown and no others, a hundred releases at a time.
package struct HelmStorage {
  /// One revision, with what its metadata says.
  package struct Entry: Equatable {
    package var namespace: String
    /// `sh.helm.release.v1.web.v3`
    package var object: String
    package var name: String
    package var revision: Int
    package var status: String
    /// Helm's own times are not reliable: an upgrade copies them.
    package var labels: [String: String] = [:]
  }

  package enum Kind: String { case secrets, configmaps }

  package let context: KubeContext
  package let call: Call
  package let kind: Kind

  package init(context: KubeContext, call: Call) throws(HelmError) {
    self.context = context
    self.call = call
    switch environmentVariable("HELM_DRIVER") {
    case nil, "secret", "secrets": kind = .secrets
    case "configmap", "configmaps": kind = .configmaps
    case let other?: throw .badDriver(other)
    }
  }

  package static var isInSecrets: Bool { [nil, "secret", "secrets"].contains(environmentVariable("HELM_DRIVER")) }

  /// The matching revisions, in one namespace or (nil) in all. Metadata only. Objects that are not helm's are skipped,
  /// whatever their labels say.
  package func entries(_ selector: String, namespace: String?) throws -> [Entry] {
    var words = [
      "get", kind.rawValue, "--context=\(context.name)", "--request-timeout=60s",
      "--selector=owner=helm\(selector.isEmpty ? "" : ",")\(selector)",
      "--no-headers", "--show-labels", namespace.map { "--namespace=\($0)" } ?? "--all-namespaces"
    ]
    if kind == .secrets { words.append("--field-selector=type=\(LiveGroup.helmSecret)") }
    let result = try run(words, doing: "list releases")
    return result.outputText.lines.compactMap { HelmStorage.entry($0, namespace: namespace) }
  }

  /// Reads a line of the table: the namespace if all were asked for, the name, other columns, and last the labels.
  package static func entry(_ line: Substring, namespace: String?) -> Entry? {
    let columns = line.split(separator: " ")
    guard columns.count >= 3, let last = columns.last else { return nil }
    var labels: [String: String] = [:]
    for label in last.split(separator: ",") {
      let sides = label.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      if sides.count == 2 { labels[String(sides[0])] = String(sides[1]) }
    }
    return entry(namespace ?? String(columns[0]), String(columns[namespace == nil ? 1 : 0]), labels)
  }

  private static func entry(_ namespace: String, _ object: String, _ labels: [String: String]) -> Entry? {
    guard let name = labels["name"], Name.isRelease(name),
      let revision = labels["version"].flatMap({ Number.whole($0) }), let status = labels["status"],
      object == "sh.helm.release.v1.\(name).v\(revision)"
    else { return nil }
    return Entry(namespace: namespace, object: object, name: name, revision: revision, status: status, labels: labels)
  }

  /// The newest revision of each release, by namespace and name. A release that was uninstalled with `--keep-history`
  /// does not count.
  package func newest(_ selector: String = "", namespace: String?) throws -> [Entry] {
    var found: [String: Entry] = [:]
    // Superseded revisions are most of the rows, and the newest is never superseded.
    for entry in try entries("\(selector)\(selector.isEmpty ? "" : ",")status!=superseded", namespace: namespace) {
      let key = "\(entry.namespace)/\(entry.name)"
      if found[key].map({ $0.revision < entry.revision }) ?? true { found[key] = entry }
    }
    return found.values.filter { $0.status != "uninstalled" }.sorted {
      ($0.namespace, $0.name) < ($1.namespace, $1.name)
    }
  }

  /// The newest revision of each release with its contents, for callers that want all of them: `each` extracts what is
  /// kept. A release that was uninstalled with `--keep-history` does not count.
  ///
  /// This reads the objects once, a page at a time. Finding the few current ones among many superseded ones is what
  /// takes the API server its time, and asking for the metadata first would make it search twice.
  package func newest<Kept>(namespace: String?, each: (Entry, Substring) -> Kept) throws -> [(entry: Entry, kept: Kept)]
  {
    var found: [String: (entry: Entry, kept: Kept)] = [:]
    let place = namespace.map { "/api/v1/namespaces/\($0)" } ?? "/api/v1",
      selector = Kubectl.escaped("owner=helm,status!=superseded")
    let path =
      "\(place)/\(kind.rawValue)?limit=100&labelSelector=\(selector)"
      + (kind == .secrets ? "&fieldSelector=type%3Dhelm.sh%2Frelease.v1" : "")
    var next = ""
    repeat {
      let rest = next.isEmpty ? "" : "&continue=\(Kubectl.escaped(next))"
      let result = try run(
        ["get", "--raw", path + rest, "--context=\(context.name)", "--request-timeout=60s"], doing: "list releases")
      let page: JSON
      do { page = try JSON(parsing: result.output) } catch {
        throw ClusterError.kubectl(doing: "list releases", said: error.reason)
      }
      for item in page["items"]?.array ?? [] {
        guard let metadata = item["metadata"], let namespace = metadata["namespace"]?.string,
          let object = metadata["name"]?.string,
          let entry = HelmStorage.entry(
            namespace, object, (metadata["labels"]?.object ?? []).reduce(into: [:]) { $0[$1.name] = $1.value.string })
        else { continue }
        let key = "\(namespace)/\(entry.name)"
        if let known = found[key], known.entry.revision >= entry.revision { continue }
        found[key] = (entry, each(entry, (item["data"]?["release"]?.string ?? "")[...]))
      }
      let last = next
      next = page["metadata"]?["continue"]?.string ?? ""
      if next == last { break }
    } while !next.isEmpty
    return found.values.filter { $0.entry.status != "uninstalled" }.sorted {
      ($0.entry.namespace, $0.entry.name) < ($1.entry.namespace, $1.entry.name)
    }
  }

  /// Every revision of a release, the newest first; empty if there is no such release.
  package func revisions(_ name: String, namespace: String) throws -> [Entry] {
    try entries("name=\(name)", namespace: namespace).sorted { $0.revision > $1.revision }
  }

  /// Reads the contents of these revisions and passes on each as it is decoded. Revisions deleted in the meantime are
  /// missing.
  package func read(_ entries: [Entry], each: (Entry, Result<StoredRelease, HelmError>) throws -> Void) throws {
    for (namespace, all) in Dictionary(grouping: entries, by: \.namespace).sorted(by: { $0.key < $1.key }) {
      var rest = all[...]
      while !rest.isEmpty {
        try readSome(Array(rest.prefix(100)), namespace: namespace, each: each)
        rest = rest.dropFirst(100)
      }
    }
  }

  private func readSome(
    _ entries: [Entry], namespace: String, each: (Entry, Result<StoredRelease, HelmError>) throws -> Void
  ) throws {
    let names = Set(entries.map(\.name)).sorted(), revisions = Set(entries.map(\.revision)).sorted()
    let result = try run(
      [
        "get", kind.rawValue, "--namespace=\(namespace)", "--context=\(context.name)", "--request-timeout=60s",
        "--selector=owner=helm,name in (\(names.joined(separator: ","))),version in "
          + "(\(revisions.map(String.init).joined(separator: ",")))",
        "--output=jsonpath={range .items[*]}{.metadata.name} {.data.release}{\"\\n\"}{end}"
      ], doing: "read releases")
    var bodies: [String: Substring] = [:]
    for line in result.outputText.lines {
      let parts = line.split(separator: " ", maxSplits: 1)
      if let name = parts.first { bodies[String(name)] = parts.count == 2 ? parts[1] : "" }
    }
    for entry in entries {
      guard let body = bodies[entry.object] else { continue }
      try each(entry, StoredRelease.result(body, entry, kind: kind))
    }
  }

  /// The size in bytes of the deployed revision of one release, or of all in a namespace; nil if that may not be read.
  package static func sizes(of name: String?, namespace: String, context: KubeContext) -> [(name: String, bytes: Int)]?
  {
    let selector = "--selector=owner=helm,status=deployed" + (name.map { ",name=\($0)" } ?? "")
    guard
      let result = try? Kubectl.run(
        [
          "get", "secrets", "--namespace=\(namespace)", "--context=\(context.name)", "--request-timeout=20s", selector,
          "--output=go-template={{range .items}}{{.metadata.labels.name}} {{len .data.release}}{{\"\\n\"}}{{end}}"
        ], errors: .discard),
      result.succeeded
    else { return nil }
    return result.outputText.lines.compactMap { line in
      let words = line.split(separator: " ")
      // Kubernetes adds a layer of base64 in a Secret.
      return words.count == 2 ? Int(words[1]).map { (String(words[0]), $0 / 4 * 3) } : nil
    }
  }

  package func place(_ namespace: String) -> String { "namespace '\(namespace)' of kube context '\(context.name)'" }

  /// The contents of one revision.
  package func read(_ entry: Entry) throws -> StoredRelease {
    var found: Result<StoredRelease, HelmError>?
    try read([entry]) { _, result in found = result }
    guard let found else { throw HelmError.noRelease(name: entry.name, place: place(entry.namespace)) }
    return try found.get()
  }

  /// The contents of the newest revision, or of the requested one.
  package func read(_ name: String, namespace: String, revision: Int? = nil) throws -> StoredRelease {
    guard let revision else {
      guard let entry = try newest("name=\(name)", namespace: namespace).first else {
        throw HelmError.noRelease(name: name, place: place(namespace))
      }
      return try read(entry)
    }
    let all = try revisions(name, namespace: namespace)
    guard !all.isEmpty else { throw HelmError.noRelease(name: name, place: place(namespace)) }
    guard let entry = all.first(where: { $0.revision == revision }) else {
      throw HelmError.noRevision(name: name, revision: revision, known: all.map(\.revision).reversed())
    }
    return try read(entry)
  }

  private func run(_ words: [String], doing: String) throws -> Child.Result {
    let result = try Kubectl.run(words, slow: context.sayWaiting(call), call: call)
    guard result.succeeded else {
      throw HelmError.cluster(ClusterFailure(result.errorText).error(context: context, doing: doing))
    }
    return result
  }
}

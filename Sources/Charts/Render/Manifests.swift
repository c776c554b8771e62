import Records
import Templates
import YAML

/// A document of a rendered template.
package struct ChartManifest: Sendable {
  /// The template, as in `web/templates/service.yaml`.
  package let path: String
  package let text: [UInt8]
  package let apiVersion: String
  package let kind: String
  package let name: String
  /// What `helm.sh/hook` says, one by one; empty for an object that is no hook.
  package let hooks: [String]

  /// Nothing but comments.
  package var isBlank: Bool { kind.isEmpty && apiVersion.isEmpty && name.isEmpty }
  package var isTest: Bool { hooks.contains("test") || hooks.contains("test-success") }
}

/// What helm makes of the rendered templates: documents, split, read and in the order in which it installs them.
/// https://github.com/helm/helm/blob/v3.17.3/pkg/releaseutil/manifest_sorter.go
enum Manifests {
  /// - Parameter files: what was rendered, by the name of the template.
  static func sorted(_ files: [String: [UInt8]], _ dialect: Dialect) throws(RenderError) -> (
    objects: [ChartManifest], hooks: [ChartManifest]
  ) {
    var objects: [ChartManifest] = [], hooks: [ChartManifest] = []
    for (path, text) in files.sorted(by: { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }) {
      if path.utf8.reversed().prefix(while: { $0 != UInt8(ascii: "/") }).last == UInt8(ascii: "_") { continue }
      for document in split(text, dialect) {
        guard let manifest = try read(Array(document), path) else { continue }
        if manifest.hooks.isEmpty { objects.append(manifest) } else { hooks.append(manifest) }
      }
    }
    return (byKind(objects, dialect), byKind(hooks, dialect))
  }

  /// The documents of a text as helm splits it: at `---` at the beginning of a line, without the white space around.
  /// Helm 4 leaves what is at the end of the last one.
  static func split(_ text: [UInt8], _ dialect: Dialect = .helm3) -> [ArraySlice<UInt8>] {
    let whole = text
    let text = trimmed(whole[...])
    var documents: [ArraySlice<UInt8>] = [], start = text.startIndex, place = text.startIndex
    func add(_ end: Int) {
      let document = trimmed(text[start..<end])
      if !document.isEmpty { documents.append(document) }
    }
    while place < text.endIndex {
      // White space behind a mark belongs to it: a second one right below is text.
      let isAtLine = place == text.startIndex || place > start && text[place - 1] == 0x0A
      if isAtLine, text[place] == 0x2D, text[place...].starts(with: [0x2D, 0x2D, 0x2D]) {
        if place > start { add(place) }
        place += 3
        while place < text.endIndex, isRegexSpace(text[place]) { place += 1 }
        start = place
        continue
      }
      guard
        let next = text.withUnsafeBufferPointer({ bytes -> Int? in
          bytes[(place - text.startIndex)...].firstIndex(of: 0x0A)
        })
      else { break }
      place = text.startIndex + next + 1
    }
    add(text.endIndex)
    if dialect == .helm4, let last = documents.last, last.endIndex == text.endIndex {
      documents[documents.count - 1] = whole[last.startIndex...]
    }
    return documents
  }

  /// `\s` of Go's regular expressions.
  private static func isRegexSpace(_ byte: UInt8) -> Bool {
    byte == 0x20 || (0x09...0x0D).contains(byte) && byte != 0x0B
  }

  static func trimmed(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    var text = text
    while true {
      if let byte = text.first, byte == 0x20 || (0x09...0x0D).contains(byte) {
        text.removeFirst()
      } else if text.starts(with: [0xC2, 0x85]) || text.starts(with: [0xC2, 0xA0]) {
        text.removeFirst(2)
      } else {
        break
      }
    }
    while true {
      if let byte = text.last, byte == 0x20 || (0x09...0x0D).contains(byte) {
        text.removeLast()
      } else if text.suffix(2).elementsEqual([0xC2, 0x85]) || text.suffix(2).elementsEqual([0xC2, 0xA0]) {
        text.removeLast(2)
      } else {
        break
      }
    }
    return text
  }

  /// nil for a hook that helm does not know, which it leaves out.
  static func read(_ text: [UInt8], _ path: String) throws(RenderError) -> ChartManifest? {
    func unreadable(_ reason: String) -> RenderError { .chart("YAML parse error on \(path): \(reason)") }
    guard HelmFunctions.isReadAlike(text) else { throw .unknowable(why: "a byte order mark in \(path)") }
    let yaml: YAML?
    do throws(YAMLError) { yaml = try YAML.firstForGo(parsing: text) } catch {
      throw unreadable("error converting YAML to JSON: \(error.goText)")
    }
    if let fault = yaml?.goFault { throw unreadable(fault) }
    let head: Head
    do throws(HeadError) { head = try Head(yaml) } catch {
      throw unreadable("error unmarshaling JSON: while decoding JSON: json: cannot unmarshal \(error.text)")
    }
    var hooks: [String] = []
    if let words = head.annotations["helm.sh/hook"] {
      hooks = words.split(separator: ",", omittingEmptySubsequences: false).map { $0.trimmed.lowercased() }
      guard hooks.allSatisfy(Manifests.events.contains) else { return nil }
    }
    return ChartManifest(
      path: path, text: text, apiVersion: head.apiVersion, kind: head.kind, name: head.name, hooks: hooks)
  }

  private static let events: Set<String> = [
    "pre-install", "post-install", "pre-delete", "post-delete", "pre-upgrade", "post-upgrade", "pre-rollback",
    "post-rollback", "test", "test-success"
  ]

  private struct HeadError: Error { let text: String }

  /// What helm reads of an object.
  private struct Head {
    var apiVersion = "", kind = "", name = ""
    var annotations: [String: String] = [:]

    init(_ yaml: YAML?) throws(HeadError) {
      guard let yaml, !yaml.isNull else { return }
      let type = "releaseutil.SimpleHead"
      guard yaml.mapping != nil else { throw HeadError(text: "\(Head.word(yaml)) into Go value of type \(type)") }
      func text(_ value: YAML, _ field: String) throws(HeadError) -> String {
        guard value.scalar != nil else {
          throw HeadError(text: "\(Head.word(value)) into Go struct field SimpleHead.\(field) of type string")
        }
        return GoText.text(of: value)
      }
      for (key, value) in yaml.merged where !value.isNull {
        switch key.lowercased() {
        case "apiversion": apiVersion = try text(value, "apiVersion")
        case "kind": kind = try text(value, "kind")
        case "metadata":
          guard value.mapping != nil else {
            throw HeadError(
              text: "\(Head.word(value)) into Go struct field SimpleHead.metadata of type struct { Name string "
                + "\"json:\\\"name\\\"\"; Annotations map[string]string \"json:\\\"annotations\\\"\" }")
          }
          for (key, value) in value.merged where !value.isNull {
            switch key.lowercased() {
            case "name": name = try text(value, "metadata.name")
            case "annotations":
              guard value.mapping != nil else {
                throw HeadError(
                  text: "\(Head.word(value)) into Go struct field .metadata.annotations of type map[string]string")
              }
              for (key, value) in value.merged { annotations[key] = try text(value, "metadata.annotations") }
            default: break
            }
          }
        default: break
        }
      }
    }

    private static func word(_ yaml: YAML) -> String {
      switch yaml.value {
      case .mapping: "object"
      case .sequence: "array"
      case .scalar: yaml.bool != nil ? "bool" : yaml.double != nil ? "number" : "string"
      }
    }
  }

  // MARK: order

  /// In the order in which helm installs kinds; those it does not know come last, by name.
  /// https://github.com/helm/helm/blob/v3.17.3/pkg/releaseutil/kind_sorter.go
  private static let kinds: [String: Int] = Dictionary(
    uniqueKeysWithValues: """
      PriorityClass Namespace NetworkPolicy ResourceQuota LimitRange PodSecurityPolicy PodDisruptionBudget
      ServiceAccount Secret SecretList ConfigMap StorageClass PersistentVolume PersistentVolumeClaim
      CustomResourceDefinition ClusterRole ClusterRoleList ClusterRoleBinding ClusterRoleBindingList Role RoleList
      RoleBinding RoleBindingList Service DaemonSet Pod ReplicationController ReplicaSet Deployment
      HorizontalPodAutoscaler StatefulSet Job CronJob IngressClass Ingress APIService
      MutatingWebhookConfiguration ValidatingWebhookConfiguration
      """.split { $0 == " " || $0 == "\n" }.enumerated().map { (String($1), $0) })

  private static let webhooks: Set<String> = ["MutatingWebhookConfiguration", "ValidatingWebhookConfiguration"]

  private static func byKind(_ manifests: [ChartManifest], _ dialect: Dialect) -> [ChartManifest] {
    func place(_ kind: String) -> Int? { dialect == .helm3 && webhooks.contains(kind) ? nil : kinds[kind] }
    return manifests.enumerated().sorted { one, other in
      let (a, b) = (one.element.kind, other.element.kind)
      switch (place(a), place(b)) {
      case let (first?, second?): return first != second ? first < second : one.offset < other.offset
      case (nil, nil): return a != b ? a.utf8.lexicographicallyPrecedes(b.utf8) : one.offset < other.offset
      case (nil, _?): return false
      case (_?, nil): return true
      }
    }.map(\.element)
  }
}

/// The documents of what `helm template` prints, each with the template that the first line of it names.
package func manifests(of text: [UInt8]) throws(RenderError) -> [ChartManifest] {
  var manifests: [ChartManifest] = []
  let mark = Array("# Source: ".utf8)
  for document in Manifests.split(text) {
    var path = "", rest = document
    if document.starts(with: mark) {
      let end = document.firstIndex(of: 0x0A) ?? document.endIndex
      path = String(decoding: document[(document.startIndex + mark.count)..<end], as: UTF8.self)
      rest = Manifests.trimmed(document[end...])
    }
    if let manifest = try Manifests.read(Array(rest), path), !manifest.isBlank { manifests.append(manifest) }
  }
  return manifests
}

import Command
import Records

/// The objects of a release's manifest as they are in the cluster, in any namespace, read by one `kubectl get -f -`.
/// Hooks are not part of a manifest.
///
/// Kinds that may not be read, or that the cluster no longer knows, are skipped: nothing is known about their objects.
package struct LiveObjects {
  package struct Object {
    /// As the manifest has it.
    package var wanted: JSON
    /// As the cluster has it; nil if it does not exist.
    package var live: JSON?

    package var name: String { objectName(wanted) ?? "" }
    package var kind: String { wanted["kind"]?.string ?? "" }
  }

  /// In the order of the manifest, without skipped kinds.
  package private(set) var objects: [Object] = []
  /// The skipped kinds, and why.
  private(set) var passedOver: [(kind: String, error: ClusterError)] = []

  /// Throws ``ClusterError`` if the cluster cannot be asked at all.
  /// - Parameter group: what was read ahead for several releases; what it lacks is read here.
  package init(_ manifest: [JSON], namespace: String, context: KubeContext, call: Call, group: LiveGroup? = nil) throws
  {
    let wanted = LiveObjects.named(manifest), answers = wanted.map { group?.answer($0, namespace: namespace) }
    let open = zip(wanted, answers).filter { $0.1 == nil }.map(\.0)
    let (found, unread) = try ask(open, namespace: namespace, context: context, call: call)
    for (object, answer) in zip(wanted, answers) {
      switch answer {
      case .there(let live): objects.append(Object(wanted: object, live: live))
      case .gone: objects.append(Object(wanted: object, live: nil))
      case .passedOver: continue
      case nil:
        let live = found.first { LiveObjects.isSame($0, object, namespace: namespace) }
        if live != nil || !unread.contains(LiveObjects.kind(of: object)) {
          objects.append(Object(wanted: object, live: live))
        }
      }
    }
  }

  /// - Returns: the objects that exist, and the skipped kinds.
  private mutating func ask(_ wanted: [JSON], namespace: String, context: KubeContext, call: Call) throws -> (
    found: [JSON], unread: Set<String>
  ) {
    if wanted.isEmpty { return ([], []) }
    let asked = try LiveObjects.get(wanted, namespace: namespace, context: context, call: call)
    var found = asked.found, unread: Set<String> = []
    if asked.error != nil {
      // A missing object may not exist, or be of a kind that may not be read: ask for each kind by itself.
      let rest = wanted.filter { object in !found.contains { LiveObjects.isSame($0, object, namespace: namespace) } }
      for (kind, objects) in Dictionary(grouping: rest, by: LiveObjects.kind(of:)).sorted(by: { $0.key < $1.key }) {
        let again = try LiveObjects.get(objects, namespace: namespace, context: context, call: call)
        found += again.found
        guard let error = again.error else { continue }
        call.debug("\(kind) is skipped: \(error.message)")
        passedOver.append((objects[0]["kind"]?.string ?? "", error))
        unread.insert(kind)
      }
    }
    return (found, unread)
  }

  package init(_ objects: [Object]) { self.objects = objects }

  /// Objects of the release that the cluster lacks, as in `Service/web`. Does not count Jobs that are deleted after
  /// they finish.
  package var missing: [Object] {
    objects.filter { $0.live == nil && !($0.kind == "Job" && $0.wanted["spec"]?["ttlSecondsAfterFinished"] != nil) }
  }

  /// All objects, with Lists replaced by their items.
  static func flat(_ manifest: [JSON]) -> [JSON] {
    manifest.flatMap { object -> [JSON] in
      let isList = object["kind"]?.string?.hasSuffix("List") == true
      return isList ? object["items"]?.array.map(flat) ?? [object] : [object]
    }
  }

  /// The objects that have a kind and a name, including items of Lists.
  package static func named(_ manifest: [JSON]) -> [JSON] {
    flat(manifest).filter { $0["kind"]?.string != nil && $0["metadata"]?["name"]?.string != nil }
  }

  private static func kind(of object: JSON) -> String {
    "\(object["apiVersion"]?.string ?? "") \(object["kind"]?.string ?? "")"
  }

  /// A cluster-scoped object has no namespace, even if its manifest names one.
  private static func isSame(_ live: JSON, _ wanted: JSON, namespace: String) -> Bool {
    let place = live["metadata"]?["namespace"]?.string
    return kind(of: live) == kind(of: wanted) && live["metadata"]?["name"] == wanted["metadata"]?["name"]
      && (place == nil || place == wanted["metadata"]?["namespace"]?.string ?? namespace)
  }

  /// - Returns: the objects that exist, and the error if some could not be read.
  package static func get(
    _ objects: [JSON], namespace: String, context: KubeContext, options: [String] = [], call: Call
  ) throws -> (found: [JSON], error: ClusterError?) {
    // Send only what identifies them: the rest may be secret. The namespace goes here because kubectl takes one option
    // for all.
    let input = objects.flatMap { object -> [UInt8] in
      let place = object["metadata"]?["namespace"] ?? .string(namespace)
      let metadata = JSON.members(["name": object["metadata"]?["name"], "namespace": place])
      return JSON.members(["apiVersion": object["apiVersion"], "kind": object["kind"], "metadata": metadata]).bytes + [
        0x0A
      ]
    }
    return try Kubectl(context: context, call: call).objects(
      ["--filename=-"] + options, input: input, about: objects.compactMap(objectName).joined(separator: " "))
  }
}

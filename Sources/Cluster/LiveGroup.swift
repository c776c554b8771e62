import Records

/// What several releases have in the cluster, read together, namespace by namespace: workloads with their pods, and
/// services, in full; for everything else only whether it exists, so that the contents of Secrets stay on the server.
/// ``LiveObjects`` takes the objects of one release from it.
package struct LiveGroup: Sendable {
  package enum Answer: Sendable {
    /// Only the name, unless it is a workload or a Service.
    case there(JSON)
    case gone
    /// Its kind is unknown or may not be read.
    case passedOver
  }

  /// The type of the Secrets in which helm stores revisions.
  package static let helmSecret = "helm.sh/release.v1"

  /// By namespace, kind with its version, and name.
  private var answers: [String: Answer] = [:]
  /// By namespace and selector.
  private var pods: [String: [ClusterPod]] = [:]

  /// Throws ``ClusterError`` if the cluster cannot be asked at all, or if its pods may not be read.
  package init(of manifests: [[JSON]], namespace: String, kubectl: Kubectl) throws {
    let wanted = manifests.flatMap(LiveObjects.named).filter(LiveGroup.isPlain)
    for (place, objects) in Dictionary(grouping: wanted, by: { LiveGroup.place($0, namespace) }).sorted(by: {
      $0.key < $1.key
    }) {
      try ask(objects.filter(LiveGroup.isWhole), place, kubectl) { words in
        let (found, error) = try kubectl.objects(words + ["--namespace=\(place)"])
        return (found.map { (LiveGroup.title($0), $0) }, error)
      }
      // Most Secrets of a namespace are revisions of releases, which are not needed here; the selector excludes them.
      let others = Dictionary(grouping: objects.filter { !LiveGroup.isWhole($0) }, by: LiveGroup.isSecret)
      for (isSecret, objects) in others.sorted(by: { !$0.key && $1.key }) {
        try ask(objects, place, kubectl) { words in
          let selector = isSecret ? ["--field-selector=type!=\(LiveGroup.helmSecret)"] : []
          let (found, error) = try kubectl.titles(words + selector, namespace: place)
          return (found.map { ($0, nil) }, error)
        }
      }
      let running = objects.compactMap { object -> JSON? in
        guard Workloads.kinds[LiveGroup.kind(object)] != nil,
          case .there(let live)? = answer(object, namespace: namespace)
        else { return nil }
        return live
      }
      try askForPods(of: running, place, kubectl)
    }
  }

  /// nil if it was not asked for.
  package func answer(_ object: JSON, namespace: String) -> Answer? {
    answers["\(LiveGroup.place(object, namespace))\0\(LiveGroup.versioned(object))"]
  }

  /// nil if they were not asked for.
  package func pods(selector: String, namespace: String) -> [ClusterPod]? { pods["\(namespace)\0\(selector)"] }

  private mutating func ask(
    _ objects: [JSON], _ place: String, _ kubectl: Kubectl,
    read: ([String]) throws -> (found: [(title: String, live: JSON?)], error: ClusterError?)
  ) throws {
    if objects.isEmpty { return }
    let kinds = Dictionary(grouping: objects, by: LiveGroup.resource).sorted { $0.key < $1.key }
    let asked = try read([kinds.map(\.key).joined(separator: ",")])
    if asked.error == nil { return settle(objects, place, asked.found) }
    // One kind that is unknown or may not be read hides others: ask for each by itself.
    for (kind, objects) in kinds {
      let again = try read([kind])
      guard again.error != nil else {
        settle(objects, place, again.found)
        continue
      }
      // ``LiveObjects`` reports why a workload cannot be read. For other kinds it may be that one can be read but not
      // all listed.
      guard !LiveGroup.isWhole(objects[0]),
        let error = try LiveObjects.get([objects[0]], namespace: place, context: kubectl.context, call: kubectl.call)
          .error
      else { continue }
      kubectl.call.debug("\(kind) is skipped: \(error.message)")
      for object in objects { answers["\(place)\0\(LiveGroup.versioned(object))"] = .passedOver }
    }
  }

  private mutating func settle(_ objects: [JSON], _ place: String, _ found: [(title: String, live: JSON?)]) {
    let there = Dictionary(found.map { ($0.title, $0.live) }, uniquingKeysWith: { first, _ in first })
    for object in objects {
      let answer: Answer
      switch there[LiveGroup.title(object)] {
      case .some(let live):
        answer = .there(
          live
            ?? .members([
              "apiVersion": object["apiVersion"], "kind": object["kind"],
              "metadata": .members(["name": object["metadata"]?["name"]])
            ]))
      case nil: answer = .gone
      }
      answers["\(place)\0\(LiveGroup.versioned(object))"] = answer
    }
  }

  /// One query for the workloads that share a label, as those of one chart do. It lists the label's values, so that
  /// other pods stay on the server.
  private mutating func askForPods(of objects: [JSON], _ namespace: String, _ kubectl: Kubectl) throws {
    let selections = objects.map(Workloads.labels).filter { !$0.isEmpty }
    var values: [String: Set<String>] = [:]
    for label in selections.joined() where !label.value.isEmpty { values[label.name, default: []].insert(label.value) }
    var questions: [String: Set<String>] = [:]
    for labels in selections {
      // The label that best tells the workloads apart.
      let best = labels.filter { !$0.value.isEmpty }.max {
        (values[$0.name]?.count ?? 0, $1.name) < (values[$1.name]?.count ?? 0, $0.name)
      }
      if let best { questions[best.name, default: []].insert(best.value) }
    }
    var found: [ClusterPod] = [], names: Set<String> = []
    for (label, values) in questions.sorted(by: { $0.key < $1.key }) {
      for pod in try kubectl.pods("\(label) in (\(values.sorted().joined(separator: ",")))", namespace: namespace) {
        if names.insert(pod.name).inserted { found.append(pod) }
      }
    }
    for labels in selections where labels.contains(where: { !$0.value.isEmpty }) {
      pods["\(namespace)\0\(Workloads.selector(labels))"] = found.filter { pod in
        labels.allSatisfy { pod.labels[$0.name] == $0.value }
      }
    }
  }

  private static func kind(_ object: JSON) -> String { object["kind"]?.string ?? "" }

  private static func place(_ object: JSON, _ namespace: String) -> String {
    object["metadata"]?["namespace"]?.string ?? namespace
  }

  private static func isSecret(_ object: JSON) -> Bool {
    resource(object) == "Secret.v1." && object["type"]?.string != LiveGroup.helmSecret
  }

  private static func isWhole(_ object: JSON) -> Bool {
    Workloads.kinds[kind(object)] != nil || kind(object) == "Service"
  }

  /// Names that would be an option or a second argument are left to ``LiveObjects``, which passes them to kubectl in a
  /// file.
  private static func isPlain(_ object: JSON) -> Bool {
    let texts =
      [kind(object), object["apiVersion"]?.string ?? "-"]
      + [object["metadata"]?["namespace"]?.string].compactMap(\.self)
    return texts.allSatisfy { text in
      text.utf8.first != UInt8(ascii: "-") && !text.isEmpty
        && text.utf8.allSatisfy { byte in
          (0x61...0x7A).contains(byte | 0x20) || (0x30...0x39).contains(byte) || [0x2D, 0x2E, 0x2F].contains(byte)
        }
    }
  }

  private static func group(_ object: JSON) -> (name: String, version: String) {
    let parts = (object["apiVersion"]?.string ?? "").split(separator: "/", maxSplits: 1)
    return parts.count == 2 ? (String(parts[0]), String(parts[1])) : ("", String(parts.first ?? ""))
  }

  /// `Deployment.v1.apps`, `Service.v1.`: the name of a kind that kubectl takes.
  private static func resource(_ object: JSON) -> String {
    "\(kind(object)).\(group(object).version).\(group(object).name)"
  }

  private static func versioned(_ object: JSON) -> String {
    "\(resource(object))/\(object["metadata"]?["name"]?.string ?? "")"
  }

  /// `deployment.apps/web`, `service/web`: as kubectl names it in a table.
  private static func title(_ object: JSON) -> String {
    let group = group(object).name
    return
      "\(kind(object).lowercased())\(group.isEmpty ? "" : ".\(group)")/\(object["metadata"]?["name"]?.string ?? "")"
  }
}

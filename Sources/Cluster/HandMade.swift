import Command
import Records

/// A field of a live object that was changed by hand and differs from the chart: images of containers, the number of
/// replicas, labels. Helm sets these back.
///
/// Reported only if it is certain. The API server records the manager of every field, so a value that differs was set
/// by hand if its manager says so. If a policy of the cluster changes what helm sends, helm is still the manager; and
/// the number of replicas may be an autoscaler's.
/// Source: https://kubernetes.io/docs/reference/using-api/server-side-apply/#field-management
package struct HandMade: Equatable {
  /// `image of container 'web'`
  package var what: String
  /// Its path as the API server names fields: `f:spec`, `f:replicas`.
  package var field: [String]
  /// Whether the live object has no value at all.
  package var isGone: Bool

  /// The API groups for which helm compares with the live object; for others it compares the old chart with the new
  /// one.
  private static let groups = [
    "", "apps", "batch", "policy", "networking.k8s.io", "rbac.authorization.k8s.io", "autoscaling"
  ]

  /// All differences, whatever made them.
  package static func all(_ wanted: JSON, _ live: JSON) -> [HandMade] {
    let version = (wanted["apiVersion"]?.string ?? "").split(separator: "/")
    guard groups.contains(version.count == 2 ? String(version[0]) : "") else { return [] }
    var found = labels(wanted["metadata"], live["metadata"], "", ["f:metadata"])
    if let replicas = wanted["spec"]?["replicas"]?.integer, live["spec"]?["replicas"]?.integer != replicas {
      found.append(HandMade(what: "number of replicas", field: ["f:spec", "f:replicas"], isGone: false))
    }
    let path = wanted["kind"]?.string == "CronJob" ? ["spec", "jobTemplate", "spec", "template"] : ["spec", "template"]
    func template(_ object: JSON) -> JSON? { path.reduce(object) { $0?[$1] } }
    guard let mine = template(wanted), let theirs = template(live) else { return found }
    let field = path.map { "f:\($0)" }
    found += labels(mine["metadata"], theirs["metadata"], " of its pods", field + ["f:metadata"])
    for list in ["initContainers", "containers"] {
      for container in mine["spec"]?[list]?.array ?? [] {
        guard let name = container["name"]?.string, let image = container["image"]?.string else { continue }
        let other = theirs["spec"]?[list]?.array?.first { $0["name"]?.string == name }
        if other?["image"]?.string == image { continue }
        let key = "k:" + JSON.members(["name": .string(name)]).text
        let place = field + ["f:spec", "f:\(list)", key, "f:image"]
        found.append(HandMade(what: "image of container '\(name)'", field: place, isGone: other == nil))
      }
    }
    return found
  }

  private static func labels(_ wanted: JSON?, _ live: JSON?, _ whose: String, _ field: [String]) -> [HandMade] {
    (wanted?["labels"]?.object ?? []).compactMap { label in
      // A value that is not a string is a mistake in the template, and the API server has converted it.
      let other = live?["labels"]?[label.name]
      guard case .string(let value) = label.value, other?.string != value else { return nil }
      let place = field + ["f:labels", "f:\(label.name)"]
      return HandMade(what: "label '\(label.name)'\(whose)", field: place, isGone: other == nil)
    }
  }

  package enum Answer { case byHand, not, unlessAutoscaled }

  /// Whether it was changed by something other than helm or an autoscaler.
  /// - Parameter live: with its `managedFields`.
  package func isByHand(_ live: JSON) -> Answer {
    if isGone { return .byHand }
    let entries = live["metadata"]?["managedFields"]?.array ?? []
    let owner = entries.first { entry in
      field.reduce(entry["fieldsV1"], { $0?[$1] }) != nil && entry["manager"]?.string?.hasPrefix("helm") == false
    }
    guard field.last == "f:replicas" else { return owner == nil ? .not : .byHand }
    if let owner, let manager = owner["manager"]?.string {
      let isScale =
        owner["subresource"]?.string == "scale"
        || ["kube-controller-manager", "scale", "keda"].contains { manager.contains($0) }
      return manager.hasPrefix("kubectl") || !isScale ? .byHand : .not
    }
    // Before 1.22, Kubernetes does not record scaling.
    return entries.contains { $0["subresource"] != nil } ? .not : .unlessAutoscaled
  }

  /// `Deployment/web: image of container 'web'`, for all objects that exist. Asks the cluster once more if something
  /// differs.
  package static func found(
    in objects: [LiveObjects.Object], namespace: String, context: KubeContext, call: Call
  ) throws -> [String] {
    let differing = objects.filter { object in object.live.map { !all(object.wanted, $0).isEmpty } ?? false }
    if differing.isEmpty { return [] }
    var lives = differing.compactMap(\.live)
    // Before 1.21, kubectl always shows the managers and has no option for it.
    if lives.contains(where: { $0["metadata"]?["managedFields"] == nil }) {
      lives = try LiveObjects.get(
        differing.map(\.wanted), namespace: namespace, context: context, options: ["--show-managed-fields"], call: call
      ).found
    }
    var found: [String] = []
    for object in differing {
      guard let live = lives.first(where: { isSame($0, object.live) }) else { continue }
      for change in all(object.wanted, live) {
        let answer = change.isByHand(live)
        if answer == .not || (answer == .unlessAutoscaled && isAutoscaled(live, context: context, call: call)) {
          continue
        }
        found.append("\(object.name): \(change.what)")
      }
    }
    return found
  }

  private static func isSame(_ one: JSON, _ other: JSON?) -> Bool {
    one["kind"] == other?["kind"] && one["apiVersion"] == other?["apiVersion"]
      && ["name", "namespace"].allSatisfy { one["metadata"]?[$0] == other?["metadata"]?[$0] }
  }

  /// Whether an autoscaler controls its number of replicas; also true if that may not be read.
  private static func isAutoscaled(_ live: JSON, context: KubeContext, call: Call) -> Bool {
    guard let namespace = live["metadata"]?["namespace"]?.string,
      let list = try? Kubectl(context: context, call: call).get(
        "/apis/autoscaling/v1/namespaces/\(Kubectl.escaped(namespace))/horizontalpodautoscalers",
        doing: "look for autoscalers")["items"]?.array
    else { return true }
    return list.contains { scaler in
      let target = scaler["spec"]?["scaleTargetRef"]
      return target?["kind"] == live["kind"] && target?["name"] == live["metadata"]?["name"]
    }
  }
}

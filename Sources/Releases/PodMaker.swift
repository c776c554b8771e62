import Command
import Records
import Settings

/// Makes of the workloads of a chart the pods that `podman play kube` can run on a laptop:
///
/// - Deployments, StatefulSets, DaemonSets, ReplicaSets and Pods become plain pods, one each, whatever `replicas` says.
/// - Every container port is published on 127.0.0.1 only, on a port that stays the same; podman would take it on all addresses.
/// - Local images are not pulled. Probes go: podman would run them inside the container with a curl that is not there.
/// - Environment variables and volumes from the chart's own ConfigMaps and Secrets are filled in; see PodMaterial.
/// - Services, Ingresses, ServiceAccounts and the rest have no meaning for podman.
struct PodMaker {
  let order: Order
  let home: Home
  let revision: Int
  /// The ports of the revision before.
  let known: [PublishedPort]

  private static let workloads = ["Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Pod"]
  private static let silent = [
    "Service", "Ingress", "ServiceAccount", "ConfigMap", "Secret", "PersistentVolumeClaim", "NetworkPolicy", "HorizontalPodAutoscaler", "PodDisruptionBudget",
    "Role", "RoleBinding", "ClusterRole", "ClusterRoleBinding", "Namespace",
  ]

  /// Throws ``ReleaseError``: a chart with nothing to run, a port that is taken.
  func pods(_ rendering: Rendering) throws -> [Pod] {
    var ports = HostPorts(ours: known.map(\.host))
    let material = try PodMaterial(rendering: rendering, order: order, home: home)
    var pods: [Pod] = []
    for object in rendering.manifests {
      let kind = object["kind"]?.string ?? ""
      guard PodMaker.workloads.contains(kind), let workload = object["metadata"]?["name"]?.string else {
        if PodMaker.silent.contains(kind) { order.call.debug("podman has no use for \(objectName(object) ?? kind)") } else {
          order.call.warn("podman cannot run \(objectName(object) ?? kind): left out")
        }
        continue
      }
      let replicas = object["spec"]?["replicas"]?.integer ?? 1
      if replicas == 0 { continue }
      if replicas > 1 { order.call.say("\(kind) \"\(workload)\" runs once instead of \(replicas) times: this is one machine") }
      pods.append(try pod(object, kind: kind, workload: workload, rendering, material, &ports))
    }
    guard !pods.isEmpty else { throw ReleaseError.nothingToRun(chart: order.chart.name) }
    return pods.map { label($0, count: pods.count, objects: rendering.objects) }
  }

  private func pod(
    _ object: JSON, kind: String, workload: String, _ rendering: Rendering, _ material: PodMaterial, _ ports: inout HostPorts
  ) throws -> Pod {
    let template = kind == "Pod" ? object : object["spec"]?["template"] ?? .null
    let name = (order.app.namespace == "default" ? "" : "\(order.app.namespace).") + "\(workload)-\(revision)"
    var spec = template["spec"] ?? .null
    var images: [String] = [], names: [String] = []
    var published: [PublishedPort] = []

    for list in ["initContainers", "containers"] {
      guard let containers = spec[list]?.array else { continue }
      spec[list] = .array(try containers.map { original in
        var container = original
        for probe in ["livenessProbe", "readinessProbe", "startupProbe", "lifecycle"] { container[probe] = nil }
        let (image, policy) = self.image(container)
        container["image"] = .string(image)
        container["imagePullPolicy"] = .string(policy)
        if !images.contains(image) { images.append(image) }
        container = try material.filled(container, podName: name)
        if list == "containers" {
          names.append(container["name"]?.string ?? "")
          var list = try portList(container, labels: template["metadata"]?["labels"], isOnly: containers.count == 1, rendering)
          for index in list.indices { try publish(&list[index], workload, &published, &ports) }
          container["ports"] = list.isEmpty ? nil : .array(list)
        }
        return container
      })
    }
    PodMaker.renameScratch(&spec, podName: name)
    spec["volumes"] = try material.volumes(spec["volumes"]?.array ?? [], claims: object["spec"]?["volumeClaimTemplates"]?.array ?? [], podName: name)
    for field in ["serviceAccountName", "serviceAccount", "nodeSelector", "affinity", "tolerations", "topologySpreadConstraints", "imagePullSecrets", "priorityClassName"] {
      spec[field] = nil
    }
    let metadata = JSON.members([
      "name": .string(name), "labels": template["metadata"]?["labels"] ?? .object([]), "annotations": template["metadata"]?["annotations"],
    ])
    return Pod(
      name: name, revision: revision, ports: published, images: images, containers: names,
      json: .members(["apiVersion": .string("v1"), "kind": .string("Pod"), "metadata": metadata, "spec": spec]))
  }

  /// Gives each emptyDir a name of its own: podman knows one by its name alone and would share it between applications. It goes
  /// with its pod.
  static func renameScratch(_ spec: inout JSON, podName: String) {
    let names = (spec["volumes"]?.array ?? []).filter { $0["emptyDir"] != nil || $0["projected"] != nil || $0["downwardAPI"] != nil }
      .compactMap { $0["name"]?.string }
    func renamed(_ list: JSON?) -> JSON? {
      list?.array.map { items in
        .array(items.map { item in
          var item = item
          if let name = item["name"]?.string, names.contains(name) { item["name"] = .string("\(podName)-\(name)") }
          return item
        })
      }
    }
    spec["volumes"] = renamed(spec["volumes"])
    for list in ["initContainers", "containers"] {
      guard let containers = spec[list]?.array else { continue }
      spec[list] = .array(containers.map { container in
        var container = container
        container["volumeMounts"] = renamed(container["volumeMounts"])
        return container
      })
    }
  }

  /// The image as podman finds it, and whether it may pull it.
  private func image(_ container: JSON) -> (String, String) {
    let image = container["image"]?.string ?? ""
    if image == order.imageReference { return (order.localReference, "Never") }
    // A plain name is Docker Hub's to everybody else.
    return (image, container["imagePullPolicy"]?.string ?? "IfNotPresent")
  }

  /// The ports a container declares; for the only container of a pod that declares none, those the services send to.
  private func portList(_ container: JSON, labels: JSON?, isOnly: Bool, _ rendering: Rendering) throws -> [JSON] {
    if let ports = container["ports"]?.array, !ports.isEmpty { return ports }
    guard isOnly else { return [] }
    var found: [JSON] = []
    for service in rendering.of("Service") {
      guard let selector = service["spec"]?["selector"]?.object, !selector.isEmpty, selector.allSatisfy({ labels?[$0.name] == $0.value }) else { continue }
      for port in service["spec"]?["ports"]?.array ?? [] {
        guard let number = port["targetPort"]?.integer ?? (port["targetPort"] == nil ? port["port"]?.integer : nil) else { continue }
        if !found.contains(where: { $0["containerPort"]?.integer == number }) {
          found.append(.members(["name": port["name"], "containerPort": .integer(number), "protocol": port["protocol"]]))
        }
      }
    }
    return found
  }

  private func publish(_ port: inout JSON, _ workload: String, _ published: inout [PublishedPort], _ ports: inout HostPorts) throws {
    guard let number = port["containerPort"]?.integer, (1...65_535).contains(number) else { return }
    var entry = PublishedPort(
      workload: workload, container: number, networkProtocol: port["protocol"]?.string ?? "TCP", name: port["name"]?.string ?? "", host: 0,
      order: published.count)
    entry.host = try ports.choose(
      key: "\(order.app.namespace)/\(entry.key)", networkProtocol: entry.networkProtocol, fixed: wished(number),
      before: known.first { $0.key == entry.key }?.host)
    port["hostPort"] = .integer(entry.host)
    port["hostIP"] = .string("127.0.0.1")
    published.append(entry)
  }

  /// The host port `override-ports` gives to a container port: `["8080:80"]`.
  private func wished(_ container: Int) -> Int? {
    for entry in order.settings.overridePorts {
      let sides = entry.split(separator: ":")
      if sides.count == 2, Int(sides[1]) == container { return Int(sides[0]) }
    }
    return nil
  }

  private func label(_ pod: Pod, count: Int, objects: [String]) -> Pod {
    var pod = pod
    var metadata = pod.json["metadata"] ?? .null
    // A label that is no string is refused; the chart's own may be a number that somebody forgot to quote.
    var labels = JSON.object((metadata["labels"]?.object ?? []).map { ($0.name, .string($0.value.string ?? $0.value.text)) })
    let own: KeyValuePairs = [
      "draft": order.app.name, "buildID": order.image.tag, "sh.draft.namespace": order.app.namespace, "sh.draft.revision": "\(pod.revision)",
      "sh.draft.pods": "\(count)", "sh.draft.digest": order.digest, "sh.draft.ports": pod.ports.map(\.label).joined(separator: " "),
      "sh.draft.objects": objects.joined(separator: " "), "sh.draft.chart": "\(order.chart.name)-\(order.chart.version)",
      "sh.draft.appversion": order.chart.appVersion ?? "", "sh.draft.by": Author.of(order.app),
    ]
    for (name, value) in own { labels[name] = .string(value) }
    metadata["labels"] = labels
    pod.json["metadata"] = metadata
    return pod
  }
}

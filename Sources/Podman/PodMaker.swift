import Archives
import Cluster
import Command
import Helm
import Records
import Settings

/// Turns the workloads of a chart into pods that `podman play kube` can run on a laptop:
///
/// - Deployments, StatefulSets, DaemonSets, ReplicaSets and Pods become plain pods, one each, whatever `replicas` says.
/// - Every container port is published on 127.0.0.1 only, on a port that stays the same; podman would use all
///   addresses.
/// - Local images are not pulled. Probes are removed: podman would run them inside the container with a curl it may not
///   have.
/// - Environment variables and volumes from the chart's own ConfigMaps and Secrets are filled in; see PodMaterial.
/// - A sidecar (an init container with `restartPolicy: Always`) becomes a container; Pod.first has the order of
///   starting.
/// - Unsupported fields of a pod are named in a warning; see PodFields.
/// - Services, Ingresses, ServiceAccounts and the rest have no meaning for podman.
package struct PodMaker {
  package let play: Play
  package let home: Home
  package let revision: Int
  /// The ports of the previous revision.
  package let known: [PublishedPort]
  package let warnings: Warnings

  private static let workloads = ["Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Pod"]
  private static let silent = [
    "Service", "Ingress", "ServiceAccount", "ConfigMap", "Secret", "PersistentVolumeClaim", "NetworkPolicy",
    "HorizontalPodAutoscaler", "PodDisruptionBudget",
    "Role", "RoleBinding", "ClusterRole", "ClusterRoleBinding", "Namespace"
  ]

  package init(play: Play, home: Home, revision: Int, known: [PublishedPort], warnings: Warnings? = nil) {
    self.play = play
    self.home = home
    self.revision = revision
    self.known = known
    self.warnings = warnings ?? Warnings(play.call)
  }

  /// Throws ``PodmanError`` and ``PortError``: a chart with nothing to run, or a port that is taken.
  package func pods(_ rendering: Rendering) throws -> [Pod] {
    var ports = HostPorts(ours: known.map(\.host))
    let material = try PodMaterial(rendering: rendering, play: play, home: home, warnings: warnings)
    var pods: [Pod] = []
    for object in rendering.manifests {
      let kind = object["kind"]?.string ?? ""
      guard PodMaker.workloads.contains(kind), let workload = object["metadata"]?["name"]?.string else {
        if PodMaker.silent.contains(kind) {
          play.call.debug("podman has no use for \(objectName(object) ?? kind)")
        } else {
          warnings.warn("podman cannot run \(objectName(object) ?? kind): left out")
        }
        continue
      }
      let replicas = object["spec"]?["replicas"]?.integer ?? 1
      if replicas == 0 { continue }
      for field in PodFields.left(out: object) {
        warnings.warn("podman does not support \(field.path) of \(kind)/\(workload): \(field.words)")
      }
      if replicas > 1 {
        play.call.say("\(kind) \"\(workload)\" runs once instead of \(replicas) times: this is one machine")
      }
      pods.append(try pod(object, kind: kind, workload: workload, rendering, material, &ports))
    }
    guard !pods.isEmpty else { throw PodmanError.nothingToRun(chart: play.chart.name) }
    return pods.map { label($0, count: pods.count, objects: rendering.objects) }
  }

  private func pod(
    _ object: JSON, kind: String, workload: String, _ rendering: Rendering, _ material: PodMaterial,
    _ hostPorts: inout HostPorts
  ) throws -> Pod {
    let template = kind == "Pod" ? object : object["spec"]?["template"] ?? .null,
      path = kind == "Pod" ? "spec" : "spec.template.spec"
    let name = (play.app.namespace == "default" ? "" : "\(play.app.namespace).") + "\(workload)-\(revision)"
    let identity = PodMaterial.Identity(
      name: name, labels: template["metadata"]?["labels"], annotations: template["metadata"]?["annotations"])
    var spec = template["spec"] ?? .null
    var images: [String] = [], names: [String] = [], first: [Pod.First] = []
    var published: [PublishedPort] = []

    let isOnly = spec["containers"]?.array?.count == 1
    var made: (once: [JSON], staying: [JSON]) = ([], [])
    for list in ["initContainers", "containers"] {
      for (index, original) in (spec[list]?.array ?? []).enumerated() {
        let stays = list == "containers" || original["restartPolicy"]?.string == "Always"
        if list == "initContainers" {
          first.append(
            Pod.First(name: original["name"]?.string ?? "", stays: stays, probe: stays ? original["startupProbe"] : nil)
          )
        }
        var container = original
        for field in ["livenessProbe", "readinessProbe", "startupProbe", "lifecycle", "restartPolicy"] {
          container[field] = nil
        }
        let (image, policy) = self.image(container)
        container["image"] = .string(image)
        container["imagePullPolicy"] = .string(policy)
        if !images.contains(image) { images.append(image) }
        container = try material.filled(container, path: "\(path).\(list)[\(index)]", identity)
        guard stays else { made.once.append(container); continue }
        names.append(container["name"]?.string ?? "")
        var ports = try portList(
          container, labels: template["metadata"]?["labels"], isOnly: isOnly && list == "containers", rendering)
        for index in ports.indices { try publish(&ports[index], workload, &published, &hostPorts) }
        container["ports"] = ports.isEmpty ? nil : .array(ports)
        made.staying.append(container)
      }
    }
    spec["initContainers"] = made.once.isEmpty ? nil : .array(made.once)
    spec["containers"] = .array(made.staying)
    // podman applies the pod's restartPolicy to init containers too, and would run them again and again.
    if !made.once.isEmpty, [nil, "Always"].contains(spec["restartPolicy"]?.string) {
      spec["restartPolicy"] = .string("OnFailure")
      warnings.warn(
        "\(kind)/\(workload) has init containers: podman will not restart containers that exit with status 0, "
          + "although \(path).restartPolicy asks for it"
      )
    }
    let volumes = spec["volumes"]?.array ?? []
    spec["volumes"] = .array(
      try material.volumes(
        volumes, claims: object["spec"]?["volumeClaimTemplates"]?.array ?? [], path: path + ".volumes", identity))
    let readOnly = volumes.filter { $0["persistentVolumeClaim"]?["readOnly"]?.bool == true }.compactMap {
      $0["name"]?.string
    }
    try mount(&spec, readOnly: readOnly, workload: "\(kind)/\(workload)")
    PodMaker.renameScratch(&spec, podName: name)
    let scratch = (spec["volumes"]?.array ?? []).filter { $0["emptyDir"] != nil }.compactMap { $0["name"]?.string }
    let files = MountedFiles.names(in: spec["volumes"]?.array ?? [], home: home)
    if spec["volumes"]?.array?.isEmpty == true { spec["volumes"] = nil }
    for field in [
      "serviceAccountName", "serviceAccount", "nodeSelector", "affinity", "tolerations", "topologySpreadConstraints",
      "imagePullSecrets", "priorityClassName"
    ] {
      spec[field] = nil
    }
    let metadata = JSON.members([
      "name": .string(name), "labels": template["metadata"]?["labels"] ?? .object([]),
      "annotations": template["metadata"]?["annotations"]
    ])
    return Pod(
      name: name, revision: revision, ports: published, images: images, containers: names, first: first, files: files,
      scratch: scratch,
      grace: spec["terminationGracePeriodSeconds"]?.integer,
      json: .members(["apiVersion": .string("v1"), "kind": .string("Pod"), "metadata": metadata, "spec": spec]))
  }

  /// Mounts a part of a volume as a volume of its own if it is a directory of this machine; podman ignores `subPath`.
  private func mount(_ spec: inout JSON, readOnly: [String], workload: String) throws {
    var volumes = spec["volumes"]?.array ?? []
    for list in ["initContainers", "containers"] {
      guard let containers = spec[list]?.array else { continue }
      spec[list] = .array(
        try containers.map { container in
          var container = container
          guard let mounts = container["volumeMounts"]?.array else { return container }
          container["volumeMounts"] = .array(
            try mounts.map { mount in
              var mount = mount
              let name = mount["name"]?.string ?? "", part = mount["subPath"]?.string ?? ""
              if readOnly.contains(name) { mount["readOnly"] = .bool(true) }
              mount["subPath"] = nil
              if part.isEmpty { return mount }
              guard !part.hasPrefix("/"), !part.split(separator: "/").contains("..") else {
                throw HelmError.doesNotRender(
                  chart: play.chart.name, said: "subPath '\(part)' of volume '\(name)' is outside of it")
              }
              guard let directory = volumes.first(where: { $0["name"]?.string == name })?["hostPath"]?["path"]?.string
              else {
                let container = container["name"]?.string ?? ""
                warnings.warn(
                  "podman does not support subPath '\(part)' of volume '\(name)' in \(workload), container "
                    + "'\(container)': all of it is mounted"
                )
                return mount
              }
              let own = "\(name)-\(volumes.count)", path = "\(directory)/\(part)"
              let source = JSON.members([
                "path": .string(path), "type": Files.exists(path) ? nil : .string("DirectoryOrCreate")
              ])
              volumes.append(.members(["name": .string(own), "hostPath": source]))
              mount["name"] = .string(own)
              return mount
            })
          return container
        })
    }
    spec["volumes"] = .array(volumes)
  }

  /// Gives each emptyDir a unique name: podman finds it by name alone and would share it between applications. It must
  /// be removed with its pod, which podman does not do.
  static func renameScratch(_ spec: inout JSON, podName: String) {
    let names = (spec["volumes"]?.array ?? []).filter { $0["emptyDir"] != nil }.compactMap { $0["name"]?.string }
    func renamed(_ list: JSON?) -> JSON? {
      list?.array.map { items in
        .array(
          items.map { item in
            var item = item
            if let name = item["name"]?.string, names.contains(name) { item["name"] = .string("\(podName)-\(name)") }
            return item
          })
      }
    }
    spec["volumes"] = renamed(spec["volumes"])
    for list in ["initContainers", "containers"] {
      guard let containers = spec[list]?.array else { continue }
      spec[list] = .array(
        containers.map { container in
          var container = container
          container["volumeMounts"] = renamed(container["volumeMounts"])
          return container
        })
    }
  }

  /// The image's name for podman, and its pull policy.
  private func image(_ container: JSON) -> (String, String) {
    let image = container["image"]?.string ?? ""
    if image == play.imageReference { return (play.localReference, "Never") }
    // Other tools take a plain name for one of Docker Hub.
    return (image, container["imagePullPolicy"]?.string ?? "IfNotPresent")
  }

  /// The ports that a container declares; for the only container of a pod that declares none, those that Services use.
  private func portList(_ container: JSON, labels: JSON?, isOnly: Bool, _ rendering: Rendering) throws -> [JSON] {
    if let ports = container["ports"]?.array, !ports.isEmpty { return ports }
    guard isOnly else { return [] }
    var found: [JSON] = []
    for service in rendering.of("Service") {
      guard let selector = service["spec"]?["selector"]?.object, !selector.isEmpty,
        selector.allSatisfy({ labels?[$0.name] == $0.value })
      else { continue }
      for port in service["spec"]?["ports"]?.array ?? [] {
        guard let number = port["targetPort"]?.integer ?? (port["targetPort"] == nil ? port["port"]?.integer : nil)
        else { continue }
        if !found.contains(where: { $0["containerPort"]?.integer == number }) {
          found.append(
            .members(["name": port["name"], "containerPort": .integer(number), "protocol": port["protocol"]]))
        }
      }
    }
    return found
  }

  private func publish(
    _ port: inout JSON, _ workload: String, _ published: inout [PublishedPort], _ ports: inout HostPorts
  ) throws {
    guard let number = port["containerPort"]?.integer, (1...65_535).contains(number) else { return }
    var entry = PublishedPort(
      workload: workload, container: number, networkProtocol: port["protocol"]?.string ?? "TCP",
      name: port["name"]?.string ?? "", host: 0,
      order: published.count)
    entry.host = try ports.choose(
      key: "\(play.app.namespace)/\(entry.key)", networkProtocol: entry.networkProtocol, fixed: wished(number),
      before: known.first { $0.key == entry.key }?.host)
    port["hostPort"] = .integer(entry.host)
    port["hostIP"] = .string("127.0.0.1")
    published.append(entry)
  }

  /// The host port that `override-ports` assigns to a container port: `["8080:80"]`.
  private func wished(_ container: Int) -> Int? {
    for entry in play.settings.overridePorts {
      let sides = entry.split(separator: ":")
      if sides.count == 2, Int(sides[1]) == container { return Int(sides[0]) }
    }
    return nil
  }

  private func label(_ pod: Pod, count: Int, objects: [String]) -> Pod {
    var pod = pod
    var metadata = pod.json["metadata"] ?? .null
    // A label must be a string; the chart's own may be an unquoted number.
    var labels = JSON.object(
      (metadata["labels"]?.object ?? []).map { ($0.name, .string($0.value.string ?? $0.value.text)) })
    let own: KeyValuePairs = [
      "draft": play.app.name, "buildID": play.image.tag, "sh.draft.namespace": play.app.namespace,
      "sh.draft.revision": "\(pod.revision)",
      "sh.draft.pods": "\(count)", "sh.draft.digest": play.digest,
      "sh.draft.ports": pod.ports.map(\.label).joined(separator: " "),
      "sh.draft.objects": objects.joined(separator: " "), "sh.draft.chart": "\(play.chart.name)-\(play.chart.version)",
      "sh.draft.appversion": play.chart.appVersion ?? "", "sh.draft.by": Author.of(play.app),
      MountedFiles.label: pod.files.joined(separator: " "), "sh.draft.scratch": pod.scratch.joined(separator: " "),
      "sh.draft.grace": pod.grace.map { String($0) } ?? ""
    ]
    for (name, value) in own { labels[name] = .string(value) }
    metadata["labels"] = labels
    pod.json["metadata"] = metadata
    return pod
  }
}

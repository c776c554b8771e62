import Cluster
import Records
import Settings

/// What podman would give a chart's pods of this machine beyond what a container has by default. In a cluster, the
/// cluster decides that.
package func reach(of manifests: [JSON]) -> [Trust.Finding] {
  manifests.flatMap { object -> [Trust.Finding] in
    let template = object["kind"]?.string == "Pod" ? object : object["spec"]?["template"] ?? .null
    guard let spec = template["spec"], let name = objectName(object) else { return [] }
    return PodReach(name: name, annotations: template["metadata"]?["annotations"], spec: spec).findings
  }
}

private struct PodReach {
  let name: String
  let annotations: JSON?
  let spec: JSON

  /// The capabilities that podman gives every container.
  private static let ordinary: Set<String> = [
    "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "NET_BIND_SERVICE", "SETFCAP", "SETGID", "SETPCAP", "SETUID",
    "SYS_CHROOT"
  ]
  /// Annotations that give podman and its runtime settings for which a pod has no field.
  private static let telling = [
    "io.podman.annotations.", "io.kubernetes.cri-o.", "run.oci.", "container.apparmor.security.beta.kubernetes.io/",
    "seccomp.security.alpha.kubernetes.io/", "container.seccomp.security.alpha.kubernetes.io/"
  ]

  var findings: [Trust.Finding] {
    var found: [Trust.Finding] = []
    func add(_ parts: [String], _ text: String) {
      let finding = Trust.Finding(.chart, [name] + parts, text: "\(text) (\(name))")
      if !found.contains(finding) { found.append(finding) }
    }
    for volume in spec["volumes"]?.array ?? [] {
      guard let host = volume["hostPath"], let path = host["path"]?.string else { continue }
      add(["hostPath", path], "mounts '\(path)' of this machine")
    }
    for (field, what) in [("hostNetwork", "network"), ("hostPID", "processes"), ("hostIPC", "shared memory")]
    where isSet(spec[field]) {
      add([field], "shares the \(what) of this machine")
    }
    for entry in annotations?.object ?? [] where PodReach.telling.contains(where: entry.name.hasPrefix) {
      add(["annotation", entry.name, entry.value.text], "tells podman '\(entry.name)': \(entry.value.text)")
    }
    for sysctl in spec["securityContext"]?["sysctls"]?.array ?? [] {
      add(["sysctl", sysctl.text], "sets a parameter of the kernel: \(sysctl.text)")
    }
    let containers = ["initContainers", "containers", "ephemeralContainers"].flatMap { spec[$0]?.array ?? [] }
    for context in [spec["securityContext"]] + containers.map({ $0["securityContext"] }) {
      guard let context else { continue }
      if isSet(context["privileged"]) { add(["privileged"], "runs with all privileges of this machine") }
      for capability in context["capabilities"]?["add"]?.array ?? [] {
        let plain = (capability.string ?? capability.text).uppercased()
        let word = plain.hasPrefix("CAP_") ? String(plain.dropFirst(4)) : plain
        if !PodReach.ordinary.contains(word) { add(["capability", word], "runs with the capability \(word)") }
      }
      for field in ["seLinuxOptions", "seccompProfile", "appArmorProfile"] {
        guard let value = context[field], value != .null, value["type"]?.string != "RuntimeDefault" else { continue }
        add([field, value.text], "runs with a \(field) of its own: \(value.text)")
      }
      if let mount = context["procMount"]?.string, mount != "Default" {
        add(["procMount", mount], "sees /proc unmasked")
      }
    }
    for container in containers {
      if let devices = container["volumeDevices"], devices != .null {
        add(["volumeDevices", devices.text], "uses devices of this machine: \(devices.text)")
      }
      for list in ["limits", "requests"] {
        for entry in container["resources"]?[list]?.object ?? [] where entry.name.hasPrefix("podman.io/") {
          add(["resource", entry.name], "uses '\(entry.name)' of this machine")
        }
      }
    }
    return found
  }

  /// Whether it is neither absent nor plainly off: podman decides what any other value means.
  private func isSet(_ value: JSON?) -> Bool { value != nil && value != .null && value != .bool(false) }
}

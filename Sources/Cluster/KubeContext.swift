import Command

/// A context of the kubeconfig, with what decides whether draft may deploy to it without being told to.
package struct KubeContext: Equatable {
  package var name: String
  package var cluster: String
  /// `https://127.0.0.1:6443`
  package var server: String?
  /// A proxy, or a certificate for another name than the server's: the address does not show where the cluster is.
  package var isIndirect: Bool

  package init(name: String, cluster: String, server: String?, isIndirect: Bool) {
    self.name = name
    self.cluster = cluster
    self.server = server
    self.isIndirect = isIndirect
  }

  /// Whether the address shows that the cluster runs on this machine. A loopback address is enough, unless it is the
  /// near end of a tunnel. A private address (a virtual machine's) counts only together with a name that a tool for
  /// local clusters gives; the name alone proves nothing, since any cluster can be called `minikube`.
  package var isPlainlyLocal: Bool {
    guard !isIndirect, let host = KubeContext.host(of: server ?? "") else { return false }
    // k3d writes 0.0.0.0, which clients take for this machine; Docker Desktop uses a name of its own.
    if Host.isLoopback(host) || host == "0.0.0.0" || host == "kubernetes.docker.internal" { return true }
    return (KubeContext.isLocalName(name) || KubeContext.isLocalName(cluster)) && KubeContext.isPrivate(host)
  }

  /// The host of a URL or of a plain `host:port`, without brackets; nil if there is none.
  package static func host(of server: String) -> String? {
    var rest = Substring(server)
    if let scheme = rest.firstRange(of: "://") { rest = rest[scheme.upperBound...] }
    rest = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
    // In `https://127.0.0.1@example.com` the part before the last @ is a user name.
    if let at = rest.lastIndex(of: "@") { rest = rest[rest.index(after: at)...] }
    if rest.hasPrefix("[") {
      guard let end = rest.firstIndex(of: "]") else { return nil }
      return String(rest[rest.index(after: rest.startIndex)..<end])
    }
    let host = rest.prefix { $0 != ":" }
    return host.isEmpty ? nil : String(host).lowercased()
  }

  /// RFC 1918, RFC 4193, and link-local addresses.
  static func isPrivate(_ host: String) -> Bool {
    if let v4 = Host.ipv4(host) {
      return v4[0] == 10 || (v4[0] == 172 && (16...31).contains(v4[1])) || (v4[0] == 192 && v4[1] == 168)
        || (v4[0] == 169 && v4[1] == 254)
    }
    guard let v6 = Host.ipv6(host) else { return false }
    return v6[0] & 0xFE == 0xFC || (v6[0] == 0xFE && v6[1] & 0xC0 == 0x80)
  }

  static func isLocalName(_ name: String) -> Bool {
    [
      "minikube", "docker-desktop", "docker-for-desktop", "rancher-desktop", "colima", "orbstack", "microk8s",
      "microk8s-cluster"
    ].contains(name)
      || ["kind-", "k3d-", "colima-"].contains { name.hasPrefix($0) && name.utf8.count > $0.utf8.count }
  }

  /// Says which cluster is slow to answer.
  package func sayWaiting(_ call: Call) -> () -> Void {
    { call.say("Waiting for the cluster at '\(server ?? name)' to answer") }
  }
}

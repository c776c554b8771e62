import Command
import Records

/// The URLs of a release, as far as its objects and the cluster show them: hosts of Ingresses, node ports, load
/// balancers. A service inside the cluster has no address for its user.
package struct Addresses {
  package let objects: [JSON]
  package let namespace: String
  package let context: KubeContext
  package let call: Call
  /// What has been read from the cluster already; the rest is asked for.
  package var live: LiveObjects?

  package init(objects: [JSON], namespace: String, context: KubeContext, call: Call, live: LiveObjects? = nil) {
    self.objects = objects
    self.namespace = namespace
    self.context = context
    self.call = call
    self.live = live
  }

  package func urls() -> [String] {
    ingresses(objects) + services()
  }

  private func of(_ kind: String) -> [JSON] { objects.filter { $0["kind"]?.string == kind } }

  func ingresses(_ objects: [JSON]) -> [String] {
    var urls: [String] = []
    for ingress in of("Ingress") {
      let spec = ingress["spec"]
      let secure = Set((spec?["tls"]?.array ?? []).flatMap { $0["hosts"]?.array ?? [] }.compactMap(\.string))
      for rule in spec?["rules"]?.array ?? [] {
        guard let host = rule["host"]?.string, !host.isEmpty, !host.hasPrefix("*"), !host.hasPrefix(".") else {
          continue
        }
        let path =
          (rule["http"]?["paths"]?.array ?? []).compactMap { $0["path"]?.string }.first {
            $0.hasPrefix("/") && !$0.contains("(")
          } ?? "/"
        let url = "\(secure.contains(host) ? "https" : "http")://\(host)\(path)"
        if !urls.contains(url) { urls.append(url) }
      }
    }
    return urls
  }

  private static func isOutside(_ service: JSON) -> Bool {
    service["kind"]?.string == "Service"
      && ["NodePort", "LoadBalancer"].contains(service["spec"]?["type"]?.string ?? "")
  }

  private func services() -> [String] {
    if let live {
      return live.objects.filter { Addresses.isOutside($0.wanted) }.compactMap(\.live).flatMap { urls(of: $0) }
    }
    let names = objects.filter(Addresses.isOutside).compactMap { $0["metadata"]?["name"]?.string }
    // The cluster chooses ports and addresses: ask it.
    guard !names.isEmpty, Kubectl.isThere,
      let result = try? Kubectl.run(
        [
          "get", "services", "--namespace=\(namespace)", "--context=\(context.name)", "--request-timeout=10s",
          "--output=json", "--ignore-not-found", "--"
        ] + names,
        output: .capture, errors: .discard),
      result.succeeded, let answer = try? JSON(parsing: result.output)
    else { return [] }
    let services = answer["items"]?.array ?? [answer]
    return services.flatMap { urls(of: $0) }
  }

  package func urls(of service: JSON) -> [String] {
    let ports = service["spec"]?["ports"]?.array ?? []
    let balancers = (service["status"]?["loadBalancer"]?["ingress"]?.array ?? []).compactMap {
      $0["ip"]?.string ?? $0["hostname"]?.string
    }
    if let address = balancers.first {
      return ports.compactMap { port in port["port"]?.integer.map { url(address, $0, port) } }
    }
    // Node ports answer on the nodes. For a local cluster of one node that is the host of its API server, unless the
    // nodes are containers that publish nothing else.
    guard let host = context.server.flatMap(KubeContext.host), !context.name.hasPrefix("kind-"),
      !context.name.hasPrefix("k3d-")
    else { return [] }
    return ports.compactMap { port in
      port["nodePort"]?.integer.map { url(host == "0.0.0.0" ? "127.0.0.1" : host, $0, port) }
    }
  }

  private func url(_ host: String, _ number: Int, _ port: JSON) -> String {
    let secure = port["port"]?.integer == 443 || port["name"]?.string == "https"
    let bracketed = host.contains(":") ? "[\(host)]" : host
    return number == (secure ? 443 : 80)
      ? "\(secure ? "https" : "http")://\(bracketed)/" : "\(secure ? "https" : "http")://\(bracketed):\(number)/"
  }
}

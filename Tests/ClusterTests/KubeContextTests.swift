import Testing

@testable import Cluster

/// A context that is not named is only used if it is plainly on this machine.
struct KubeContextTests {
  private func local(_ name: String, _ server: String?, indirect: Bool = false) -> Bool {
    KubeContext(name: name, cluster: name, server: server, isIndirect: indirect).isPlainlyLocal
  }

  @Test(arguments: [
    "https://127.0.0.1:6443", "https://127.8.9.1", "https://localhost:8443/", "https://[::1]:6443",
    "https://0.0.0.0:6550",
    "https://kubernetes.docker.internal:6443", "127.0.0.1:8080", "HTTPS://LOCALHOST:1"
  ]) func loopbackIsLocal(server: String) { #expect(local("anything", server)) }

  @Test(arguments: [
    "https://10.99.0.1:6443", "https://192.168.49.2:8443", "https://example.com", "https://127.0.0.1.example.com",
    "https://localhost.example.com",
    "https://127.0.0.1@example.com:6443", "https://user:127.0.0.1@8.8.8.8", "https://8.8.8.8#127.0.0.1",
    "https://[2001:db8::1]:6443", "https://0x7f.1",
    "https://128.0.0.1", "", "https://", "https://[::1"
  ]) func otherAddressesAreNot(server: String) { #expect(!local("production", server)) }

  @Test(arguments: [
    "minikube", "kind-dev", "docker-desktop", "k3d-x", "rancher-desktop", "colima", "colima-x", "orbstack", "microk8s"
  ])
  func privateAddressNeedsALocalName(name: String) {
    #expect(local(name, "https://192.168.49.2:8443"))
    #expect(local(name, "https://172.18.0.2:6443"))
    #expect(!local(name, "https://172.32.0.2:6443"))
    #expect(!local(name, "https://34.1.2.3"))
    #expect(!local(name, "https://minikube.example.com"))
    #expect(!local(name, nil))
  }

  @Test(arguments: ["kind-", "kindly", "my-minikube", "minikube2", "prod-docker-desktop"]) func namesThatOnlyLookLocal(
    name: String
  ) {
    #expect(!local(name, "https://10.0.0.1:6443"))
  }

  @Test func theNearEndOfATunnelIsNotLocal() { #expect(!local("minikube", "https://127.0.0.1:6443", indirect: true)) }

  @Test func firstFileWins() throws {
    let first =
      "current-context: a\ncontexts: [{name: a, context: {cluster: one}}]\nclusters: [{name: one, cluster: {server: "
      + "'https://1.1.1.1'}}]"
    let second =
      "current-context: b\ncontexts: [{name: a, context: {cluster: two}}, {name: b, context: {cluster: "
      + "two}}]\nclusters: [{name: one, cluster: {server: 'https://127.0.0.1'}}, {name: two, cluster: {server: "
      + "'https://127.0.0.1', tls-server-name: far}}]"
    let config = try KubeConfig(texts: ["", first, second])
    #expect(config.current == "a")
    #expect(config.context("a")?.server == "https://1.1.1.1")
    #expect(config.context("b")?.isIndirect == true)
    #expect(config.context("c") == nil)
  }

  @Test func brokenFileIsReported() {
    #expect(throws: ClusterError.self) { try KubeConfig(texts: ["{"]) }
  }
}

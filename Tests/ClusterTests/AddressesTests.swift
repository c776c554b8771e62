import Records
import Testing
import YAML

@testable import Cluster
@testable import Command

/// The addresses of a release.
struct AddressesTests {
  private func addresses(_ yaml: String = "", context: String = "draft-test") throws -> Addresses {
    let call = Call(
      name: "draft-release", arguments: try Arguments(parsing: [], options: []), quiet: true, debugging: false)
    return Addresses(
      objects: try json(yaml: Array(yaml.utf8)), namespace: "default",
      context: KubeContext(name: context, cluster: "", server: "https://127.0.0.1:6443", isIndirect: false), call: call)
  }

  @Test func hostsOfIngresses() throws {
    let yaml = """
      kind: Ingress
      spec:
        tls: [{hosts: [b.test]}]
        rules:
          - {host: a.test, http: {paths: [{path: /x}]}}
          - {host: b.test}
          - {host: '*.test'}
          - {host: ''}
      """
    let all = try addresses(yaml)
    #expect(all.ingresses(all.objects) == ["http://a.test/x", "https://b.test/"])
  }

  @Test func portsOfServices() throws {
    let node = try #require(
      json(yaml: Array("spec: {ports: [{port: 80, nodePort: 30001}, {port: 443, nodePort: 30002}]}".utf8)).first)
    #expect(try addresses().urls(of: node) == ["http://127.0.0.1:30001/", "https://127.0.0.1:30002/"])
    // The nodes of kind are containers, which publish only the API server's port.
    #expect(try addresses(context: "kind-dev").urls(of: node) == [])
    let balancer = try #require(
      json(
        yaml: Array(
          "spec: {ports: [{port: 80}, {port: 8080}]}\nstatus: {loadBalancer: {ingress: [{ip: 1.2.3.4}]}}".utf8)
      ).first)
    #expect(try addresses().urls(of: balancer) == ["http://1.2.3.4/", "http://1.2.3.4:8080/"])
  }
}

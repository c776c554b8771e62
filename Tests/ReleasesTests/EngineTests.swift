import Cluster
import Testing

@testable import Releases

@Test func engineFollowsTheContext() throws {
  let config = try KubeConfig(texts: [
    "current-context: a\ncontexts: [{name: a, context: {cluster: one}}]\nclusters: [{name: one, cluster: {server: "
      + "'https://1.1.1.1'}}]"
  ])
  #expect(throws: ClusterError.notLocal(context: "a", server: "https://1.1.1.1", orPodman: true)) {
    try Engine(named: nil, config: config)
  }
  #expect(try Engine(named: "a", config: config).name == "helm")
  #expect(throws: ClusterError.noSuchContext(name: "b", files: ["0"])) { try Engine(named: "b", config: config) }
  #expect(try Engine(named: nil, config: KubeConfig(texts: [""])) == .podman)
}

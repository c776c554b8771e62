import Cluster
import Records
import Settings
import Testing

@testable import Attach

@Test func portsAreChosenOnceAndKept() throws {
  var settings = Settings(name: "web")
  settings.overridePorts = ["41999:9090", "41998:5000"]
  let web = Workload(
    name: "Deployment/web", namespace: "n", query: "a",
    ports: [.init(container: "web", number: 42_080), .init(container: "side", number: 9090)])
  let other = Workload(
    name: "Deployment/other", namespace: "n", query: "b", ports: [.init(container: "api", number: 42_080)])
  var plan = PortPlan(settings)
  let first = try plan.choose([web, other], container: nil)
  #expect(first.map(\.remote) == [42_080, 9090, 42_080, 5000])
  #expect(first[0].local == 42_080 && first[1].local == 41_999 && first[3].local == 41_998)
  // Two of the same number cannot share a port here.
  #expect(first[2].local != 42_080)
  #expect(try plan.choose([web, other], container: nil) == first)
  // Ports of a later release are added to the existing ones.
  let more = Workload(
    name: "Deployment/more", namespace: "n", query: "c", ports: [.init(container: "more", number: 42_081)])
  #expect(
    try plan.choose([web, other, more], container: nil).map(\.local) == [42_080, 41_999, first[2].local, 42_081, 41_998]
  )
  var one = PortPlan(Settings(name: "web"))
  #expect(try one.choose([web], container: "side").map(\.container) == ["side"])
}

@Test func exportsAreOfTheFirstPort() {
  let connect = Connect(ports: [
    .init(workload: "Deployment/my-web", container: "web-1", remote: 8080, local: 55139),
    .init(workload: "Deployment/my-web", container: "side", remote: 9090, local: 9090)
  ])
  #expect(
    Exports(App(name: "my-web", dir: ""), connect).text == """
      export MY_WEB_HOST=localhost
      export MY_WEB_PORT=55139
      export MY_WEB_PORT_8080=55139
      export MY_WEB_WEB_1_SERVICE_HOST=localhost
      export MY_WEB_WEB_1_SERVICE_PORT=55139
      export MY_WEB_PORT_9090=9090
      export MY_WEB_SIDE_SERVICE_HOST=localhost
      export MY_WEB_SIDE_SERVICE_PORT=9090

      """)
  #expect(Exports(App(name: "9web", dir: ""), connect).text.hasPrefix("export _9WEB_HOST="))
}

/// In two namespaces, and with the labels of another workload.
@Test func workloadsOfOneName() throws {
  func deployment(_ name: String, _ namespace: String, _ label: String) -> JSON {
    .members([
      "kind": .string("Deployment"), "metadata": .members(["name": .string(name), "namespace": .string(namespace)]),
      "spec": .members([
        "selector": .members(["matchLabels": .members(["app": .string(label)])]),
        "template": .members([
          "spec": .members([
            "containers": .array([
              .members(["name": .string("web"), "ports": .array([.members(["containerPort": .integer(42_180)])])])
            ])
          ])
        ])
      ])
    ])
  }
  let found = Workload.all(
    in: [deployment("web", "one", "web"), deployment("web", "two", "web"), deployment("green", "one", "web")],
    namespace: "one")
  #expect(found.map(\.name) == ["Deployment/web", "Deployment/two/web"])
  #expect(found.map(\.twins) == [["Deployment/green"], []])
  var plan = PortPlan(Settings(name: "web"))
  for _ in 0..<2 {
    let ports = try plan.choose(found, container: nil)
    #expect(ports.map(\.workload) == found.map(\.name) && Set(ports.map(\.local)).count == 2)
  }
}

@Test func twoWorkloadsDoNotShareAName() {
  let ports = [
    Connect.Port(workload: "Deployment/api", container: "web", remote: 8080, local: 8080),
    Connect.Port(workload: "Deployment/admin-1", container: "web", remote: 8080, local: 41_000),
    Connect.Port(workload: "Deployment/admin-1", container: "side", remote: 9090, local: 9090)
  ]
  #expect(
    Exports(App(name: "shop", dir: ""), Connect(ports: ports)).text == """
      export SHOP_HOST=localhost
      export SHOP_PORT=8080
      export SHOP_PORT_8080=8080
      export SHOP_WEB_SERVICE_HOST=localhost
      export SHOP_WEB_SERVICE_PORT=8080
      export SHOP_ADMIN_1_HOST=localhost
      export SHOP_ADMIN_1_PORT=41000
      export SHOP_ADMIN_1_PORT_8080=41000
      export SHOP_ADMIN_1_WEB_SERVICE_HOST=localhost
      export SHOP_ADMIN_1_WEB_SERVICE_PORT=41000
      export SHOP_PORT_9090=9090
      export SHOP_SIDE_SERVICE_HOST=localhost
      export SHOP_SIDE_SERVICE_PORT=9090

      """)
  #expect(
    Connections.words(ports) == """
      Connect to web:8080 of Deployment/api on localhost:8080
      Connect to web:8080 of Deployment/admin-1 on localhost:41000
      Connect to side:9090 on localhost:9090

      """)
}

@Test func aLineLosesItsTimeAndNothingElse() {
  #expect(LogLine.hasTime(Array("2026-11-21T04:25:46.123456789Z line".utf8)))
  #expect(LogLine.hasTime(Array("2026-11-21T04:25:46.123456789+00:00 line".utf8)))
  #expect(!LogLine.hasTime(Array("2026-11-21 line".utf8)))
  #expect(!LogLine.hasTime(Array("hello line".utf8)))
}

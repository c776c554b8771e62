import Records
import Testing

@testable import Cluster

/// The differences between a live object and its release, and who made them.
struct LookTests {
  private func object(_ text: String) throws -> JSON { try JSON(parsing: Array(text.utf8)) }

  private func deployment(
    replicas: String = "1", image: String = "r/web:1", labels: String = #"{"a":"b"}"#, fields: String = "[]"
  ) throws -> JSON {
    try object(
      #"""
      {"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"web","namespace":"n","labels":\#(labels),"managedFields":\#(fields)},
       "spec":{"replicas":\#(replicas),"template":{"metadata":{"labels":{"app":"web"}},"spec":{"containers":[{"name":"web","image":"\#(image)"}]}}}}
      """#)
  }

  private func owner(_ manager: String, _ fields: String, subresource: String? = nil) -> String {
    #"[{"manager":"kubelet","subresource":"status","fieldsV1":{}},{"manager":"\#(manager)"\#(subresource.map { #","subresource":"\#($0)""# } ?? ""),"fieldsV1":\#(fields)}]"#
  }

  @Test func equalObjects() throws {
    let wanted = try deployment()
    #expect(HandMade.all(wanted, try deployment(labels: #"{"a":"b","more":"x"}"#)).isEmpty)
    var silent = wanted
    silent["spec"]?["replicas"] = nil
    #expect(HandMade.all(silent, try deployment(replicas: "7")).isEmpty)
  }

  @Test func differencesOfObjects() throws {
    let wanted = try deployment()
    #expect(HandMade.all(wanted, try deployment(replicas: "0")).map(\.what) == ["number of replicas"])
    #expect(HandMade.all(wanted, try deployment(image: "r/web:2")).map(\.what) == ["image of container 'web'"])
    #expect(HandMade.all(wanted, try deployment(labels: "{}")).map(\.what) == ["label 'a'"])
    #expect(HandMade.all(wanted, try deployment(labels: #"{"a":"c"}"#)).map(\.isGone) == [false])
  }

  @Test(arguments: ["example.com/v1", "apiextensions.k8s.io/v1", "gateway.networking.k8s.io/v1"])
  func fieldsThatHelmDoesNotReset(version: String) throws {
    var wanted = try deployment(), live = try deployment(labels: "{}")
    wanted["apiVersion"] = .string(version)
    live["apiVersion"] = .string(version)
    #expect(HandMade.all(wanted, live).isEmpty)
  }

  @Test func whoDidIt() throws {
    let image = #"{"f:spec":{"f:template":{"f:spec":{"f:containers":{"k:{\"name\":\"web\"}":{"f:image":{}}}}}}}"#,
      replicas = #"{"f:spec":{"f:replicas":{}}}"#
    func answer(_ live: JSON) throws -> HandMade.Answer? { HandMade.all(try deployment(), live).first?.isByHand(live) }
    #expect(try answer(deployment(image: "x:2", fields: owner("kubectl-set", image))) == .byHand)
    #expect(try answer(deployment(image: "x:2", fields: owner("helm", image))) == .not)
    #expect(try answer(deployment(image: "x:2", fields: "[]")) == .not)
    #expect(try answer(deployment(labels: "{}", fields: "[]")) == .byHand)
    #expect(try answer(deployment(replicas: "2", fields: owner("kubectl", replicas, subresource: "scale"))) == .byHand)
    #expect(try answer(deployment(replicas: "2", fields: owner("kubectl-edit", replicas))) == .byHand)
    #expect(
      try answer(deployment(replicas: "2", fields: owner("kube-controller-manager", replicas, subresource: "scale")))
        == .not)
    #expect(try answer(deployment(replicas: "2", fields: owner("keda-operator", replicas))) == .not)
    #expect(try answer(deployment(replicas: "2", fields: owner("helm", replicas))) == .not)
    // A server that does not track scaling has no subresources in its list.
    #expect(try answer(deployment(replicas: "2", fields: "[]")) == .unlessAutoscaled)
  }

  @Test func missingObjects() throws {
    let job = try object(#"{"kind":"Job","metadata":{"name":"once"},"spec":{"ttlSecondsAfterFinished":60}}"#)
    let kept = try object(#"{"kind":"Job","metadata":{"name":"kept"},"spec":{}}"#)
    let service = try object(#"{"kind":"Service","metadata":{"name":"web"}}"#)
    let live = LiveObjects([
      .init(wanted: job, live: nil), .init(wanted: kept, live: nil), .init(wanted: service, live: service)
    ])
    #expect(live.missing.map(\.name) == ["Job/kept"])
  }

  @Test func lists() throws {
    let list = try object(
      #"{"kind":"List","items":[{"kind":"A"},{"kind":"BList","items":[{"kind":"B"}]},{"kind":"List"}]}"#)
    #expect(
      LiveObjects.flat([list, .members(["kind": .string("C")])]).map { $0["kind"]?.string } == ["A", "B", "List", "C"])
  }

  @Test func aCronJob() throws {
    let job = Status.Workload(
      try object(
        #"{"kind":"CronJob","metadata":{"name":"tick"},"spec":{"schedule":"* * * * *"},"status":{"lastScheduleTime":"2026-11-21T04:31:00Z"}}"#
      ))
    #expect(
      job
        == Status.Workload(
          name: "CronJob/tick", ready: 0, wanted: 0, well: true,
          reason: "runs at '* * * * *', last 2026-11-21T04:31:00Z"))
    let off = Status.Workload(
      try object(#"{"kind":"CronJob","metadata":{"name":"tick"},"spec":{"schedule":"x","suspend":true}}"#))
    #expect(off.well && off.reason == "suspended")
  }
}

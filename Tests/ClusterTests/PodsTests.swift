import Records
import Testing
import YAML

@testable import Cluster

@Test func aContainerIsReadByItsNewestRunWithALog() throws {
  func told(_ status: String) throws -> String {
    let container = try #require(ClusterPod.Container(try JSON(parsing: "{\"name\":\"web\",\(status)}")))
    return
      "\(container.id ?? "none") "
      + "\(container.isRunning ? "runs" : "rests")\(container.hasPrevious ? ", ran before" : "")"
  }
  #expect(
    try told(#""containerID":"c://2","state":{"running":{}},"lastState":{"terminated":{"containerID":"c://1"}}"#)
      == "c://2 runs, ran before")
  #expect(try told(#""state":{"waiting":{"reason":"ContainerCreating"}},"containerID":"""#) == "none rests")
  #expect(
    try told(#""state":{"waiting":{"reason":"CrashLoopBackOff"}},"lastState":{"terminated":{"containerID":"c://1"}}"#)
      == "c://1 rests")
  #expect(
    try told(#""containerID":"c://1","state":{"terminated":{"exitCode":0,"containerID":"c://1"}}"#) == "c://1 rests")
}

@Test func workloadsAreFoundByTheirOwnSelectors() throws {
  let objects = try json(
    yaml: Array(
      """
      kind: Service
      metadata: {name: web}
      spec: {selector: {a: b}}
      ---
      kind: Deployment
      metadata: {name: web}
      spec:
        selector: {matchLabels: {app.kubernetes.io/name: web, tier: "1"}}
        template:
          spec:
            initContainers: [{name: proxy, restartPolicy: Always, ports: [{containerPort: 15000}]}, {name: once, ports: [{containerPort: 1}]}]
            containers: [{name: web, ports: [{containerPort: 8080}, {containerPort: 53, protocol: UDP}]}, {name: side}]
      ---
      kind: Pod
      metadata: {name: alone, namespace: other}
      spec: {containers: [{name: a, ports: [{containerPort: 80}]}]}
      ---
      kind: Job
      metadata: {name: once}
      spec: {template: {spec: {containers: []}}}
      """.utf8))
  let found = Workload.all(in: objects, namespace: "team")
  #expect(found.map(\.name) == ["Deployment/web", "Pod/alone", "Job/once"])
  #expect(found.map(\.namespace) == ["team", "other", "team"])
  #expect(found[0].query == "labelSelector=app.kubernetes.io%2Fname%3Dweb%2Ctier%3D1")
  #expect(found[1].query == "fieldSelector=metadata.name%3Dalone")
  #expect(found[0].ports == [.init(container: "web", number: 8080), .init(container: "proxy", number: 15000)])
}

@Test func aPodHasItsContainers() throws {
  let pod = try #require(
    ClusterPod(
      JSON(
        parsing: #"""
          {"metadata":{"name":"web","uid":"1"},"status":{"phase":"Pending"},
           "spec":{"containers":[{"name":"web","image":"r/web:1","volumeMounts":[{"mountPath":"/a/"}],"securityContext":{"readOnlyRootFilesystem":true}}]}}
          """#)))
  #expect(pod.images == ["r/web:1"] && pod.containers.isEmpty && !pod.isOver)
  let over = try #require(
    ClusterPod(
      JSON(
        parsing: #"""
          {"metadata":{"name":"web","uid":"1"},"status":{"phase":"Failed","containerStatuses":[{"name":"web","containerID":"c://1","state":{"terminated":{"exitCode":1}}}]},
           "spec":{"containers":[{"name":"web","image":"r/web:1","volumeMounts":[{"mountPath":"/a/"}],"securityContext":{"readOnlyRootFilesystem":true}}]}}
          """#)))
  #expect(over.isOver)
  #expect(
    over.containers.map(\.isReadOnly) == [true] && over.containers.map(\.mounts) == [["/a/"]]
      && over.containers.map(\.image) == ["r/web:1"])
}

@Test func podsTellWhyTheyWait() throws {
  let waiting = try #require(
    json(
      yaml: Array(
        "metadata: {name: a, uid: u}\nstatus: {containerStatuses: [{name: a, ready: false, state: {waiting: {reason: ErrImagePull}}}]}"
          .utf8)
    ).first)
  #expect(ClusterPod(waiting)?.namedReason == "a: ErrImagePull")
  let running = try #require(
    json(
      yaml: Array(
        "metadata: {name: a, uid: u}\nstatus: {phase: Running, containerStatuses: [{name: a, ready: false, state: {}}]}"
          .utf8)
    ).first)
  #expect(ClusterPod(running)?.namedReason == "a: not ready")
}

@Test(arguments: [
  (
    #"{"kind":"Deployment","metadata":{"name":"x","generation":2},"spec":{"replicas":2},"status":{"observedGeneration":2,"replicas":2,"updatedReplicas":2,"readyReplicas":2}}"#,
    "2/2 true nil"
  ),
  (
    #"{"kind":"Deployment","metadata":{"name":"x","generation":2},"spec":{"replicas":2},"status":{"observedGeneration":1,"replicas":2,"updatedReplicas":2,"readyReplicas":2}}"#,
    "2/2 false rolling out"
  ),
  (
    #"{"kind":"Deployment","metadata":{"name":"x"},"spec":{"replicas":2},"status":{"replicas":3,"updatedReplicas":2,"readyReplicas":2}}"#,
    "2/2 false rolling out"
  ),
  (
    #"{"kind":"Deployment","metadata":{"name":"x"},"spec":{},"status":{"replicas":1,"updatedReplicas":1}}"#,
    "0/1 false not ready"
  ),
  (#"{"kind":"Deployment","metadata":{"name":"x"},"spec":{"replicas":0},"status":{}}"#, "0/0 true nil"),
  (
    #"{"kind":"Deployment","metadata":{"name":"x"},"spec":{},"status":{"replicas":1,"updatedReplicas":1,"conditions":[{"type":"Progressing","reason":"ProgressDeadlineExceeded"}]}}"#,
    "0/1 false does not come up"
  ),
  (
    #"{"kind":"StatefulSet","metadata":{"name":"x"},"spec":{"replicas":3,"updateStrategy":{"rollingUpdate":{"partition":2}}},"status":{"updatedReplicas":1,"readyReplicas":3}}"#,
    "3/3 true nil"
  ),
  (
    #"{"kind":"StatefulSet","metadata":{"name":"x"},"spec":{"replicas":3},"status":{"updatedReplicas":1,"readyReplicas":3}}"#,
    "3/3 false rolling out"
  ),
  (
    #"{"kind":"DaemonSet","metadata":{"name":"x"},"status":{"desiredNumberScheduled":2,"numberReady":1,"updatedNumberScheduled":2}}"#,
    "1/2 false not ready"
  ),
  (#"{"kind":"DaemonSet","metadata":{"name":"x"},"status":{"desiredNumberScheduled":0}}"#, "0/0 true nil"),
  (
    #"{"kind":"Job","metadata":{"name":"x"},"spec":{"completions":2},"status":{"succeeded":1,"active":1}}"#,
    "1/2 true running"
  ),
  (
    #"{"kind":"Job","metadata":{"name":"x"},"status":{"conditions":[{"type":"Failed","status":"True","reason":"BackoffLimitExceeded"}]}}"#,
    "0/1 false BackoffLimitExceeded"
  ),
  (#"{"kind":"Pod","metadata":{"name":"x"},"status":{"phase":"Succeeded"}}"#, "1/1 true nil"),
  (
    #"{"kind":"Pod","metadata":{"name":"x"},"status":{"phase":"Running","conditions":[{"type":"Ready","status":"False"}]}}"#,
    "0/1 false not ready"
  ),
  (#"{"kind":"Deployment"}"#, "0/1 false rolling out")
])
func howAWorkloadIsDoing(object: String, told: String) throws {
  let workload = Status.Workload(try JSON(parsing: object))
  #expect("\(workload.ready)/\(workload.wanted) \(workload.well) \(workload.reason ?? "nil")" == told)
}

import Command
import Records
import Testing

@testable import Cluster

private func pod(_ status: String, annotations: String = "{}", more: String = "") throws -> ClusterPod {
  try #require(
    ClusterPod(
      JSON(
        parsing: Array(
          #"{"metadata":{"name":"web-1","uid":"u","annotations":\#(annotations)\#(more)},"status":{"containerStatuses":[\#(status)]}}"#
            .utf8))))
}

@Test func crashes() throws {
  let trouble = try PodTrouble(
    pod(
      #"{"name":"web","state":{"waiting":{"reason":"CrashLoopBackOff","message":"back-off"}},"lastState":{"terminated":{"exitCode":3,"reason":"Error"}}}"#
    ))
  #expect(trouble?.kind == .crashes(code: 3, reason: nil))
  #expect(trouble?.pod == "web-1" && trouble?.container == "web" && trouble?.patience == 0)
  let killed = try PodTrouble(
    pod(
      #"{"name":"web","state":{"waiting":{"reason":"CrashLoopBackOff"}},"lastState":{"terminated":{"exitCode":137,"reason":"OOMKilled"}}}"#
    ))
  #expect(killed?.kind == .crashes(code: 137, reason: "OOMKilled"))
}

@Test(arguments: [
  (
    "ErrImagePull",
    #"rpc error: code = NotFound desc = failed to pull and unpack image \"r/web:1\": r/web:1: not found"#, 0.0,
    "not found"
  ),
  (
    "ImagePullBackOff",
    #"Back-off pulling image \"r/web:1\": ErrImagePull: failed to authorize: unexpected status: 401 Unauthorized"#, 0,
    "401 Unauthorized"
  ),
  ("ErrImagePull", "failed to do request: Head https://r/v2/: 503 Service Unavailable", 30, "503 Service Unavailable"),
  ("ErrImagePull", "dial tcp 10.0.0.1:443: i/o timeout", 30, "i/o timeout"),
  ("InvalidImageName", "couldn't parse image name", 0, "couldn't parse image name")
])
func images(_ reason: String, _ message: String, _ patience: Double, _ shortly: String) throws {
  let trouble = try #require(
    try PodTrouble(
      pod(#"{"name":"web","image":"r/web:1","state":{"waiting":{"reason":"\#(reason)","message":"\#(message)"}}}"#)))
  #expect(trouble.kind == .image("r/web:1") && trouble.patience == patience && trouble.shortly == shortly)
}

@Test(arguments: [
  #"{"name":"web","state":{"running":{}}}"#, #"{"name":"web","state":{"waiting":{"reason":"ContainerCreating"}}}"#,
  #"{"name":"web","state":{"terminated":{"exitCode":1}}}"#, ""
])
func noTrouble(_ status: String) throws { #expect(try PodTrouble(pod(status)) == nil) }

@Test func podsOfABuild() throws {
  let one = try pod("", annotations: #"{"buildID":"1"}"#), none = try pod("")
  #expect(one.isOf(buildID: "1") && !one.isOf(buildID: "2") && one.isOf(buildID: nil))
  #expect(none.isOf(buildID: "2"))
  #expect(!(try pod("", more: #","deletionTimestamp":"2026-11-21T00:00:00Z""#)).isOf(buildID: nil))
}

@Test func theContainerThatFailed() throws {
  #expect(
    try pod(#"{"name":"web","state":{"terminated":{"exitCode":137,"reason":"OOMKilled"}}}"#).failed?.reason
      == "OOMKilled")
  #expect(
    try pod(#"{"name":"web","state":{"running":{}},"lastState":{"terminated":{"exitCode":2,"reason":"Error"}}}"#)
      .failed?.code == 2)
  #expect(try pod(#"{"name":"web","state":{"terminated":{"exitCode":0}}}"#).failed == nil)
}

private let context = KubeContext(name: "there", cluster: "c", server: "https://10.0.0.1:6443", isIndirect: false)

@Test(arguments: [
  (
    "error: You must be logged in to the server (Unauthorized)",
    ClusterError.notLoggedIn(context: "there", said: "You must be logged in to the server (Unauthorized)")
  ),
  (
    "Error: Kubernetes cluster unreachable: the server has asked for the client to provide credentials",
    .notLoggedIn(
      context: "there",
      said: "Kubernetes cluster unreachable: the server has asked for the client to provide credentials")
  ),
  (
    "Error: INSTALLATION FAILED: create: failed to create: secrets \"sh.helm.release.v1.web.v1\" is forbidden: unable "
      + "to create new content in namespace team because it is being terminated",
    .namespaceEnding("team")
  ),
  ("Error: create: failed to create: namespaces \"team\" not found", .noNamespace("team", mayNotMake: false)),
  (
    "The connection to the server 10.0.0.1:6443 was refused - did you specify the right host or port?",
    .unreachable(server: "https://10.0.0.1:6443", said: "connection refused")
  ),
  (
    "Error from server (Forbidden): secrets is forbidden: User \"x\" cannot list",
    .forbidden(said: "secrets is forbidden: User \"x\" cannot list")
  )
])
func clusterErrors(_ text: String, _ wanted: ClusterError) {
  #expect(ClusterFailure(text).error(context: context, doing: "x") == wanted)
}

private let failed = "getting credentials: exec: executable /usr/bin/aws failed with exit code 255"

@Test(arguments: [
  // The output of kubectl and helm; kubectl runs the plugin twice.
  (
    "\nToken has expired\nrun: aws sso login\n\nToken has expired\nrun: aws sso login\nUnable to connect to the "
      + "server: \(failed)",
    "the login plugin 'aws' says: Token has expired; run: aws sso login", ["Token has expired", "run: aws sso login"],
    ExitCode.noPermission
  ),
  (
    "Error: expired.\nPlease run:\n$ gcloud auth login\nError: Kubernetes cluster unreachable: Get "
      + "\"https://x/version\": \(failed)",
    "the login plugin 'aws' says: Error: expired. Please run: $ gcloud auth login",
    ["Error: expired.", "Please run:", "$ gcloud auth login"], .noPermission
  ),
  (
    "WARNING: Kubernetes configuration file is group-readable.\nE1130 03:49:21.0 1 memcache.go:265] \"Unhandled "
      + "Error\" err=\"\(failed)\"\nUnable to connect to the server: \(failed)",
    "the login plugin 'aws' failed: executable /usr/bin/aws failed with exit code 255", [], .noPermission
  ),
  (
    "Unable to connect to the server: getting credentials: exec: executable aws-iam-authenticator not found\n\nIt "
      + "looks like you are trying to use a client-go credential plugin that is not installed.",
    "the login plugin 'aws-iam-authenticator' cannot be found", [], .unavailable
  ),
  (
    "Unable to connect to the server: getting credentials: exec: fork/exec /no/such: no such file or directory",
    "the login plugin 'such' cannot be found", [], .unavailable
  ),
  (
    "Unable to connect to the server: getting credentials: decoding stdout: unexpected end of JSON input",
    "the login plugin failed: decoding stdout: unexpected end of JSON input", [], .noPermission
  )
])
func loginPlugins(_ text: String, _ said: String, _ words: [String], _ code: ExitCode) throws {
  let plugin = try #require(LoginPlugin(text))
  #expect(plugin.said == said && plugin.words == words)
  let error = ClusterFailure(text).error(context: context, doing: "x")
  #expect(error == .loginPlugin(plugin, context: "there") && error.exitCode == code)
}

@Test func otherErrorsAreNoPlugins() {
  #expect(LoginPlugin("error: You must be logged in to the server (Unauthorized)") == nil)
  #expect(LoginPlugin("") == nil)
}

private func events(_ items: String) throws -> JSON { try JSON(parsing: Array(#"{"items":[\#(items)]}"#.utf8)) }

@Test func messagesOfProbes() throws {
  let first =
    #"{"reason":"Unhealthy","lastTimestamp":"2026-11-30T04:00:01Z","message":"Readiness probe failed: Get \"http://10.0.0.1:8080/\": dial tcp: connect: connection refused"}"#
  let second =
    #"{"reason":"Unhealthy","lastTimestamp":"2026-11-30T04:00:09Z","message":"Liveness probe failed: one\n\u001b[2J two\n"}"#
  let other = #"{"reason":"Killing","lastTimestamp":"2026-11-30T04:00:10Z","message":"Stopping container web"}"#
  #expect(
    ProbeEvents.said(try events(first))
      == #"Readiness probe failed: Get "http://10.0.0.1:8080/": dial tcp: connect: connection refused"#)
  #expect(ProbeEvents.said(try events("\(second),\(first),\(other)")) == "Liveness probe failed: one \\x1b[2J two")
  #expect(ProbeEvents.said(try events(other)) == nil)
  #expect(ProbeEvents.said(.null) == nil)
  let long = try #require(
    ProbeEvents.said(try events(#"{"reason":"Unhealthy","message":"\#(String(repeating: "x", count: 5000))"}"#)))
  #expect(long.count == 300)
}

@Test(arguments: [
  (#"{"name":"web","ready":false,"state":{"running":{}}}"#, true),
  (#"{"name":"web","ready":true,"state":{"running":{}}}"#, false),
  (#"{"name":"web","ready":false,"state":{"waiting":{"reason":"ContainerCreating"}}}"#, false), ("", false)
])
func whomAProbeConcerns(_ status: String, _ does: Bool) throws { #expect(try pod(status).isProbed == does) }

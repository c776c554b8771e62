import Records
import Testing

@testable import Podman

@Test func podmansReleases() throws {
  let pods = #"""
    [{"Name":"web-2","Status":"Running","Created":"2026-11-21T04:31:08.1Z","Containers":[],"Labels":{"draft":"web","buildID":"b","sh.draft.revision":"2","sh.draft.chart":"web-0.1.0","sh.draft.appversion":""}},
     {"Name":"web-1","Status":"Exited","Containers":[],"Labels":{"draft":"web","sh.draft.revision":"1"}}]
    """#
  let state = try PodmanState(parsing: Array(pods.utf8))
  #expect(state.revisions.map(\.number) == [1, 2] && state.current?.number == 2)
  #expect(
    state.current?.chart == "web-0.1.0" && state.current?.appVersion == nil
      && state.current?.created?.text == "2026-11-21T04:31:08Z" && state.current?.buildID == "b")
}

private let extremes = ["9223372036854775807", "-9223372036854775808", "9007199254740993", "99999999999999999999"]

@Test(arguments: extremes) func ofAPod(_ revision: String) throws {
  let pods =
    #"[{"Name":"web-1","Status":"Running","Labels":{"draft":"web","sh.draft.revision":"\#(revision)","sh.draft.pods":"\#(revision)"}}]"#
  let state = try PodmanState(parsing: Array(pods.utf8))
  #expect((state.revisions.map(\.number).max() ?? 0) + 1 == 1)
}

/// A port must fit into 16 bits.
@Test(arguments: extremes + ["0", "-1", "65536"]) func aPortOfALabel(_ port: String) {
  #expect(
    PublishedPort(label: "web/8080/tcp/http/0=\(port)"[...]) == nil
      && PublishedPort(label: "web/\(port)/tcp/http/0=8080"[...]) == nil)
}

@Test(arguments: [-1, 65_536, Int.max, .min]) func aPortOfThisMachine(_ port: Int) {
  #expect(
    !Loopback.canBind(port) && Loopback.listen(port).isEmpty && Loopback.connect(port) == -1 && !Loopback.answers(port))
}

import Cluster
import Command
import Glibc
import Podman
import Records
import Testing

@testable import Attach

private func pod(_ name: String, _ created: String, _ template: String, ready: Bool = true, ending: Bool = false)
  -> ClusterPod
{
  let text = """
    {"metadata":{"name":"\(name)","uid":"\(name)","creationTimestamp":"\(created)","labels":{"pod-template-hash":"\(template)"}\(ending ? ",\"deletionTimestamp\":\"x\"" : "")},
     "status":{"conditions":[{"type":"Ready","status":"\(ready ? "True" : "False")"}]}}
    """
  return ClusterPod(try! JSON(parsing: text))!
}

@Test func theRightPodIsConnectedTo() {
  let old = pod("old", "2026-01-01T00:00:01Z", "a"), twin = pod("twin", "2026-01-01T00:00:05Z", "a")
  let new = pod("new", "2026-01-01T00:00:09Z", "b"), starting = pod("new", "2026-01-01T00:00:09Z", "b", ready: false)
  #expect(Forward.choose([], current: nil) == nil)
  #expect(Forward.choose([starting], current: nil) == nil)
  #expect(Forward.choose([old, twin], current: nil) == twin)
  // A ready pod is kept, even if there are others of the same version.
  #expect(Forward.choose([old, twin], current: old) == old)
  #expect(Forward.choose([old, starting], current: old) == old)
  #expect(Forward.choose([old, new], current: old) == new)
  // The pod of a rollback is the newer one.
  #expect(Forward.choose([new, pod("back", "2026-01-01T00:01:00Z", "a")], current: new)?.name == "back")
  // A pod that is ending is used until the end if there is no other.
  let ending = pod("old", "2026-01-01T00:00:01Z", "a", ending: true)
  #expect(Forward.choose([ending, starting], current: old)?.name == "old")
  #expect(Forward.choose([ending, new], current: old) == new)
  #expect(Forward.choose([starting], current: old) == nil)
}

private let one =
  #"{"name":"web","ports":[{"name":"http","containerPort":8080}],"readinessProbe":{"tcpSocket":{"port":"http"},"periodSeconds":1,"successThreshold":1}}"#
private let runs = #"{"name":"web","ready":false,"started":true,"state":{"running":{}}}"#

private func coming(
  _ container: String = one, _ state: String = runs, more: String = "", name: String = "new",
  created: String = "2026-01-01T00:00:09Z"
) -> ClusterPod {
  let text = """
    {"metadata":{"name":"\(name)","uid":"\(name)","creationTimestamp":"\(created)","labels":{"pod-template-hash":"b"}},
     "spec":{"containers":[\(container)]\(more)},
     "status":{"conditions":[{"type":"Ready","status":"False"}],"containerStatuses":[\(state)]}}
    """
  return ClusterPod(try! JSON(parsing: text))!
}

@Test func probesOfAPodBeforeItIsReady() {
  #expect(coming().readinessPorts == [8080])
  #expect(coming(one.replacing("\"http\"}", with: "81}")).readinessPorts == [81])
  // A ready pod need not be tried; nor one without a probe.
  #expect(coming(one, runs.replacing("\"ready\":false", with: "\"ready\":true")).readinessPorts == [])
  // Not running, or a probe that does more than connect.
  #expect(coming(one, runs.replacing("running", with: "waiting")).readinessPorts == nil)
  #expect(coming(one, runs.replacing("\"started\":true", with: "\"started\":false")).readinessPorts == nil)
  #expect(coming(one, "").readinessPorts == nil)
  #expect(
    coming(one.replacing("\"tcpSocket\":{\"port\":\"http\"}", with: "\"httpGet\":{\"port\":\"http\"}")).readinessPorts
      == nil)
  #expect(coming(one.replacing("\"successThreshold\":1", with: "\"successThreshold\":2")).readinessPorts == nil)
  #expect(coming(one.replacing("\"periodSeconds\":1", with: "\"initialDelaySeconds\":5")).readinessPorts == nil)
  #expect(
    coming(one.replacing("\"port\":\"http\"}", with: "\"port\":\"http\",\"host\":\"elsewhere\"}")).readinessPorts == nil
  )
  #expect(coming(one.replacing("{\"port\":\"http\"}", with: "{\"port\":\"nosuch\"}")).readinessPorts == nil)
  #expect(coming(more: #","readinessGates":[{"conditionType":"x"}]"#).readinessPorts == nil)
  #expect(coming(more: #","initContainers":[{"name":"proxy","restartPolicy":"Always"}]"#).readinessPorts == nil)
  #expect(coming(more: #","initContainers":[{"name":"once"}]"#).readinessPorts == [8080])
}

@Test func aPodThatAnswersCountsAsReady() {
  let old = pod("old", "2026-01-01T00:00:01Z", "a"), new = coming()
  #expect(Forward.coming([old, new], current: old, answered: []) == new)
  #expect(Forward.choose([old, new], current: old, answered: []) == old)
  #expect(Forward.choose([old, new], current: old, answered: ["new"]) == new)
  #expect(Forward.coming([old, new], current: new, answered: ["new"]) == nil)
  // It failed before the cluster probed it.
  let over = coming(one, runs.replacing("running", with: "waiting"))
  #expect(Forward.choose([old, over], current: new, answered: []) == old)
  #expect(Forward.coming([old, over], current: old, answered: []) == nil)
  // With no current pod, or with a changed one, any pod will do.
  #expect(Forward.coming([new], current: nil, answered: []) == new)
  #expect(
    Forward.coming([pod("old", "2026-01-01T00:00:01Z", "b", ready: false), new], current: old, answered: []) == new)
  // The current pod need not be tried.
  #expect(Forward.coming([new], current: new, answered: []) == nil)
  // A pod of the same version is ready, and an older one does not matter.
  #expect(
    Forward.coming(
      [pod("old", "2026-01-01T00:00:01Z", "b"), new], current: pod("old", "2026-01-01T00:00:01Z", "b"), answered: [])
      == nil)
  #expect(
    Forward.coming(
      [pod("old", "2026-01-01T00:00:19Z", "a"), new], current: pod("old", "2026-01-01T00:00:19Z", "a"), answered: [])
      == nil)
}

/// A server on its own port, below the kernel's range for outgoing connections, that sends its word, echoes its input
/// to the end, and says goodbye.
private func server(_ word: String) -> Int {
  let port = (31_000..<31_900).shuffled().first { Loopback.canBind($0) }!
  let listener = Loopback.listen(port)[0]
  Thread.detach {
    while case let client = accept(listener, nil, nil), client >= 0 {
      Thread.detach {
        var bytes = [UInt8](repeating: 0, count: 32 << 10)
        _ = send(client, word, word.utf8.count, 0)
        while case let count = recv(client, &bytes, bytes.count, 0), count > 0 {
          _ = send(client, bytes, count, Int32(MSG_NOSIGNAL))
        }
        _ = send(client, "bye", 3, Int32(MSG_NOSIGNAL))
        close(client)
      }
    }
  }
  return port
}

/// Sends bytes and returns the answer, at the same time.
private func exchange(_ port: Int, _ bytes: [UInt8]) -> [UInt8] {
  let descriptor = Loopback.connect(port)
  guard descriptor >= 0 else { return [] }
  defer { close(descriptor) }
  Thread.detach {
    var sent = 0
    while sent < bytes.count,
      case let count = bytes.withUnsafeBytes({
        send(descriptor, $0.baseAddress! + sent, $0.count - sent, Int32(MSG_NOSIGNAL))
      }), count > 0
    { sent += count }
    shutdown(descriptor, Int32(SHUT_WR))
  }
  var all: [UInt8] = [], some = [UInt8](repeating: 0, count: 32 << 10)
  while case let count = recv(descriptor, &some, some.count, 0), count > 0 { all += some[..<count] }
  return all
}

private final class Behind: @unchecked Sendable {
  private let lock = Lock()
  private var value: Int?
  var port: Int? {
    get { lock.locked { value } }
    set { lock.locked { value = newValue } }
  }
}

@Test func aLocalPortStaysWhileItsTargetChanges() throws {
  let behind = Behind(), port = (30_000..<30_900).shuffled().first { Loopback.canBind($0) }!
  let relay = try PortRelay(port: port) { behind.port }
  #expect(throws: PortError.self) { try PortRelay(port: port) { nil } }
  // A connection made too early waits.
  let (first, second) = (server("first "), server("second "))
  Thread.detach {
    usleep(200_000); behind.port = first
  }
  #expect(exchange(port, Array("hello ".utf8)) == Array("first hello bye".utf8))
  behind.port = second
  #expect(exchange(port, []) == Array("second bye".utf8))
  // More than the buffers hold, in both directions at once.
  let much = (0..<8 << 20).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }
  #expect(exchange(port, much) == Array("second ".utf8) + much + Array("bye".utf8))
  relay.close()
  usleep(50_000)
  #expect(Loopback.canBind(port))
  #expect(exchange(port, []) == [])
}

@Test func aPortThatTakesConnectionsAndDropsThemDoesNotAnswer() {
  let port = (32_000..<32_700).shuffled().first { Loopback.canBind($0) }!
  #expect(!Loopback.answers(port))
  let listener = Loopback.listen(port)[0]
  #expect(Loopback.answers(port))
  Thread.detach { while case let client = accept(listener, nil, nil), client >= 0 { close(client) } }
  // A busy machine may be slow to drop it.
  #expect(!Loopback.answers(port, keeping: 10_000))
}

import Glibc
import Testing

@testable import Attach
@testable import Command

@Test func eachLineIsPrintedOnce() {
  let place = LogFollower.Place()
  func take(_ line: String) -> String? { place.take(Array(line.utf8)).map { String(decoding: $0, as: UTF8.self) } }
  place.begin()
  // With two streams joined, a line may be older than the one before it.
  #expect(take("2026-11-27T10:00:00.000000001Z one") == "one")
  #expect(take("2026-11-27T10:00:00.000000003Z three") == "three")
  #expect(take("2026-11-27T10:00:00.000000002Z two") == "two")
  #expect(take("2026-11-27T10:00:00.000000003Z three too") == "three too")
  #expect(place.since == "2026-11-27T10:00:00.000000003Z")
  // After a lost connection, the lines from the last second on are requested again.
  place.begin()
  #expect(take("2026-11-27T10:00:00.000000001Z one") == nil)
  #expect(take("2026-11-27T10:00:00.000000003Z three") == nil)
  #expect(take("2026-11-27T10:00:00.000000004Z four") == "four")
}

/// A kubelet before 1.24 splits lines that the runtime stores in pieces of 16 KiB.
@Test func aLongLineHasNoTimesWithinIt() {
  let time = "2026-11-27T10:00:00.000000001Z ", own = "2026-11-27T10:00:00.000000009Z own"
  let pieces = [String(repeating: "a", count: LogLine.piece), String(repeating: "b", count: LogLine.piece), "c " + own]
  let place = LogFollower.Place()
  #expect(place.take(Array(pieces.map { time + $0 }.joined().utf8)) == Array(pieces.joined().utf8))
  #expect(LogFollower.Place().take(Array((time + own).utf8)) == Array(own.utf8))
  // A newer kubelet does not.
  #expect(LogFollower.Place().take(Array((time + pieces.joined()).utf8)) == Array(pieces.joined().utf8))
}

@Test func aContainerMissingFromOneListIsNotReportedAgain() throws {
  let temporary = try Temporary.file(beside: "/tmp/followed"), file = temporary.file.descriptor, path = temporary.path
  defer { Temporary.remove(path) }
  let call = Call(name: "draft-logs", arguments: try Arguments(parsing: [], options: []), quiet: true, debugging: false)
  let follower = LogFollower(tail: nil, output: LogOutput(descriptor: file), call: call, isTimed: false) { _, _, _ in
    ["printf", "2026-11-27T10:00:00.000000001Z one\n2026-11-27T10:00:00.000000002Z two\n"]
  }
  let there = [
    (source: LogFollower.Source(pod: "web", container: "app"), run: LogFollower.Run(id: "1", isRunning: false))
  ]
  for _ in 0..<3 {
    follower.update(there)
    // The log ends, and so does the container.
    for _ in 0..<100 where try Files.read(path, limit: 1 << 20).count < 30 { usleep(10_000) }
    usleep(50_000)
    follower.update([])
    usleep(50_000)
  }
  #expect(String(decoding: try Files.read(path, limit: 1 << 20), as: UTF8.self) == "[web/app]: one\n[web/app]: two\n")
}

@Test func aCRLFIsOneLineEnd() throws {
  let temporary = try Temporary.file(beside: "/tmp/followed"), file = temporary.file.descriptor, path = temporary.path
  defer { Temporary.remove(path) }
  let output = LogOutput(descriptor: file)
  for line in ["one\r", "two", "three"] { output.write("[p]: ", Array(line.utf8)) }
  #expect(String(decoding: try Files.read(path, limit: 1 << 20), as: UTF8.self) == "[p]: one\r\n[p]: two\n[p]: three\n")
}

/// Messages of the kubelet and kubectl about a pod that has gone come with its log and without a time.
@Test func theWordsOfKubectlAreNotThoseOfAContainer() throws {
  let temporary = try Temporary.file(beside: "/tmp/followed"), file = temporary.file.descriptor, path = temporary.path
  defer { Temporary.remove(path) }
  let call = Call(
    name: "draft-connect", arguments: try Arguments(parsing: [], options: []), quiet: true, debugging: false)
  let said = [
    "2026-11-27T10:00:00.000000001Z one",
    "rpc error: code = NotFound desc = an error occurred when try to find container \"ab\": not found",
    "unable to retrieve container logs for containerd://ab",
    "failed to try resolving symlinks in path \"/var/log/pods/x/web/0.log\": lstat /var/log/pods/x/web/0.log: no such "
      + "file or directory",
    "Error from server (NotFound): pods \"web\" not found", "",
    "2026-11-27T10:00:00.000000002Z rpc error: the application's own", "2026-11-27T10:00:00.000000003Z ",
    "2026-11-27T10:00:00.000000004Z last"
  ].joined(separator: "\n")
  let follower = LogFollower(tail: nil, output: LogOutput(descriptor: file), call: call, isTimed: true) { _, _, _ in
    ["printf", "%s\n", said]
  }
  follower.update([
    (source: LogFollower.Source(pod: "web", container: "app"), run: LogFollower.Run(id: "1", isRunning: false))
  ])
  func text() throws -> String { String(decoding: try Files.read(path, limit: 1 << 20), as: UTF8.self) }
  for _ in 0..<1_000 where try !text().contains("last") { usleep(10_000) }
  #expect(try text() == "[web/app]: one\n[web/app]: rpc error: the application's own\n[web/app]: \n[web/app]: last\n")
}

import Glibc
import Testing

@testable import Records

/// A reader of a pipe that contains the text.
private func reader(_ text: String) -> RecordReader { reader(Array(text.utf8)) }

private func reader(_ bytes: [UInt8]) -> RecordReader {
  let file = tmpfile()!
  let descriptor = fileno(file)
  try! writeAll(bytes, to: descriptor)
  lseek(descriptor, 0, SEEK_SET)
  return RecordReader(descriptor: descriptor)
}

private func record(_ text: String) throws -> Record { try Record(Array(text.utf8)) }
private func text(_ record: Record) -> String { String(decoding: record.bytes, as: UTF8.self) }

@Test func aForeignMemberPassesByteForByte() throws {
  var line = try record(#"{ "draft" : 1 , "x":[1.0, 1e+05,"\u0041\/"],"y" : {"b":1,"a":2}  }"#)
  line.set("image", to: .object([("tag", .string("1"))]))
  #expect(text(line) == #"{ "draft" : 1 , "x":[1.0, 1e+05,"\u0041\/"],"y" : {"b":1,"a":2},"image":{"tag":"1"}  }"#)
  line.set("x", to: .null)
  #expect(text(line) == #"{ "draft" : 1 , "x":null,"y" : {"b":1,"a":2},"image":{"tag":"1"}  }"#)
  line.set("image", to: .object([("tag", .string("longer"))]))
  line.set("y", to: .integer(7))
  #expect(text(line) == #"{ "draft" : 1 , "x":null,"y" : 7,"image":{"tag":"longer"}  }"#)
  #expect(try line["image"]?["tag"] == .string("longer"))
}

@Test func aMemberIsAddedToAnEmptyObject() throws {
  var line = try record("{ }")
  line.set("app", to: .bool(true))
  #expect(text(line) == #"{ "app":true}"# || text(line) == #"{"app":true }"#)
  _ = try Record(line.bytes)
}

@Test func aNameWrittenWithEscapesIsTheSameName() throws {
  var line = try record(#"{"draft":1,"\u0061pp":1}"#)
  #expect(line.has("app"))
  line.set("app", to: .integer(2))
  #expect(text(line) == #"{"draft":1,"\u0061pp":2}"#)
}

@Test(arguments: [
  ("", 1), ("[]", 1), ("1", 1), (#"{"a":1,}"#, 8), (#"{"a" 1}"#, 6), (#"{a:1}"#, 2), (#"{"a":01}"#, 8),
  (#"{"a":1.}"#, 8), (#"{"a":.5}"#, 6),
  (#"{"a":+1}"#, 6), (#"{"a":1e}"#, 8), (#"{"a":-}"#, 7), (#"{"a":nul}"#, 6), (#"{"a":NaN}"#, 6), (#"{"a":'x'}"#, 6),
  (#"{"a":"\x"}"#, 7),
  (#"{"a":"\u12g4"}"#, 7), (#"{"a":"x}"#, 6), (#"{"a":1} {}"#, 9), (#"{"a":1}x"#, 8), (#"{"a":[1,]}"#, 9),
  (#"{"a":[1 2]}"#, 9),
  (#"{"a":1,"a":2}"#, 8), (#"{"a":1,"\u0061":2}"#, 8), (#"{"x":{"a":1,"b":2,"a":3}}"#, 19), ("{\"a\":\"\u{01}\"}", 7),
  ("{\"a\":\t1}\u{0B}", 9),
  (#"{"a":1"#, 7), (#"{"a":[1"#, 8), (#"{"a":"#, 6), ("{", 2), ("\u{FEFF}{}", 1), (#"{"a":tru"#, 6), (#"{"a":{}]"#, 8)
])
func invalidSyntaxIsRejectedWithItsColumn(_ line: String, _ column: Int) throws {
  do {
    _ = try record(line)
    Issue.record("accepted \(line)")
  } catch let error as RecordError {
    guard case .malformed(1, let found, _) = error else { Issue.record("\(error)"); return }
    #expect(found == column, "\(line): \(error.message)")
  }
}

@Test(
  arguments: [
    [0xC0, 0xAF], [0x80], [0xC3], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80],
    [0xE0, 0x80, 0xAF], [0xFF], [0xF0, 0x8F, 0xBF, 0xBF]
  ] as [[UInt8]])
func bytesThatAreNotUTF8AreRejected(_ bytes: [UInt8]) {
  let line = Array(#"{"a":""#.utf8) + bytes + Array(#""}"#.utf8)
  #expect(throws: RecordError.malformed(line: 1, column: 7, reason: "the bytes are not UTF-8")) { try Record(line) }
}

@Test(arguments: [
  "{}", #"{"a":-0.0e-0}"#, #"{"a":"é漢😀\ud83d\ude00\ud800"}"#, #"{"":0}"#, " {\"a\":[ ]\t}\r",
  #"{"a":[[],{},"",null,true,false]}"#, "{\"a\":\"\u{7F}\"}",
  #"{"a":123456789012345678901234567890.5}"#
])
func validSyntaxIsAccepted(_ line: String) throws {
  #expect(text(try record(line)) == line)
}

@Test func depthIsLimitedInOurMembersOnly() throws {
  let deep = String(repeating: "[", count: 200_000) + String(repeating: "]", count: 200_000)
  var line = try record(#"{"draft":1,"x":"# + deep + "}")
  line.set("app", to: .bool(true))
  #expect(line.bytes.count == 400_000 + 27)
  let ours = String(repeating: "[", count: 1000) + String(repeating: "]", count: 1000)
  #expect(throws: RecordError.self) { try record(#"{"app":"# + ours + "}")["app"] }
}

@Test func manyNamesStayLinearAndADuplicateAmongThemIsFound() throws {
  let names = (0..<50_000).map { "\"n\($0)\":0" }.joined(separator: ",")
  #expect(try record("{\(names)}").names.count == 50_000)
  #expect(throws: RecordError.self) { try record("{\(names),\"n77\":1}") }
}

@Test func anotherVersionIsRejectedNamingBoth() throws {
  #expect(throws: RecordError.version(line: 1, found: "2")) { try record(#"{"draft":2}"#) }
  #expect(
    RecordError.version(line: 3, found: "2").message == "line 3 is a record of version 2; this draft reads version 1")
}

@Test func theReaderSkipsBlankLinesAndCountsThem() throws {
  var lines = reader("\n {\"a\":1}\n\n \t\r\n{\"b\":2}\n")
  #expect(try lines.next()?.line == 2)
  #expect(try lines.next()?.line == 5)
  #expect(try lines.next() == nil)
}

@Test func aLastLineWithoutALineFeedIsTruncatedEvenWhenItLooksWhole() throws {
  var lines = reader("{\"a\":1}\n{\"b\":2}")
  _ = try lines.next()
  #expect(throws: RecordError.truncated(line: 2)) { try lines.next() }
}

@Test func anEmptyStreamIsAWholeStream() throws {
  var lines = reader("")
  #expect(try lines.next() == nil)
}

@Test func aLineOfFourMegabytesPasses() throws {
  let line =
    Array(#"{"draft":1,"x":""#.utf8) + [UInt8](repeating: UInt8(ascii: "y"), count: 4 << 20) + Array("\"}\n".utf8)
  var lines = reader(line)
  let record = try #require(try lines.next())
  #expect(record.bytes.count == line.count - 1)
  #expect(try lines.next() == nil)
}

@Test func onlyAWholeLineCountsAsWaiting() throws {
  var ends: [Int32] = [0, 0]
  pipe(&ends)
  var lines = RecordReader(descriptor: ends[0])
  try writeAll(Array("{}\n{".utf8), to: ends[1])
  #expect(try lines.hasLineWaiting())
  _ = try lines.next()
  #expect(try !lines.hasLineWaiting())
  try writeAll(Array("}\n".utf8), to: ends[1])
  #expect(try lines.hasLineWaiting())
}

@Test func aValueOfOursIsReadAndWrittenTheSame() throws {
  let text = #"{"a":[1.0,-0,1e5,"\"\\\n\u0001é😀/"],"b":{"":null},"c":true}"#
  #expect(try JSON(parsing: text).text == text)
  #expect(try JSON(parsing: #""\ud83d\ude00\u00e9\/""#) == .string("😀é/"))
}

@Test func membersAreReadAsTheyAreWritten() throws {
  func same<M: Member & Equatable>(_ member: M) throws {
    var line = Record()
    line.set(member)
    #expect(try Record(line.bytes).member(M.self) == member)
  }
  let payload = Payload(path: "/x", mediaType: "a/b", digest: "sha256:0", size: 5)
  try same(App(name: "web", dir: "/src/web", environment: "test", namespace: "ns", context: "kind-x"))
  try same(
    Language(
      name: "Python", certainty: 85.990338, shares: [("Python", 85.990338), ("HTML", 14)], framework: "flask",
      version: "3.11",
      versionSource: "runtime.txt", packageManager: "pip", port: 8080, start: "python app.py", evidence: ["app.py"]))
  try same(PackChoice(name: "python", repository: "draft", path: "/p"))
  try same(Scaffold(created: ["Dockerfile"], kept: [], dryRun: true))
  try same(Change(sequence: 3, paths: ["a"]))
  try same(Context(payload: payload, tree: "sha256:1", files: 3, dockerfile: "Dockerfile"))
  try same(Chart(payload: payload, name: "web", version: "0.1.0", appVersion: "2"))
  try same(Values([.init(key: "image.tag", value: "1", source: "draft")]))
  try same(
    Image(
      repository: "r/web", tag: "1", digest: "sha256:2", layers: 2, store: "containers-storage", how: "builder",
      why: "new", tags: ["dev"]))
  try same(Push(reference: "r/web@sha256:2", uploaded: 1, mounted: 2, existing: 3))
  try same(
    Release(
      name: "web", namespace: "ns", revision: 2, status: "deployed", changed: true, objects: ["Service/web"],
      notes: "n", urls: ["http://x"],
      engine: "helm"))
  try same(
    Release(
      name: "web", namespace: "ns", revision: 2, status: "deployed", changed: true, engine: "helm", context: "c",
      chart: "web-0.1.0", appVersion: "2", updated: "t"))
  try same(
    Status(
      well: false, reason: "r", workloads: [.init(name: "Job/x", ready: 0, wanted: 1, well: true, reason: "running")],
      pods: [.init(name: "x-1", workload: "Job/x", phase: "Running", ready: false, restarts: 2, reason: "not ready")]))
  try same(
    History([
      .init(
        revision: 2, status: "deployed", updated: "t", chart: "web-0.1.0", appVersion: "1", image: "r/web:1",
        buildID: "1", description: "d")
    ]))
  try same(Deletion(changed: true, engine: "podman", images: ["localhost/web:1"]))
  try same(
    Target(
      engine: "helm", engineVersion: "v3", context: "c", contextSource: "current", server: "https://x", allowed: false,
      namespace: "ns", registry: "r", builder: "buildah"))
  try same(Failure(by: "draft-push", code: .unavailable, message: "m", hint: "h"))
}

@Test func aMemberOfAnotherShapeIsNamed() throws {
  #expect(throws: RecordError.member(line: 1, name: "app.name", reason: "is not a string")) {
    try record(#"{"app":{"name":1,"dir":"/"}}"#).required(App.self)
  }
  #expect(throws: RecordError.member(line: 1, name: "app", reason: "is missing")) {
    try record("{}").required(App.self)
  }
  #expect(throws: RecordError.member(line: 1, name: "app", reason: "is not an object")) {
    try record(#"{"app":[]}"#).required(App.self)
  }
}

@Test func aRecordOnATerminalIsEscaped() throws {
  let text = "{\"draft\":1,\"x\":\"\u{7F}é\u{9B}31m\u{202E}日\u{61C}\"}"
  let shown = RecordWriter.escaped(Array(text.utf8))
  #expect(String(decoding: shown, as: UTF8.self) == #"{"draft":1,"x":"\u007fé\u009b31m\u202e日\u061c"}"#)
  #expect(try JSON(parsing: shown)["x"]?.string == JSON(parsing: Array(text.utf8))["x"]?.string)
}

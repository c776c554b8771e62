import Testing

@testable import Records
@testable import Remote

private func feed(_ parser: inout FrameParser, _ text: String) { Array(text.utf8).withUnsafeBytes { parser.feed($0) } }

@Test func framesComeOutWhateverTheyArePackedIn() throws {
  let stream = Array("{\"type\":\"ping\"}\n{\"type\":\"chunk\",\"size\":5}\na\nb{}{\"type\":\"x\"}\n".utf8)
  for size in 1...stream.count {
    var parser = FrameParser(), frames: [Frame] = []
    for start in stride(from: 0, to: stream.count, by: size) {
      stream[start..<min(start + size, stream.count)].withUnsafeBytes { parser.feed($0) }
      while let frame = try parser.next() { frames.append(frame) }
    }
    #expect(frames.map(\.type) == ["ping", "chunk", "x"])
    #expect(frames[1].bytes == Array("a\nb{}".utf8))
  }
}

@Test(arguments: [
  "hello\n", "[1]\n", "{\"a\":1\n", "\n", "{\"type\":\"chunk\"}\n", "{\"type\":\"chunk\",\"size\":0}\n",
  "{\"type\":\"chunk\",\"size\":-1}\n",
  "{\"type\":\"chunk\",\"size\":1048577}\n", "{\"type\":\"chunk\",\"size\":99999999999999999999}\n"
])
func aBadFrameEndsTheConnection(_ text: String) {
  var parser = FrameParser()
  feed(&parser, text)
  #expect(throws: RemoteError.self) { _ = try parser.next() }
}

@Test func aLineHasAnEnd() {
  var parser = FrameParser()
  feed(&parser, String(repeating: "x", count: Frame.lineLimit + 1))
  #expect(throws: RemoteError.self) { _ = try parser.next() }
}

private func work(_ change: (inout JSON) -> Void) throws -> Work {
  let digest = "sha256:" + String(repeating: "a", count: 64)
  var json = try JSON(
    parsing: """
      {"id":1,"record":{"draft":1,"app":{"name":"web","dir":"/"},
       "context":{"path":"/etc/passwd","mediaType":"application/vnd.draft.context.v1.tar","digest":"\(digest)","size":1,"tree":"x","files":1,"dockerfile":"Dockerfile"},
       "chart":{"path":"/etc/passwd","mediaType":"x","digest":"\(digest)","size":1,"name":"web","version":"0.1.0"}}}
      """)
  change(&json)
  return try Work(json)
}

@Test func aLineOfWorkIsTaken() throws {
  let work = try work { _ in }
  #expect(work.blobs.map(\.kind) == [.context, .chart(file: "web-0.1.0.tgz")])
}

@Test(arguments: [
  ("app", "name", "../x"), ("app", "name", "UP"), ("app", "namespace", "a/b"), ("app", "environment", "../.."),
  ("chart", "name", "../x"), ("chart", "name", ".x"),
  ("chart", "version", "1/2"), ("chart", "version", "-1"), ("context", "digest", "sha256:../../etc/passwd"),
  ("context", "digest", "md5:x"), ("chart", "digest", "")
])
func hostileNamesAreRejected(_ member: String, _ field: String, _ value: String) {
  #expect(throws: (any Error).self) {
    _ = try work { json in
      var record = json["record"]!, object = record[member]!
      object[field] = .string(value)
      record[member] = object
      json["record"] = record
    }
  }
}

@Test(arguments: [-1, 9 << 30]) func hostileSizesAreRejected(_ size: Int) {
  #expect(throws: (any Error).self) {
    _ = try work { json in
      var record = json["record"]!, context = record["context"]!
      context["size"] = .integer(size)
      record["context"] = context
      json["record"] = record
    }
  }
}

@Test func ordersAreThoseOfTheStages() throws {
  #expect(throws: RemoteError.self) { _ = try StageOrders(JSON(parsing: #"{"stages":["build","sh"]}"#)) }
  #expect(throws: RemoteError.self) { _ = try StageOrders(JSON(parsing: #"{"stages":[],"options":{"home":["/"]}}"#)) }
  #expect(throws: RemoteError.self) { _ = try StageOrders(JSON(parsing: #"{"stages":[],"options":{"force":["x"]}}"#)) }
  #expect(throws: RemoteError.self) { _ = try StageOrders(JSON(parsing: #"{"stages":[],"options":{"set":[]}}"#)) }
  #expect(
    try StageOrders(JSON(parsing: #"{"stages":["release","build"],"options":{"set":["a=b"]}}"#)).stages == [
      "build", "release"
    ])
}

@Test(arguments: ["", "a b", "a\nb", "é", "\"", "$(x)"]) func aTokenIsAToken(_ text: String) {
  #expect(!ClusterAccess.isToken(text))
}

@Test(arguments: ["-9223372036854775808", "-1", "9223372036854775807", "9007199254740993", "1e400", "\"0\""])
func aRequestForAnUnknownFileIsRejected(_ offset: String) throws {
  let frame = try JSON(
    parsing:
      #"{"type":"want","id":1,"blobs":[{"digest":"sha256:x","offset":0},{"digest":"sha256:y","offset":\#(offset)}]}"#)
  #expect(throws: RemoteError.violation("it requests more than the file has")) { _ = try Link.wants(frame) }
}

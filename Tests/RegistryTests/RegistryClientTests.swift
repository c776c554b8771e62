import Images
import Testing

@testable import Command
@testable import Registry

private func client(_ name: String) throws -> RegistryClient {
  let call = Call(name: "draft-push", arguments: try Arguments(parsing: [], options: []), quiet: true, debugging: false)
  return RegistryClient(try Reference(name), plainHTTP: false, call: call)
}

@Test func onlyThisMachineIsSpokenToInTheClear() throws {
  #expect(try client("127.0.0.1:5999/web").address("x").text == "http://127.0.0.1:5999/v2/web/x")
  #expect(try client("10.0.0.1:5999/web").address("x").text == "https://10.0.0.1:5999/v2/web/x")
  #expect(try client("web").address("x").text == "https://registry-1.docker.io/v2/library/web/x")
}

@Test func noWayFromHTTPSToHTTP() throws {
  let client = try client("r.example/web"), here = client.address("blobs/uploads/")
  #expect(try client.next("https://other.example/up", from: here, purpose: "x").text == "https://other.example/up")
  #expect(throws: RegistryError.answer(purpose: "x", host: "r.example", reason: "it leads from https to http")) {
    try client.next("http://r.example/up", from: here, purpose: "x")
  }
  #expect(throws: RegistryError.self) { try client.next(nil, from: here, purpose: "x") }
}

import HTTP
import Images
import OCI
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
  #expect(throws: RegistryError.answer(purpose: "x", host: "r.example", reason: "it redirects from https to http")) {
    try client.next("http://r.example/up", from: here, purpose: "x")
  }
  #expect(throws: RegistryError.self) { try client.next(nil, from: here, purpose: "x") }
}

@Test(arguments: [
  "9223372036854775807", "-9223372036854775808", "9007199254740993", "99999999999999999999", "-1", "", "x"
])
func aSizeOfChunksThatCannotBeIsNone(_ size: String) throws {
  let client = try client("r.example/web"),
    request = HTTPRequest(method: "POST", address: client.address("blobs/uploads/"), purpose: "x")
  let response = HTTPResponse(status: 202, headers: [("location", "/up"), ("oci-chunk-min-length", size)], body: [])
  #expect(try client.upload(response, request).minimumChunk == 0)
}

/// Images are not trusted: their sizes are added up before any blob is opened.
@Test func theSizesOfAnImageAddUp() throws {
  let call = Call(name: "draft-push", arguments: try Arguments(parsing: [], options: []), quiet: true, debugging: false)
  let digest = String(repeating: "a", count: 64)
  for size in ["9223372036854775807", "9007199254740992", "9007199254740993", "-1"] {
    let layer = #"{"mediaType":"x","digest":"sha256:\#(digest)","size":\#(size)}"#
    let layers = Array(repeating: layer, count: 2_000).joined(separator: ",")
    let text = #"{"schemaVersion":2,"config":\#(layer),"layers":[\#(layers)]}"#
    guard let manifest = try? Manifest(Array(text.utf8)), case .image(_, let found) = manifest.kind else { continue }
    #expect(size == "9007199254740992")
    _ = Progress(found, call: call)
  }
}

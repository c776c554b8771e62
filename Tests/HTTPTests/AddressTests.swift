import Testing

@testable import HTTP

@Test(arguments: [
  ("/v2/b?x=1", "https://r.example:5000/v2/b?x=1"), ("https://S3.example:443/a#f", "https://s3.example/a"),
  ("//cdn.example/a", "https://cdn.example/a"),
  ("7?s=t", "https://r.example:5000/v2/web/blobs/uploads/7?s=t"),
  ("?s=t", "https://r.example:5000/v2/web/blobs/uploads/6?s=t"),
  ("http://r.example:5000/x", "http://r.example:5000/x"), ("https://[::1]:5000/x", "https://[::1]:5000/x"),
  ("https://h.example?x", "https://h.example/?x")
])
func locations(location: String, result: String) throws {
  let here = try #require(Address("https://r.example:5000/v2/web/blobs/uploads/6?state=a"))
  #expect(here.resolving(location)?.text == result)
}

@Test(arguments: [
  "", "file:///etc/passwd", "javascript:x", "https://", "https://user@h.example/", "https://h.example/\r\nX: y",
  "https://h.example/ä", "http://h exam/"
])
func locationsRefused(location: String) throws {
  let here = try #require(Address("https://r.example/v2/"))
  #expect(here.resolving(location) == nil)
}

@Test func addressParameters() throws {
  let address = try #require(Address("http://h.example/a?b=c"))
  #expect(address.adding("digest", "sha256:0").text == "http://h.example/a?b=c&digest=sha256%3A0")
  #expect(Address("http://h.example/a")?.adding("x", "ä&").text == "http://h.example/a?x=%C3%A4%26")
  #expect(address.adding("state", "secret").withoutQuery == "http://h.example/a")
  #expect(address.hasOrigin(of: Address(isSecure: false, host: "H.example:80", target: "/")))
  #expect(!address.hasOrigin(of: Address(isSecure: true, host: "h.example", target: "/")))
  #expect(!address.hasOrigin(of: Address(isSecure: false, host: "h.example:8080", target: "/")))
}

import Testing

@testable import HTTP

private func proxy(_ url: String, _ variables: [String: String]) throws -> String? {
  ProxyRules { variables[$0] }.proxy(for: try #require(Address(url)))
}

/// The rules of Go programs; the cases are from Go's package, with other host names.
@Test(
  arguments: [
    ("https://r.example/", ["HTTPS_PROXY": "p.example:8080"], "http://p.example:8080"),
    ("https://r.example/", ["https_proxy": "https://p.example"], "https://p.example:443"),
    ("http://r.example/", ["http_proxy": "http://u:p@p.example/x"], "http://u:p@p.example:80"),
    ("http://r.example/", ["HTTPS_PROXY": "p.example"], nil),
    ("https://r.example/", ["HTTP_PROXY": "p.example"], nil),
    ("https://r.example/", ["ALL_PROXY": "p.example", "all_proxy": "p.example"], nil),
    ("http://r.example/", ["HTTP_PROXY": "a", "http_proxy": "b"], "http://a:80"),
    ("http://r.example/", ["HTTP_PROXY": "", "http_proxy": "b"], "http://b:80"),
    ("http://r.example/", ["HTTP_PROXY": "a", "REQUEST_METHOD": "GET"], nil),
    ("https://r.example/", ["HTTPS_PROXY": "a", "REQUEST_METHOD": "GET"], "http://a:80"),
    ("https://r.example/", ["HTTPS_PROXY": "socks5://p.example"], "socks5h://p.example:1080"),
    ("https://r.example/", ["HTTPS_PROXY": "[::2]:3"], "http://[::2]:3"),
    ("https://r.example/", ["HTTPS_PROXY": "ftp://p.example"], nil),
    ("https://r.example/", ["HTTPS_PROXY": "http://"], nil), ("https://r.example/", ["HTTPS_PROXY": "a b"], nil)
  ] as [(String, [String: String], String?)])
func theProxyOfAnAddress(url: String, variables: [String: String], want: String?) throws {
  #expect(try proxy(url, variables) == want)
}

@Test(arguments: [
  ("http://localhost/", "", false), ("http://localhost:5000/", "", false), ("http://127.0.0.1:5000/", "", false),
  ("http://127.9.9.9/", "", false),
  ("http://[::1]:5000/", "", false), ("http://0.0.0.0/", "", true), ("http://a.localhost/", "", true),
  ("http://[::2]/", "", true),
  ("http://r.example/", "*", false), ("http://r.example/", "x,*", false), ("http://r.example/", "*.example", false),
  ("http://example/", "*.example", true),
  ("http://r.example/", "r.example", false), ("http://a.r.example/", "R.Example", false),
  ("http://ar.example/", "r.example", true),
  ("http://r.example/", ".example", false), ("http://example/", ".example", true),
  ("http://r.example/", " r.example ,x", false),
  ("http://r.example/", "r.example:80", false), ("http://r.example:81/", "r.example:80", true),
  ("https://r.example/", "r.example:443", false),
  ("http://r.example/", "r.exam", true), ("http://r.example/", "r.example x", true), ("http://r.example/", "", true),
  ("http://r.example/", ":80", true),
  ("http://10.1.2.3/", "10.0.0.0/8", false), ("http://11.1.2.3/", "10.0.0.0/8", true),
  ("http://10.1.2.3/", "10.1.2.3", false), ("http://10.1.2.3/", "10.1.2.0/23", false),
  ("http://10.1.4.3/", "10.1.2.0/23", true), ("http://10.1.2.3:81/", "10.1.2.3:80", true),
  ("http://10.1.2.3/", "10.1.2.3:80", false), ("http://10.1.2.3/", "0.0.0.0/0", false),
  ("http://10.1.2.3/", "10.0.0.0/33", true), ("http://10.1.2.3/", "10.1.2", true), ("http://10.1.2.3/", ".3", false),
  ("http://[fd00::1]:9/", "fd00::/8", false),
  ("http://[fd00::1]:9/", "[fd00::1]:9", false), ("http://[fd00::1]:9/", "[fd00::1]:8", true),
  ("http://[fd00::1]/", "fd00::1", false), ("http://[fe00::1]/", "fd00::/8", true),
  ("http://[::ffff:10.1.2.3]/", "10.1.2.3", false), ("http://r.example/", "10.0.0.0/8", true)
])
func hostsThatUseTheProxy(url: String, exceptions: String, isProxied: Bool) throws {
  let variables = ["HTTP_PROXY": "p", "HTTPS_PROXY": "p"]
  #expect(try (proxy(url, variables.merging(["NO_PROXY": exceptions]) { $1 }) != nil) == isProxied)
  #expect(try (proxy(url, variables.merging(["no_proxy": exceptions]) { $1 }) != nil) == isProxied)
}

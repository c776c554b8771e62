import OCI
import Testing

@testable import Charts

struct ReferenceTests {
  private func reference(_ text: String) throws(ChartError) -> ChartReference {
    try ChartReference(text) { ["charts/web", "web.tgz", "a#b/c"].contains($0) }
  }

  @Test func everyFormIsRead() throws {
    let digest = "sha256:" + String(repeating: "a", count: 64)
    let table: [(String, ChartReference)] = [
      ("helm:example.com/foo/bar", .helm(host: "example.com", path: "foo/bar", version: nil)),
      ("helm:example.com/foo/bar#1.1.1", .helm(host: "example.com", path: "foo/bar", version: "1.1.1")),
      ("helm:example.com:8443/bar#^1.2 || ~2", .helm(host: "example.com:8443", path: "bar", version: "^1.2 || ~2")),
      ("helm:[::1]:80/bar", .helm(host: "[::1]:80", path: "bar", version: nil)),
      ("stable/redis", .repository("stable", name: "redis", version: nil)),
      ("stable/redis#>=17.0.0-0", .repository("stable", name: "redis", version: ">=17.0.0-0")),
      ("oci://ghcr.io/org/web", .oci(host: "ghcr.io", path: "org/web", version: nil, digest: nil)),
      (
        "oci://127.0.0.1:5000/org/web:1.0.0+b1",
        .oci(host: "127.0.0.1:5000", path: "org/web", version: "1.0.0+b1", digest: nil)
      ),
      (
        "oci://ghcr.io/org/web:1.0.0@\(digest)",
        .oci(host: "ghcr.io", path: "org/web", version: "1.0.0", digest: Digest(digest))
      ),
      ("https://example.com/charts/web-1.0.0.tgz?x=1", .url("https://example.com/charts/web-1.0.0.tgz?x=1")),
      (".", .path(".")), ("..", .path("..")), ("./web", .path("./web")), ("/srv/web.tgz", .path("/srv/web.tgz")),
      ("charts/web", .path("charts/web")), ("web.tgz", .path("web.tgz")), ("a#b/c", .path("a#b/c"))
    ]
    for (text, expected) in table {
      let found = try reference(text)
      #expect(found == expected)
      // What is printed is read as the same.
      #expect(try ChartReference(found.description) { _ in false }.description == found.description, "\(text)")
    }
  }

  @Test(arguments: [
    "", "web", "a/b/c", "a/", "/../x\u{1}", "stable/redis#latest", "stable/redis#", "stable/-x", "stable/..", "helm:x",
    "helm:/x", "helm:x/", "helm:x/a//b", "helm:x/../y", "helm:-x/y", "helm:x:0/y",
    "helm:x/y#latest", "oci://x", "oci:///x", "oci://x/", "oci://x/y:", "oci://x/y:-1", "oci://x/Y", "oci://x/y#1.0.0",
    "oci://x/y@sha256:1", "https://x", "https:///a.tgz", "https://x/y",
    "https://x/a.tgz#1", "s3://x/y.tgz", "ftp://x/a.tgz", "a b/c"
  ]) func isNoReference(_ text: String) {
    #expect(throws: ChartError.self) { try reference(text) }
  }

  @Test func aPathIsPrintedAsOne() throws {
    #expect(try reference("charts/web").description == "./charts/web")
  }

  @Test func exactReferencesNeedNoSearch() throws {
    for text in [
      "stable/redis#1.2.3", "stable/redis#v1.2.3-a", "helm:x/y#1.0.0+b", "oci://x/y:1", "./x", "https://x/a-1.tgz"
    ] { #expect(try reference(text).isExact, "\(text)") }
    for text in [
      "stable/redis", "stable/redis#1.2", "stable/redis#1", "stable/redis#=1.2.3", "stable/redis#^1.2.3", "oci://x/y"
    ] { #expect(try !reference(text).isExact, "\(text)") }
    #expect(try reference("stable/redis#^1").at("1.2.3").description == "stable/redis#1.2.3")
  }

  @Test func aValuesFileNamesItsChart() throws {
    #expect(
      try ChartReference.named(inValues: Array("# release: default/web\n#  chart: stable/redis#1.2.3 \na: 1\n".utf8))?
        .description == "stable/redis#1.2.3")
    #expect(try ChartReference.named(inValues: Array("a: 1\n# chart: stable/redis\n".utf8)) == nil)
    #expect(throws: ChartError.self) { try ChartReference.named(inValues: Array("# chart: redis\n".utf8)) }
  }
}

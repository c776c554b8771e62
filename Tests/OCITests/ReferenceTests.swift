import OCI
import Testing

@Test(arguments: [
  ("web", "docker.io", "library/web", nil), ("web:v1", "docker.io", "library/web", "v1"),
  ("me/web", "docker.io", "me/web", nil),
  ("docker.io/web", "docker.io", "library/web", nil), ("index.docker.io/me/web:x", "docker.io", "me/web", "x"),
  ("127.0.0.1:5000/web:v1", "127.0.0.1:5000", "web", "v1"), ("[::1]:5000/a/b", "[::1]:5000", "a/b", nil),
  ("localhost/web", "localhost", "web", nil),
  ("GHCR.io/a/b__c-d.e", "ghcr.io", "a/b__c-d.e", nil)
])
func references(text: String, registry: String, repository: String, tag: String?) throws {
  let reference = try Reference(text)
  #expect((reference.registry, reference.repository, reference.tag) == (registry, repository, tag))
}

@Test(arguments: [
  "", "/", "web/", "Web", "a//b", "a/../b", "web:", "web:-x", "web:a/b:", "ghcr.io/", "a.b:0/x", "a.b:99999/x",
  "a.b:x/y", "web@sha256:12",
  "ghcr.io/a..b", "ghcr.io/a___b", "ghcr.io/a?b", "evil.example\r\nX/y", "-x.y/z", "u@h.example/web",
  "web:\(String(repeating: "a", count: 129))"
])
func referencesRefused(text: String) {
  #expect(throws: ImageLayoutError.self) { try Reference(text) }
}

@Test func referenceHosts() throws {
  #expect(try Reference("web").host == "registry-1.docker.io")
  #expect(try Reference("ghcr.io/web").host == "ghcr.io")
  let digest = "sha256:" + String(repeating: "a", count: 64)
  #expect(try Reference("ghcr.io/web:v1@\(digest)").description == "ghcr.io/web:v1@\(digest)")
  #expect(
    Reference.isQualified("127.0.0.1:5000/web") && !Reference.isQualified("me/web")
      && !Reference.isQualified("localhost/web"))
}

/// One rule, docker's, for names to push, to pull and in local stores.
@Test(arguments: [
  ("web", nil, "localhost/web"), ("me/web", nil, "localhost/me/web"), ("localhost/web", "localhost", "localhost/web"),
  ("web:1", nil, "localhost/web:1"),
  ("a.b/web", "a.b", "a.b/web"), ("host:5000/web:1", "host:5000", "host:5000/web:1"),
  ("[::1]:5000/web", "[::1]:5000", "[::1]:5000/web"),
  ("Host/web", "Host", "Host/web"), ("localhosts/web", nil, "localhost/localhosts/web"),
  ("me/a.b/web", nil, "localhost/me/a.b/web")
])
func registriesInNames(name: String, registry: String?, stored: String) {
  #expect(Reference.registry(in: name) == registry)
  #expect(Reference.stored(name) == stored)
  #expect(Reference.isQualified(name) == (registry != nil && registry != "localhost"))
}

@Test func digests() {
  #expect(
    Digest(of: Array("abc".utf8)).description
      == "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
  #expect(Digest("sha512:" + String(repeating: "0", count: 128)) != nil)
  for text in [
    "sha256:", "sha256:" + String(repeating: "A", count: 64), "md5:" + String(repeating: "a", count: 32),
    "sha256:../" + String(repeating: "a", count: 61)
  ] {
    #expect(Digest(text) == nil)
  }
}

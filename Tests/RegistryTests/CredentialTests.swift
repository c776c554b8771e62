import Images
import OCI
import Testing

@testable import Registry

@Test(arguments: [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="), ("foobar", "Zm9vYmFy"), ("ä:\u{7F}", "w6Q6fw==")])
func base64(text: String, encoded: String) {
  #expect(Base64.encode(Array(text.utf8)) == encoded)
  #expect(Base64.decode(encoded) == Array(text.utf8))
  #expect(Base64.decode(encoded.filter { $0 != "=" } + "\n") == Array(text.utf8))
}

@Test func base64Refused() { #expect(Base64.decode("a b") == nil && Base64.decode("a*bc") == nil) }

@Test(arguments: [
  ("https://index.docker.io/v1/", "docker.io"), ("index.docker.io/v1", "docker.io"), ("registry-1.docker.io", "docker.io"), ("docker.io/me", "docker.io/me"),
  ("http://127.0.0.1:5000/", "127.0.0.1:5000"), ("https://GHCR.io/v2/", "ghcr.io"), ("", ""), ("https://", ""),
])
func loginKeys(key: String, normalized: String) { #expect(CredentialStore.normalized(key) == normalized) }

@Test func theKeyThatSaysMostWins() throws {
  let store = CredentialStore(reference: try Reference("ghcr.io/me/web"))
  #expect(store.bestMatch([("ghcr.io", 1), ("ghcr.io/me", 2), ("ghcr.io/me/we", 3), ("other.io/me/web", 4)])?.1 == 2)
  #expect(store.bestMatch([("https://ghcr.io/v1/", 1), ("ghcr.io/me/web", 2)])?.1 == 2)
  #expect(store.bestMatch([("ghcr", 1), ("", 2), ("cr.io", 3)]) == nil)
}

@Test func credentialsDoNotPrintThemselves() {
  let credential = Credential.password(user: "me", password: "hidden")
  #expect(!"\(credential) \(String(reflecting: credential)) \([credential])".contains("hidden"))
}

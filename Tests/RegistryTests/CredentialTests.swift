import Images
import OCI
import Testing

@testable import Registry

@Test(arguments: [
  ("https://index.docker.io/v1/", "docker.io"), ("index.docker.io/v1", "docker.io"),
  ("registry-1.docker.io", "docker.io"), ("docker.io/me", "docker.io/me"),
  ("http://127.0.0.1:5000/", "127.0.0.1:5000"), ("https://GHCR.io/v2/", "ghcr.io"), ("", ""), ("https://", "")
])
func loginKeys(key: String, normalized: String) { #expect(CredentialStore.normalized(key) == normalized) }

@Test func theMostSpecificKeyWins() throws {
  let store = CredentialStore(reference: try Reference("ghcr.io/me/web"))
  #expect(store.bestMatch([("ghcr.io", 1), ("ghcr.io/me", 2), ("ghcr.io/me/we", 3), ("other.io/me/web", 4)])?.1 == 2)
  #expect(store.bestMatch([("https://ghcr.io/v1/", 1), ("ghcr.io/me/web", 2)])?.1 == 2)
  #expect(store.bestMatch([("ghcr", 1), ("", 2), ("cr.io", 3)]) == nil)
}

@Test func credentialsDoNotPrintThemselves() {
  let credential = Credential.password(user: "me", password: "hidden")
  #expect(!"\(credential) \(String(reflecting: credential)) \([credential])".contains("hidden"))
}

import OCI
import Testing

@testable import Contexts

struct TreeDigestTests {
  /// The definition in draft-pack(1), spelled out.
  @Test func definition() {
    var tree = TreeDigest()
    let content = String(SHA256.digest(Array("hi\n".utf8)).dropFirst(7)),
      target = String(SHA256.digest(Array("../x".utf8)).dropFirst(7))
    tree.directory(Array("d".utf8), mode: 0o40755)
    tree.file(Array("d/f".utf8), mode: 0o100644, content: content)
    tree.link(Array("l".utf8), to: Array("../x".utf8))
    #expect(tree.count == 3)
    #expect(tree.finish() == SHA256.digest(Array("d0755 - d\0f0644 \(content) d/f\0l0777 \(target) l\0".utf8)))
  }

  @Test func sha256() {
    #expect(SHA256.digest([]) == "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
    #expect(
      SHA256.digest(Array("abc".utf8)) == "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
  }
}

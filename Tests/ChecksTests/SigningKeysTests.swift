import Testing

@testable import Checks

@Test func keysWithASecretHalfCanSign() {
  let text = """
    tru::1:1:0:3:1:5
    pub:e:2048:1:AA:1577836800:1577923200::u:::sc::::::23::0:
    fpr:::::::::AAAA:
    grp:::::::::G1:
    uid:e::::1577836800::H::Bob <bob@example.com>::::::::::0:
    sub:e:2048:1:AB:1577836800::::::e::::::23:
    fpr:::::::::ABAB:
    grp:::::::::G2:
    pub:u:2048:1:BB:1577836800:::u:::sc::::::23::0:
    fpr:::::::::BBBB:
    grp:::::::::G3:
    pub
    fpr:
    """
  let keys = signingKeys(in: text) { ["G1", "G2"].contains($0) }
  #expect(keys.map(\.fingerprint) == ["AAAA"])
  #expect(keys.map(\.isExpired) == [true])
  #expect(signingKeys(in: text) { _ in true }.map(\.isExpired) == [true, false])
  #expect(signingKeys(in: "") { _ in true }.isEmpty)
}

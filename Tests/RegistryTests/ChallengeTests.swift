import Testing

@testable import Registry

@Test func challenges() {
  #expect(
    Challenge.parse([
      #"Bearer realm="https://auth.example/token",service="r \"x\", y",scope="repository:a/b:pull,push""#
    ]) == [
      Challenge(
        scheme: "bearer",
        parameters: [
          "realm": "https://auth.example/token", "service": #"r "x", y"#, "scope": "repository:a/b:pull,push"
        ])
    ])
  #expect(
    Challenge.parse([#"Basic realm="x", Bearer Realm = "y" , service=z"#, "Negotiate"]) == [
      Challenge(scheme: "basic", parameters: ["realm": "x"]),
      Challenge(scheme: "bearer", parameters: ["realm": "y", "service": "z"]),
      Challenge(scheme: "negotiate", parameters: [:])
    ])
}

@Test(arguments: ["", ",,,", "=", "\"", "=x", "Bearer realm=\"open", "Bearer realm=", "\u{1}", "Bearer ="])
func challengesThatAreNone(header: String) {
  #expect(Challenge.parse([header]).allSatisfy { $0.parameters.isEmpty })
}

import HTTP
import Images
import OCI
import Testing

@testable import Registry

private func challenge(_ value: String) -> HTTPResponse {
  HTTPResponse(status: 401, headers: [("www-authenticate", value)], body: [])
}
private let nobody = "nobody-logs-in-here.example"

/// A registry that uses TLS may not send us to a token service without it: the password would be sent in the clear.
@Test func realmMustBeSecure() throws {
  let authorizer = Authorizer(store: CredentialStore(reference: try Reference("\(nobody)/web")))
  let origin = Address(isSecure: true, host: nobody, target: "/")
  #expect(throws: RegistryError.self) {
    try authorizer.renew(
      challenge(#"Bearer realm="http://\#(nobody)/token""#), used: nil, scope: ["s"], origin: origin, purpose: "x"
    ) { _ in
      Issue.record("the token service was asked anyway")
      return HTTPResponse(status: 200, headers: [], body: [])
    }
  }
}

@Test func tokensAreKeptByScopeAndRenewedOnce() throws {
  let authorizer = Authorizer(store: CredentialStore(reference: try Reference("\(nobody)/web")))
  let origin = Address(isSecure: true, host: nobody, target: "/"),
    bearer = challenge(#"Bearer realm="https://auth.example/token",service="x""#)
  var asked: [String] = []
  func renew(_ used: String?, _ scope: [String]) throws -> Bool {
    try authorizer.renew(bearer, used: used, scope: scope, origin: origin, purpose: "x") { request in
      asked.append(request.address.text)
      return HTTPResponse(status: 200, headers: [], body: Array(#"{"token":"t\#(asked.count)"}"#.utf8))
    }
  }
  #expect(authorizer.header(for: ["a"]) == nil)
  #expect(try renew(nil, ["a"]) && authorizer.header(for: ["a"]) == "Bearer t1" && authorizer.header(for: ["b"]) == nil)
  // Another thread has renewed it in the meantime: no second token.
  #expect(try renew(nil, ["a"]) && asked == ["https://auth.example/token?service=x&scope=a"])
  #expect(try renew("Bearer t1", ["a"]) && authorizer.header(for: ["a"]) == "Bearer t2")
}

@Test(arguments: ["", "Negotiate", "Basic realm=\"x\"", "Digest realm=\"x\""])
func nothingToShow(header: String) throws {
  let authorizer = Authorizer(store: CredentialStore(reference: try Reference("\(nobody)/web")))
  let origin = Address(isSecure: true, host: nobody, target: "/")
  #expect(
    try !authorizer.renew(challenge(header), used: nil, scope: [], origin: origin, purpose: "x") { _ in
      HTTPResponse(status: 500, headers: [], body: [])
    })
}

@Test(arguments: ["{}", "", #"{"token":""}"#, #"{"token":"a\r\nX-Evil: 1"}"#, #"{"token":1}"#])
func tokensThatAreNone(body: String) throws {
  let authorizer = Authorizer(store: CredentialStore(reference: try Reference("\(nobody)/web")))
  let origin = Address(isSecure: true, host: nobody, target: "/")
  #expect(throws: RegistryError.self) {
    try authorizer.renew(
      challenge(#"Bearer realm="https://auth.example/""#), used: nil, scope: [], origin: origin, purpose: "x"
    ) { _ in
      HTTPResponse(status: 200, headers: [], body: Array(body.utf8))
    }
  }
}

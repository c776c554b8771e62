import Command
import HTTP
import Images
import Records
import Testing

@testable import Registry

@Test(arguments: [
  (404, ExitCode.unavailable), (413, .cannotCreate), (400, .protocolViolation), (405, .protocolViolation),
  (429, .tryAgain), (503, .tryAgain)
])
func statusCodes(status: Int, code: ExitCode) {
  let error = RegistryError.status(
    purpose: "upload 'web@sha256:ab12'", host: "127.0.0.1:5000", status: status, detail: nil)
  #expect(error.exitCode == code)
  #expect(error.message == "cannot upload 'web@sha256:ab12': \(status) from 127.0.0.1:5000")
}

@Test func loginHints() {
  let error = RegistryError.login(
    purpose: "look up 'x'", host: "registry-1.docker.io", status: 401, detail: nil, loggedIn: false)
  #expect(
    error.exitCode == .noPermission
      && error.hint == "docker login docker.io, or podman login docker.io, or buildah login docker.io")
}

@Test func detailsAreShortAndHarmless() {
  let body = #"{"errors":[{"code":"DENIED","message":"no\u001b[31m\nway\#(String(repeating: "x", count: 500))"}]}"#
  let detail = RegistryClient.detail(HTTPResponse(status: 403, headers: [], body: Array(body.utf8)))
  #expect(detail?.hasPrefix("DENIED: no [31m way") == true && detail?.count == 200)
  #expect(RegistryClient.detail(HTTPResponse(status: 500, headers: [], body: Array("<html>".utf8))) == nil)
  #expect(
    RegistryClient.detail(HTTPResponse(status: 401, headers: [], body: Array(#"{"details":"bad"}"#.utf8))) == "bad")
}

import Testing

@testable import Charts

private func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

private let values = """
  containerPort: 8080 # the port
  other: 8080
  service:
    targetPort: 8080
    externalPort: 80\r
    internalPort: 8080\r
  security:
    runAsNonRoot: true
    runAsUser: 10001
    runAsGroup: 10001
    readOnlyRootFilesystem: true
    drop: [ALL]

  """

@Test func thePortReachesTheValues() {
  let new = text(fitted(values: Array(values.utf8), from: 8080, to: 3000, own: nil))
  #expect(new == values.replacing("Port: 8080", with: "Port: 3000"))
  #expect(text(fitted(values: Array(values.utf8), from: 9090, to: 3000, own: nil)) == values)
}

@Test func theUserOfAnOwnDockerfileReachesTheValues() {
  let lax = text(fitted(values: Array(values.utf8), from: nil, to: nil, own: ImageUser(nil)))
  #expect(
    lax.contains("runAsNonRoot: false") && lax.contains("readOnlyRootFilesystem: false") && lax.contains("drop: []")
      && !lax.contains("runAsUser"))
  let strict = text(fitted(values: Array(values.utf8), from: nil, to: nil, own: ImageUser((1000, 1001))))
  #expect(
    strict.contains("runAsNonRoot: true") && strict.contains("runAsUser: 1000\n") && strict.contains("runAsGroup: 1001")
      && strict.contains("drop: [ALL]"))
}

@Test func theChartGetsTheName() {
  #expect(
    named(Array("apiVersion: v2\nname: python # x\nversion: 1\n".utf8), "web").map(text)
      == "apiVersion: v2\nname: \"web\"\nversion: 1\n")
  #expect(named(Array("apiVersion: v2\n  name: x\n".utf8), "web") == nil)
}

import Records
import Testing

@testable import Scaffolding

private func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
private let dockerfile = """
  ARG PYTHON_VERSION=3.13
  FROM python:${PYTHON_VERSION}
  ENV A=1 PORT=8080 \\
      B=18080
  EXPOSE 8080
  # draft: start
  CMD ["python3", \\
       "app.py"]

  """

@Test func aDockerfileIsFittedInFourPlaces() throws {
  let language = Language(
    name: "Python", certainty: 100, version: "3.11", port: 5000, start: "gunicorn -b 0.0.0.0:5000 app:app")
  let new = try text(fitted(Array(dockerfile.utf8), language: language, from: 8080, to: 5000))
  #expect(
    new == """
      ARG PYTHON_VERSION=3.11
      FROM python:${PYTHON_VERSION}
      ENV A=1 PORT=5000 \\
          B=18080
      EXPOSE 5000
      # draft: start
      CMD ["gunicorn", "-b", "0.0.0.0:5000", "app:app"]

      """)
}

@Test func nothingKnownNothingChanged() throws {
  #expect(try text(fitted(Array(dockerfile.utf8), language: nil, from: 8080, to: 8080)) == dockerfile)
}

@Test func aCommandIsReplacedOnlyWhereThePackAllows() throws {
  let plain = "FROM x\nCMD [\"a\"]\n"
  #expect(
    try text(
      fitted(Array(plain.utf8), language: Language(name: "Python", certainty: 1, start: "b"), from: nil, to: nil))
      == plain)
}

@Test func aCommandThatNeedsAShellGetsOne() {
  #expect(commandWords("node server.js") == ["node", "server.js"])
  #expect(commandWords("gunicorn app:app -b :$PORT") == ["sh", "-c", "exec gunicorn app:app -b :$PORT"])
}

@Test(arguments: ["\n", "\r\n"])
func aSectionAppliesToItsApplicationsOnly(_ end: String) {
  let lines = [
    "FROM a", "# draft: build", "RUN b", "# draft: no build", "COPY c /", "# draft: end", "# draft: build", "RUN d",
    "# draft: end", "# draft: start", "CMD e", ""
  ]
  func file(_ lines: [String]) -> [UInt8] { Array(lines.joined(separator: end).utf8) }
  #expect(sectioned(file(lines)) { true } == file(["FROM a", "RUN b", "RUN d", "# draft: start", "CMD e", ""]))
  #expect(sectioned(file(lines)) { false } == file(["FROM a", "COPY c /", "# draft: start", "CMD e", ""]))
}

@Test func withoutSectionsNothingChanges() {
  let plain = Array("FROM a\n  # draft: build\n# draft: start\nCMD b".utf8)
  #expect(
    sectioned(plain) {
      Issue.record("asked"); return true
    } == plain)
  let open = Array("FROM a\n# draft: build\nRUN b\n".utf8)
  #expect(sectioned(open) { false } == open)
}

@Test func theUserOfADockerfileCountsByNumber() throws {
  let root = try DockerfileFacts(Array("FROM x\nEXPOSE 80\n".utf8), path: "Dockerfile")
  #expect(root.port == 80 && root.numericUser == nil)
  let user = try #require(DockerfileFacts(Array("FROM x\nUSER 1000:1001\n".utf8), path: "Dockerfile").numericUser)
  #expect(user == (1000, 1001))
  #expect(try DockerfileFacts(Array("FROM x\nUSER node\n".utf8), path: "").numericUser == nil)
  #expect(try DockerfileFacts(Array("FROM x\nUSER 0:0\n".utf8), path: "").numericUser == nil)
}

@Test func aBrokenDockerfileIsReportedWithItsLine() {
  #expect(throws: PackError.dockerfile(path: "Dockerfile", reason: "line 1: 'RUN' comes before the first FROM")) {
    try DockerfileFacts(Array("RUN x\n".utf8), path: "Dockerfile")
  }
}

@Test func theFileForDraftIsTOML() {
  let toml = text(
    draftTOML(
      App(name: "web", dir: "/x", environment: "a b", namespace: "n", context: "k\"x"), namespace: "n",
      dockerfile: "Dockerfile", chart: nil))
  #expect(
    toml.contains("[environments.\"a b\"]") && toml.contains("kube-context = \"k\\\"x\"")
      && toml.contains("chart = \"\"") && toml.contains("namespace = \"n\"\n"))
  #expect(
    !text(draftTOML(App(name: "web", dir: "/x"), namespace: nil, dockerfile: "Dockerfile", chart: nil)).contains(
      "namespace ="))
}

import Testing

@testable import Dockerfiles
@testable import Images

@Test(
  arguments: [
    (
      "building at STEP \"COPY --link=true  x /y\": COPY only supports the --chmod=<permissions> and the "
        + "--from=<image|stage> flags",
      nil, 5,
      "this 'buildah' does not support COPY --link"
    ),
    ("FROM only supports the --platform flag", nil, 4, "this 'buildah' does not support FROM --plat"),
    (
      "building at STEP \"COPY gone /z\": checking on sources under \"/app\": copier: stat: \"/gone\": no such file "
        + "or directory",
      nil, 6,
      "the context has no 'gone': it does not exist, or .dockerignore excludes it"
    ),
    (
      "building at STEP \"COPY --from=a /w /z\": checking on sources under \"/m\": copier: stat: \"/w\": no such file "
        + "or directory",
      nil, 7,
      "'a' has no '/w'"
    ),
    (
      "building at STEP \"RUN exit 3\": exit status 3: why", nil, 3,
      "building at STEP \"RUN exit 3\": exit status 3: why"
    ),
    (
      "COPY --from=a: no stage or image found with that name", nil, 7,
      "COPY --from=a: no stage or image found with that name"
    ),
    (
      "building at STEP \"ECHO \": Build error: Unknown instruction: \"ECHO\"", nil, 8,
      "'RUN <<EOF' is a here-document, which this 'buildah' does not support"
    ),
    (
      "dockerfile parse error line 9: unknown instruction: ECHO", nil, 8,
      "'RUN <<EOF' is a here-document, which this 'buildah' does not support"
    ),
    ("the builder crashed: x", "[2/2] STEP 3/5: COPY gone /z", 6, "the builder crashed: x"),
    ("the builder crashed: x", "Step 2/7 : RUN exit 3", 3, "the builder crashed: x")
  ] as [(String, String?, Int, String)])
func errorsOfBuildersHaveALine(said: String, step: String?, line: Int, reason: String) throws {
  let text =
    "# 1\nFROM a AS a\nRUN exit 3\nFROM --plat=x b\nCOPY --link=true x /y\nCOPY gone /z\nCOPY --from=a /w /z\nRUN "
    + "<<EOF\necho hi\nEOF\n"
  #expect(
    try Dockerfile(text).fault(said, program: "buildah", step: step, lines: []) == .init(line: line, reason: reason))
}

@Test func buildKitShowsTheLine() throws {
  let said = "failed to solve: process \"/bin/sh -c x\" did not complete successfully: exit code: 1"
  let lines = ["------", "Dockerfile:2", "--------------------", "   1 |     FROM a", "ERROR: \(said)"]
  #expect(try Dockerfile("FROM a\nRUN x\n").fault(said, program: "docker", step: nil, lines: lines)?.line == 2)
  // In another message it names the line itself.
  let parsing = try Dockerfile("FROM a\nRUN x\n").fault(
    "failed to solve: dockerfile parse error on line 1: x: y", program: "docker", step: nil, lines: lines)
  #expect(parsing == .init(line: 1, reason: "x: y"))
}

@Test func theVersionOfABuilder() {
  #expect(
    ContainersBuilder.version("buildah version 1.28.2 (image-spec 1.1.0-rc2, runtime-spec 1.0.2-dev)\n") == [1, 28])
  #expect(ContainersBuilder.version("podman version 5.0.0-dev") == [5, 0])
  #expect(ContainersBuilder.version("buildah") == nil)
}

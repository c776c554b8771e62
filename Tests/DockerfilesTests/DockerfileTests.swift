import Testing

@testable import Dockerfiles

private func last(_ text: String, _ arguments: [String: String] = [:]) throws -> Dockerfile.Stage {
  try #require(try Dockerfile(text).stages(arguments: arguments).last)
}

private func ports(_ text: String, _ arguments: [String: String] = [:]) throws -> [String] {
  try last(text, arguments).ports.map { "\($0.number)/\($0.transport)" }
}

@Test func instructionsHaveNamesFlagsAndLines() throws {
  let file = try Dockerfile(
    "# syntax=docker/dockerfile:1\n\nfrom  --platform=linux/amd64 alpine AS one\n  Run --mount=type=cache,target=/x "
      + "--network=none make \\\n    # why\n\n    all\n"
  )
  #expect(file.directives.map(\.value) == ["docker/dockerfile:1"])
  #expect(file.instructions.map(\.name) == ["FROM", "RUN"])
  #expect(file.instructions[0].flags == [.init(name: "platform", value: "linux/amd64")])
  #expect(file.instructions[1].flags.map(\.name) == ["mount", "network"])
  #expect(file.instructions[1].text == "make     all")
  #expect(file.instructions[1].lines == 4...7)
}

@Test func continuationNeedsASingleEscapeAtTheEnd() throws {
  #expect(try Dockerfile("FROM a\nRUN x \\ \t\n y").instructions.count == 2)
  #expect(try Dockerfile("FROM a\nRUN x \\\\\nEXPOSE 1").instructions.count == 3)
  #expect(try Dockerfile("FROM a\r\nRUN x \\\r\n y\r\n").instructions[1].text == "x  y")
  #expect(try Dockerfile("\u{FEFF}FROM a").instructions[0].name == "FROM")
  #expect(try Dockerfile("FROM a\nRUN x \\").instructions[1].text == "x")
}

@Test func theEscapeDirectiveChangesTheEscape() throws {
  let file = try Dockerfile("# escape=`\nFROM a\nCOPY c:\\x\\\nRUN dir `\n c:\\")
  #expect(file.instructions.map(\.name) == ["FROM", "COPY", "RUN"])
  #expect(throws: DockerfileError.self) { try Dockerfile("#escape=x\nFROM a") }
  #expect(throws: DockerfileError.self) { try Dockerfile("#escape=`\n#escape=`\nFROM a") }
  // A comment ends the directives.
  #expect(try Dockerfile("# hello\n# escape=x\nFROM a").instructions.count == 1)
}

@Test func hereDocumentsAreNoInstructions() throws {
  let file = try Dockerfile(
    "FROM a\nRUN <<EOF sh && cat <<-'E 2'\nEXPOSE 1\n EOF\nEOF\n\t\tEXPOSE 2\n\tE 2\nCOPY <<\"x\" /y\nFROM "
      + "z\nx\nEXPOSE 3\nRUN echo <<<EOF a<<EOF\nCMD <<EOF\n"
  )
  #expect(file.instructions.map(\.name) == ["FROM", "RUN", "COPY", "EXPOSE", "RUN", "CMD"])
  #expect(file.instructions[1].heredocs.map(\.content) == ["EXPOSE 1\n EOF\n", "EXPOSE 2\n"])
  #expect(file.instructions[1].heredocs.map(\.expands) == [true, false])
  #expect(file.instructions[2].heredocs.map(\.expands) == [false])
  #expect(throws: DockerfileError.heredoc(line: 2, name: "EOF")) { try Dockerfile("FROM a\nRUN <<EOF\nx\n") }
}

@Test func exposedPortsAreThoseOfTheLastStage() throws {
  #expect(
    try ports("FROM a AS b\nEXPOSE 1\nFROM c\nEXPOSE 8080 53/udp 53/UDP\nexpose 9000-9002/tcp") == [
      "8080/tcp", "53/udp", "9000/tcp", "9001/tcp", "9002/tcp"
    ])
  #expect(try ports("FROM a AS Base\nEXPOSE 1\nFROM base\nEXPOSE 2") == ["1/tcp", "2/tcp"])
  #expect(try ports("FROM a\nEXPOSE x 0 65536 2-1 80/icmp $NOTHING -") == [])
  #expect(try ports("FROM a") == [])
  #expect(try ports("FROM a\nEXPOSE 1-65535").count == 65535)
}

@Test func variablesArePutIn() throws {
  #expect(try ports("FROM a\nARG PORT=80\nENV P=$PORT\nEXPOSE ${P}/udp") == ["80/udp"])
  #expect(try ports("FROM a\nARG PORT=80\nEXPOSE $PORT", ["PORT": "81"]) == ["81/tcp"])
  // Global arguments reach a stage only if it declares them.
  #expect(try ports("ARG PORT=80\nFROM a\nEXPOSE $PORT") == [])
  #expect(try ports("ARG PORT=80\nFROM a\nARG PORT\nEXPOSE $PORT") == ["80/tcp"])
  #expect(try ports("FROM a\nENV P 80\nARG P=90\nEXPOSE $P") == ["80/tcp"])
  #expect(try ports("FROM a\nENV A=1 B=$A\nEXPOSE ${B:-80}") == ["80/tcp"])
  #expect(try ports("FROM a\nEXPOSE ${P:-$Q}${R:-80}") == ["80/tcp"])
  #expect(try ports("FROM a\nENV PORTS='80 81'\nEXPOSE $PORTS") == ["80/tcp", "81/tcp"])
  #expect(try last("ARG V=3.11\nFROM python:${V}-slim").base == "python:3.11-slim")
  #expect(try last("FROM a\nUSER ${U:+x}65532:0").user == "65532:0")
}

@Test(arguments: [
  ("$A", "value"), ("${A}b", "valueb"), ("\\$A", "$A"), ("'$A'", "$A"), ("\"$A b\"", "value b"), ("${N-d}", "d"),
  ("${E-d}", ""),
  ("${E:-d}", "d"), ("${A:+x}", "x"), ("${N+x}", ""), ("${N:-${A}}", "value"), ("${A#v*l}", "ue"), ("${A##v*}", ""),
  ("${A%u?}", "val"),
  ("${A%%l*}", "va"), ("${A/l/L}", "vaLue"), ("${A//[/x}", "value"), ("$", "$"), ("a\\", "a\\"), ("${A", "value"),
  ("$1x", "x"), ("\"a'b\"", "a'b")
])
func wordsExpand(word: String, want: String) {
  #expect(DockerfileWords.expand(word, escape: UInt8(ascii: "\\")) { ["A": "value", "E": ""][$0] } == want)
}

@Test func theImageIsKnownAsFarAsTheDockerfileNamesIt() throws {
  let stage = try last(
    "FROM a AS b\nENTRYPOINT [\"/x\", \"y\"]\nUSER 1\nWORKDIR /srv\nFROM b\nUSER 2\nWORKDIR app\nCMD run it")
  #expect(stage.continuesStage)
  #expect(stage.user == "2")
  #expect(stage.workingDirectory == "/srv/app")
  #expect(stage.entrypoint?.list == ["/x", "y"])
  #expect(stage.command?.list == nil)
  #expect(stage.command?.text == "run it")
}

@Test func imagesFromElsewhere() throws {
  let file = try Dockerfile(
    "ARG B=base:1\nFROM $B AS x\nRUN --mount=type=bind,from=tools:2,target=/t t\nFROM x\nCOPY --from=x /a /a\nCOPY "
      + "--from=0 /a /a\nCOPY --from=other /a /\nFROM scratch\nFROM $B"
  )
  #expect(try file.images() == ["base:1", "tools:2", "other"])
}

@Test func instructionsThatNoBuilderSupports() throws {
  #expect(throws: DockerfileError.empty) { try Dockerfile("# only a comment\n\n") }
  #expect(throws: DockerfileError.noFrom(line: 1, name: "RUN")) { try Dockerfile("RUN x\nFROM a").stages() }
  #expect(throws: DockerfileError.noFrom(line: 1, name: "ARG")) { try Dockerfile("ARG x").stages() }
  #expect(throws: DockerfileError.badFrom(line: 2)) { try Dockerfile("ARG x\nFROM $x").stages() }
}

@Test(arguments: [
  "oci:web", "oci:/root/.draft/cache/images:web", "oci:../images", "dir:/x", "dir:x", "docker-archive:x.tar",
  "docker-archive:/x.tar", "oci-archive:x", "docker-daemon:x:1",
  "containers-storage:web", "containers-storage:[overlay@/x]web", "docker://debian", "docker://registry.example/x:1",
  "sif:x", "sif:/x.sif", "ostree:x@/y", "tarball:x.tar",
  "atomic:x/y", "OCI:x", "Dir:/x", "DOCKER-ARCHIVE:x", "/etc", "./x", "../x", "-x", "--x", "a b:c", "Web", "x:", "x@y",
  "http://x/y", "file:///x"
])
func badImageReferencesAreRejectedWithTheirLine(_ name: String) throws {
  let expected = DockerfileError.noReference(line: 3, name: name), quoted = "\"\(name)\""
  func images(_ text: String, _ arguments: [String: String] = [:]) throws {
    _ = try Dockerfile(text).images(arguments: arguments)
  }
  #expect(throws: expected) { try images("ARG x\n\nFROM \(quoted)") }
  #expect(throws: expected) { try images("ARG x\n\nFROM $x", ["x": name]) }
  #expect(throws: expected) { try images("ARG x=\(quoted)\n# c\nFROM ${x}") }
  #expect(throws: expected) { try images("FROM a\n\nFROM \(quoted) AS b\nFROM b") }
  guard !name.contains(" ") else { return }
  #expect(throws: expected) { try images("FROM a\n\nCOPY --from=\(name) /a /b") }
  #expect(throws: expected) { try images("FROM a\nARG x=\(name)\nCOPY --chown=1 --from=$x /a /b") }
  #expect(throws: expected) { try images("FROM a\nENV x=\(name)\nCOPY --from=${x} /a /b") }
  #expect(throws: expected) { try images("FROM a\n\nRUN --mount=type=bind,from=\(name),target=/t ls") }
  #expect(throws: expected) { try images("FROM a\n\nRUN --mount=\"From=\(name)\",target=/t ls") }
  #expect(throws: expected) { try images("FROM a\nARG x=from=\(name)\nRUN --mount=type=bind,$x,target=/t ls") }
  #expect(throws: expected) { try images("FROM a AS b\n\nONBUILD COPY --from=\(name) /a /b\nFROM b") }
}

@Test func anImageIsNotAPlace() throws {
  let names = [
    "debian", "debian:12", "docker:28-dind", "docker", "oci", "oci/x:1", "me/oci:1", "localhost:5000/oci:1",
    "registry.example/dir:x", "[::1]:5000/a/b", "a@sha256:\(String(repeating: "0", count: 64))",
    "sha256:\(String(repeating: "0", count: 64))"
  ]
  for name in names {
    #expect(try Dockerfile("FROM \(name)\nCOPY --from=\(name) a b").images() == [name])
  }
  #expect(try Dockerfile("FROM a AS oci\nFROM oci\nCOPY --from=oci a b\nCOPY --from=0 a b").images() == ["a"])
}

@Test func aVariableOfTheBaseImageNamesNoImage() throws {
  #expect(throws: DockerfileError.noReference(line: 2, name: "$x")) {
    try Dockerfile("FROM a\nCOPY --from=$x a b").images()
  }
  #expect(throws: DockerfileError.noReference(line: 2, name: "from=${x:-b}")) {
    try Dockerfile("FROM a\nRUN --mount=from=${x:-b} a b").images()
  }
  #expect(try Dockerfile("FROM a\nRUN --mount=type=cache,target=$HOME/x a b").images() == ["a"])
}

@Test func expansionOfVariablesIsBounded() throws {
  func bomb(_ line: (Int) -> String, _ count: Int = 60) -> String {
    "FROM a\n" + (0..<count).map { line($0) + "\n" }.joined()
  }
  let texts = [
    bomb { $0 == 0 ? "ENV A=0123456789" : "ENV A=$A$A" },
    bomb { $0 == 0 ? "ARG A0=0123456789" : "ARG A\($0)=$A\($0 - 1)${A\($0 - 1)}" },
    "ARG A=0123456789\n" + String(repeating: "ARG A=$A$A\n", count: 60) + "FROM $A",
    bomb { $0 == 0 ? "ENV A=0123456789" : "ENV A=${A//0/$A}" },
    "FROM a\nENV A=\(String(repeating: "x", count: 100_000))\n" + String(repeating: "ENV B=$A\n", count: 1_000),
    "FROM a\nENV A=\(String(repeating: "x", count: 100_000))\nENV B=\(String(repeating: "$A", count: 100_000))",
    "FROM a\nENV A=\(String(repeating: "a", count: 100_000))\nENV B=${A//a*b/c}",
    "FROM a\nENV A=\(String(repeating: "a", count: 100_000))\nENV B=${A%%*b}",
    "FROM a\nENV A=\(String(repeating: "${A:-", count: 100_000))"
  ]
  for text in texts {
    #expect { _ = try Dockerfile(text).stages() } throws: { error in
      if case DockerfileError.tooLong(let line) = error { line > 1 } else { false }
    }
  }
  // Real Dockerfiles are far below the limit.
  let long = String(repeating: "x", count: 30_000)
  #expect(try Dockerfile("FROM a\nENV A=\(long)\nENV B=$A$A$A").stages()[0].environment[1].value.utf8.count == 90_000)
}

@Test func aBlankMayStandInTheMarkOfAHereDocument() throws {
  let run = try Dockerfile("FROM a\nRUN <<  EOF\nx\nEOF\nRUN << -E > /x\ny\n-E\nRUN <<- E\n\tz\n\tE\nCMD z\n")
  #expect(run.instructions.map(\.name) == ["FROM", "RUN", "RUN", "RUN", "CMD"])
  #expect(run.instructions.flatMap(\.heredocs).map(\.content) == ["x\n", "y\n", "z\n"])
  #expect(run.instructions.flatMap(\.heredocs).map(\.name) == ["EOF", "-E", "E"])
  #expect(try Dockerfile("FROM a\nCOPY << 'EOF' /x\nx\nEOF\n").instructions[1].text == "<<'EOF' /x")
  // The shell's shift operator and the JSON form are not here-documents.
  #expect(try Dockerfile("FROM a\nRUN echo $((1 << 2)) $((1 <<2))\nCMD x\n").instructions.count == 3)
  #expect(try Dockerfile("FROM a\nRUN [\"cat\", \"<<EOF\"]\nCMD x\n").instructions.count == 3)
}

@Test(arguments: [
  ("FROM a\nENV X\n", 2, "ENV 'X' has no value: write X=VALUE"),
  ("FROM a\nENV A=1 B\n", 2, "ENV needs NAME=VALUE, but 'B' has no '='"),
  ("FROM a\n\n# b\nRunn x\n", 4, "unknown instruction 'Runn'"),
  ("FROM a\nCOPY <<E /x\nhi\n", 2, "the here-document 'E' is not closed"),
  ("FROM a\nCOPY \\\n  x\n", 2, "COPY needs a source and a destination"),
  ("FROM a\nADD [\"x\"]\n", 2, "ADD needs a source and a destination"),
  ("FROM a b\n", 1, "FROM takes an image and an optional 'AS NAME'"), ("FROM\n", 1, "FROM names no image"),
  ("ARG x\nRUN y\nFROM a\n", 2, "'RUN' comes before the first FROM"),
  ("FROM a\nONBUILD FROM b\n", 2, "FROM cannot follow ONBUILD"),
  ("FROM a\nONBUILD runn b\n", 2, "unknown instruction 'runn'"),
  ("FROM a\nONBUILD COPY --link b\n", 2, "COPY needs a source and a destination"),
  ("FROM a\nSHELL sh\n", 2, "SHELL needs a list, as in [\"/bin/bash\", \"-c\"]"),
  ("FROM a\nARG\n", 2, "ARG needs an argument"), ("\n", 1, "there are no instructions"),
  ("FROM a\nRUN\n", 2, "RUN needs a command"),
  ("FROM a\nHEALTHCHECK curl x\n", 2, "HEALTHCHECK needs CMD and a command, or NONE"),
  ("# escape=x\nFROM a\n", 1, "the escape character is '\\' or '`', not 'x'")
])
func rejectedInstructionsHaveALine(text: String, line: Int, reason: String) {
  #expect(throws: Dockerfile.Fault(line: line, reason: reason)) { try check(text) }
}

@Test func validInstructionsAreLeftAlone() throws {
  let taken = [
    "FROM a AS b\nENV A 1 2\nENV A=1 B=\"2 3\"\nLABEL a=b\nCMD\nENTRYPOINT []\nHEALTHCHECK NONE\nONBUILD RUN "
      + "x\nONBUILD COPY a b\nRUN <<E\nE\n",
    "ARG V\nFROM a:$V\nARG X\nCOPY --from=b --new=x c d\nADD [\"a b\", \"/\"]\nRUN --device=x y\nEXPOSE http\nUSER "
      + "$U\nSHELL [\"a\"]\n"
  ]
  for text in taken { try check(text) }
  #expect(try Dockerfile("# syntax=mine/frontend:1\nFROM a\n").isForeign)
  #expect(try !Dockerfile("# syntax=docker/dockerfile:1.7-labs\nFROM a\n").isForeign)
}

/// As a builder would be spared it.
private func check(_ text: String) throws(Dockerfile.Fault) {
  let file: Dockerfile
  do throws(DockerfileError) { file = try Dockerfile(text) } catch { throw Dockerfile.Fault(error) }
  try file.check(arguments: [:])
}

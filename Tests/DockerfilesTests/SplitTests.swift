import Glibc
import Records
import Testing

@testable import Dockerfiles

/// Where a Dockerfile is split: the instructions of the tail by name, or why it is not split.
private func division(_ text: String) throws -> String {
  do { return try Split(text).tail.map(\.name).joined(separator: " ") } catch let undivided as Undivided {
    return undivided.reason
  }
}

@Test(arguments: [
  ("FROM x\nRUN a\nCOPY . .\nCMD [\"b\"]\n", "COPY CMD"),
  ("FROM x\nCOPY . .\nCMD b\n", "COPY CMD"),
  ("from x\nrun a\ncopy . .\n", "COPY"),
  ("FROM x AS b\nRUN a\nFROM y\nCOPY --from=b /a /a\nENV A=1\nCOPY . .\nUSER 1\n", "ENV COPY USER"),
  ("FROM x\nCOPY a a\nRUN b\nWORKDIR /w\nADD --chown=1:1 --chmod=644 c d\nLABEL a=b\n", "WORKDIR ADD LABEL"),
  ("FROM x\r\nRUN a\r\nCOPY . .\r\n", "COPY"),
  ("FROM x\nARG A=1\nRUN b\nCOPY . .\n", "COPY"),
  ("FROM x\nCOPY . .\nRUN b\n", "no file is copied after line 3, which needs the builder: RUN"),
  ("FROM x\nCOPY . .\nRUN b\nCMD c\n", "no file is copied after line 3, which needs the builder: RUN"),
  ("FROM x\nRUN a\nCOPY --from=y . .\n", "no file is copied after line 3, which needs the builder: COPY has --from"),
  ("FROM x\nRUN a\nCOPY --link . .\n", "COPY"),
  (
    "FROM x\nRUN a\nCOPY --parents . .\n", "no file is copied after line 3, which needs the builder: COPY has --parents"
  ),
  ("FROM x\nCOPY <<E /a\nb\nE\n", "COPY"),
  (
    "FROM x\nADD https://a/b /c\n",
    "no file is copied after line 2, which needs the builder: ADD has a source that is not a local file"
  ),
  (
    "FROM x\nADD $A /c\n",
    "no file is copied after line 2, which needs the builder: ADD has a source that is not a local file"
  ),
  ("FROM x\nCOPY a b\nONBUILD RUN c\n", "no file is copied after line 3, which needs the builder: ONBUILD"),
  ("FROM x\nCOPY a b\nNEWS c\n", "no file is copied after line 3, which needs the builder: NEWS"),
  ("FROM x\nCOPY a b\nENV --x A=1\n", "no file is copied after line 3, which needs the builder: ENV has an option"),
  ("FROM scratch\nCOPY a b\n", "COPY"),
  ("FROM --platform=linux/arm64 scratch\nCOPY a b\n", "line 1: 'FROM scratch' has an option"),
  ("ARG A\nFROM x\nRUN a\nARG B\nCOPY a b\n", "ARG COPY")
])
func aDockerfileIsDividedAfterTheLastThatNeedsABuilder(text: String, want: String) throws {
  #expect(try division(text) == want)
}

@Test func theHeadIsTheFirstLinesAsTheyAreWritten() throws {
  let split = try Split("# escape=`\nFROM x\n# a comment\nRUN a `\n  b\nRUN <<E\nc\nE\nCOPY . .\nCMD d\n")
  #expect(split.headText == "# escape=`\nFROM x\n# a comment\nRUN a `\n  b\nRUN <<E\nc\nE\n")
}

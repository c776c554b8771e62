import Glibc
import OCI
import Records
import Testing

@testable import Dockerfiles
@testable import Images

private let context = ContextTree(entries: [
  .init(path: Array("Dockerfile".utf8), kind: .file, mode: 0o644, size: 1, content: "aa"),
  .init(path: Array("src".utf8), kind: .directory, mode: 0o2775, size: 0, content: "-"),
  .init(path: Array("src/a".utf8), kind: .file, mode: 0o4755, size: 2, content: "bb"),
  .init(path: Array("src/link".utf8), kind: .link, mode: 0o777, size: 0, content: "-", target: Array("a".utf8)),
  .init(path: Array("dir".utf8), kind: .link, mode: 0o777, size: 0, content: "-", target: Array("./src".utf8)),
  .init(path: Array("out".utf8), kind: .link, mode: 0o777, size: 0, content: "-", target: Array("../x".utf8)),
  .init(path: Array("src.tgz".utf8), kind: .archive, mode: 0o644, size: 3, content: "cc")
])

/// `PATH NUL TYPE MODE UID GID TARGET NUL`, sorted by path.
private let head = HeadTree(
  records: [
    ("bin", "l 511 0 0 usr/bin"), ("etc", "d 493 0 0 "), ("etc/group", "f 420 0 0 staff:x:50:\n"),
    ("etc/passwd", "f 420 0 0 app:x:1000:1001::/:/bin/sh\n"), ("file", "f 420 0 0 "), ("loop", "l 511 0 0 loop"),
    ("out", "l 511 0 0 ../../etc"),
    ("srv", "d 448 7 8 "), ("usr", "d 493 0 0 "), ("usr/bin", "d 493 0 0 ")
  ].reduce(into: []) { $0 += Array($1.0.utf8) + [0] + Array($1.1.utf8) + [0] })

private func evaluate(_ tail: String) throws -> TailEvaluation {
  let configuration = JSON.members([
    "config": .members(["Env": .strings(["PATH=/bin", "LAST=1"]), "Cmd": .strings(["sh"])]),
    "rootfs": .members(["diff_ids": .array([])])
  ])
  return try TailEvaluation(
    try Split("FROM x\nRUN a\n\(tail)\n"), configuration: configuration, tree: head, context: context,
    arguments: ["V": "given"], created: "1970-01-01T00:00:00Z", rules: .buildah)
}

/// A line for each entry of all layers.
private func entries(_ tail: String) throws -> [String] {
  do {
    return try evaluate(tail).layers.flatMap(\.entries).map {
      "\(String(decoding: $0.path, as: UTF8.self)) \(String($0.mode, radix: 8)) \($0.user):\($0.group)"
    }
  } catch let undivided as Undivided { return [undivided.reason] }
}

@Test(arguments: [
  ("COPY src/a /n/", ["n 755 0:0", "n/a 755 0:0"]),
  ("COPY src/a /n", ["n 755 0:0"]),
  ("COPY src/a /srv", ["srv 700 7:8", "srv/a 755 0:0"]),
  ("COPY src /bin", ["usr 755 0:0", "usr/bin 755 0:0", "usr/bin/a 755 0:0", "usr/bin/link 777 0:0"]),
  ("COPY src/a /out/x", ["etc 755 0:0", "etc/x 755 0:0"]),
  (
    "COPY . /n",
    [
      "n 755 0:0", "n/Dockerfile 644 0:0", "n/src 775 0:0", "n/src/a 755 0:0", "n/src/link 777 0:0", "n/dir 777 0:0",
      "n/out 777 0:0", "n/src.tgz 644 0:0"
    ]
  ),
  ("COPY --chown=app --chmod=600 src /n", ["n 755 1000:1001", "n/a 600 1000:1001", "n/link 777 1000:1001"]),
  ("COPY --chown=9:staff src/a /n", ["n 755 9:50"]),
  ("COPY --chown=9 src/a /n", ["n 755 9:9"]),
  ("WORKDIR /w\nWORKDIR v\nCOPY src/a .", ["w 755 0:0", "w/v 755 0:0", "w/v/a 755 0:0"]),
  ("COPY s[r]c /n", ["n 755 0:0", "n/a 755 0:0", "n/link 777 0:0"]),
  ("COPY src/a nothin[g] /n/", ["n 755 0:0", "n/a 755 0:0"]),
  ("ADD Dockerfile /n/", ["n 755 0:0", "n/Dockerfile 644 0:0"]),
  ("COPY src/a /n/\nCOPY src /n/", ["n 755 0:0", "n/a 755 0:0", "n 755 0:0", "n/a 755 0:0", "n/link 777 0:0"]),
  ("COPY src/link /n/", ["n 755 0:0", "n/link 755 0:0"]),
  ("COPY dir/a dir /n/", ["line 3: 'src/a' is copied under two names"]),
  ("COPY dir /n", ["n 755 0:0", "n/a 755 0:0", "n/link 777 0:0"]),
  ("COPY out /n", ["line 3: the symbolic link 'out' points to nothing in the context"]),
  ("COPY */a /n/", ["'*/a' passes a symbolic link"]),
  ("COPY --link src/a /out/x", ["line 3: with --link it would replace a symbolic link of the base image"]),
  ("COPY <<a <<\"b\" /n/\n$V\na\n$V\nb", ["n 755 0:0", "n/a 644 0:0", "n/b 644 0:0"]),
  ("USER app\nWORKDIR /w\nCOPY src/a /n", ["w 755 1000:1001", "n 755 0:0"]),
  ("USER app\nWORKDIR /w/x\nCOPY src/a /w/n", ["line 5: the working directory is made on the way to another"]),
  ("COPY ../x /n", ["line 3: '../x' may point out of the context"]),
  ("COPY nothing /n", ["line 3: the context has no 'nothing'"]),
  ("COPY nothin[g] /n", ["line 3: nothing matches"]),
  ("COPY src /file", ["line 3: '/file' of the base image is not a directory"]),
  ("COPY src/a /file/x", ["'file' of the base image is not a directory"]),
  ("COPY src/a /loop/x", ["'loop' of the base image links to itself"]),
  ("COPY --chown=nobody src/a /n", ["line 3: the base image does not know 'nobody'"]),
  ("COPY --chmod=u+x src/a /n", ["line 3: '--chmod=u+x' is not a numeric mode"]),
  ("ADD src.tgz /n/", ["line 3: ADD unpacks 'src.tgz'"]),
  ("COPY src/a Dockerfile /n", ["n 755 0:0", "n/a 755 0:0", "n/Dockerfile 644 0:0"]),
  ("COPY 'src/a' \"/n\"", ["n 755 0:0"]),
  ("COPY \"src/a b\" /n", ["line 3: builders read a space in quotes differently"]),
  ("ENV A=\"x\\\\y\"\nCOPY src/a /n", ["line 3: builders read an escape character in it differently"]),
  ("EXPOSE x\nCOPY src/a /n", ["line 3: 'x' is not a port"]),
  ("USER ${A#b}\nCOPY src/a /n", ["line 3: a variable has an unusual form"])
])
func aCopyIsWhatBuildahMakesOfIt(tail: String, want: [String]) throws {
  #expect(try entries(tail) == want)
}

@Test func theConfigurationIsWrittenAsBuildahWritesIt() throws {
  let tail = try evaluate(
    "ARG V=1\nCOPY src/a /n\nENV A=$V B=${NO:-d}\nLABEL b=\"x y\" a=1\nEXPOSE 80 90/udp\nVOLUME /v\nUSER "
      + "app\nSTOPSIGNAL SIGINT\nHEALTHCHECK CMD x\nENTRYPOINT run $A"
  )
  let config = try #require(tail.configuration(diffIDs: [[Digest(of: [1])]])["config"])
  #expect(config["Env"] == .strings(["PATH=/bin", "LAST=1", "A=given", "B=d"]))
  #expect(config["Labels"]?.text == #"{"a":"1","b":"x y"}"#)
  #expect(config["ExposedPorts"]?.text == #"{"80/tcp":{},"90/udp":{}}"#)
  #expect(config["Volumes"]?.text == #"{"/v":{}}"#)
  #expect(config["Cmd"] == nil)
  #expect(config["Entrypoint"]?.text == #"["/bin/sh","-c","run $A"]"#)
  #expect(tail.history.count == 10)
  #expect(tail.history.count { $0["empty_layer"] == nil } == 1)
}

@Test func eachLayerOfALargeCopyHasALineInTheHistory() throws {
  let tail = try evaluate("COPY src/a /n\nENV A=1\nCOPY src/a /m\nCMD x"), digest = Digest(of: [1])
  let lines = try #require(tail.configuration(diffIDs: [[digest, digest, digest], [digest]])["history"]?.array)
  #expect(lines.map { $0["comment"]?.string } == [nil, "part 2 of 3", "part 3 of 3", nil, nil, nil])
  #expect(lines.map { $0["empty_layer"] == nil } == [true, true, true, false, true, false])
  #expect(Set(lines[..<3].map { $0["created_by"]?.string }).count == 1)
}

@Test func aVariableThatTheHeadSetKeepsItsPlaceAndOneOfTheBaseGoesToTheEnd() throws {
  let configuration = JSON.members(["config": .members(["Env": .strings(["PATH=/bin", "BASE=1", "A=1", "B=2"])])])
  let tail = try TailEvaluation(
    try Split("FROM x\nENV A=1\nENV B=2\nRUN a\nENV PATH=/x:$PATH\nENV C=3\nENV A=$A$C\nCOPY src/a /n\n"),
    configuration: configuration, tree: head, context: context,
    arguments: [:], created: "1970-01-01T00:00:00Z", rules: .buildah)
  #expect(
    tail.configuration(diffIDs: [[]])["config"]?["Env"] == .strings(["BASE=1", "A=13", "B=2", "PATH=/x:/bin", "C=3"]))
}

/// What is refused before there is a head.
@Test(
  arguments: [
    ("COPY nothing /n", "line 3: the context has no 'nothing'"),
    ("ADD src.tgz /n/", "line 3: ADD unpacks 'src.tgz'"),
    ("COPY src /file", nil),
    ("COPY --chown=nobody src/a /n", nil),
    ("COPY $NAME /n", nil),
    ("ENV A=$NAME\nCOPY $A$V /n\nCOPY nothing /n", "line 5: the context has no 'nothing'")
  ] as [(String, String?)])
func aRehearsalRefusesWhatNoHeadCouldChange(tail: String, want: String?) throws {
  do {
    _ = try TailEvaluation(
      try Split("FROM x\nRUN a\n\(tail)\n"), configuration: nil, tree: HeadTree(records: []), context: context,
      arguments: ["V": "given"], created: "1970-01-01T00:00:00Z", rules: .buildah)
    #expect(want == nil)
  } catch let undivided as Undivided { #expect(undivided.reason == want) }
}

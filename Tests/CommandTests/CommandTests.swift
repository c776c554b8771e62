import Glibc
import Records
import Testing

@testable import Command

private let options = [
  Option("app", "a", value: "NAME", help: ""), Option("apple", value: "KIND", help: ""),
  Option("dry-run", "n", help: ""), Option("quiet", "q", help: ""),
  Option("jobs", "j", value: "NUMBER", help: ""), Option("kind", "k", value: "one|two|three", help: "")
]

@Test func optionsFollowGetoptLong() throws {
  let arguments = try Arguments(
    parsing: ["x", "--app=a=b", "-qn", "-j4", "y", "-j", "5", "--dry", "--", "--app", "-"], options: options)
  #expect(arguments["app"] == "a=b")
  #expect(arguments.has("quiet") && arguments.has("dry-run"))
  #expect(arguments["jobs"] == "5")
  #expect(arguments.all("jobs") == ["4", "5"])
  #expect(arguments.operands == ["x", "y", "--app", "-"])
  #expect(try Arguments(parsing: ["-", "--app="], options: options).operands == ["-"])
  #expect(try Arguments(parsing: ["--app="], options: options)["app"] == "")
  #expect(try Arguments(parsing: ["-k", "one", "--kind=three"], options: options).all("kind") == ["one", "three"])
}

@Test(arguments: [
  (["--ap", "x"], "option '--ap' is ambiguous: --app, --apple"), (["--nope"], "unknown option '--nope'"),
  (["-x"], "unknown option '-x'"),
  (["--app"], "option '--app' needs a value"), (["-j"], "option '-j' needs a value"),
  (["--quiet=1"], "option '--quiet' takes no value"),
  (["--kind", "four"], "option '--kind' is one, two or three, not 'four'"),
  (["-k", ""], "option '--kind' is one, two or three, not ''"),
  (["--kind=one|two"], "option '--kind' is one, two or three, not 'one|two'"),
  (["-kone", "-kfour"], "option '--kind' is one, two or three, not 'four'")
])
func wrongOptionsAreNamed(_ words: [String], _ message: String) {
  #expect(throws: UsageError(message)) { try Arguments(parsing: words, options: options) }
}

@Test(arguments: [("--quite", "quiet"), ("--dri-run", "dry-run"), ("--kinds=one", "kind"), ("--something", nil)])
func theNearestOptionIsNamed(_ word: String, _ name: String?) {
  let wrong = String(word.split(separator: "=")[0])
  #expect(throws: UsageError("unknown option '\(wrong)'", hint: name.map { "did you mean '--\($0)'?" })) {
    try Arguments(parsing: [word], options: options)
  }
}

@Test(arguments: [
  ("DIRECTORY", Kind.directory), ("FILE", .file), ("NUMBER", .number), ("SECONDS", .seconds), ("KEY=VALUE", .setting),
  ("helm|podman", .words(["helm", "podman"])), ("NAME", .text), ("HOST[/PATH]", .text)
])
func aPlaceholderDeterminesTheKind(_ placeholder: String, _ kind: Kind) {
  #expect(Option.Value(stringLiteral: placeholder).kind == kind)
}

@Test(arguments: [
  ("", []), ("[DIRECTORY...]", [Kind.directory]), ("[NAME|DIRECTORY...]", [.release, .directory]), ("FILE", [.file]),
  ("[BUILD]", [.text])
])
func theUsageNamesTheOperands(_ usage: String, _ kinds: [Kind]) {
  #expect(Operands(stringLiteral: usage).kinds == kinds)
}

@Test func aCommandDescribesItself() throws {
  let command = Command(
    name: "draft-test", summary: "say \"so\"",
    operands: Operands("on | off NAME", first: .words(["on", "off"]), .release),
    reads: Flow("records with 'app'", ["app"]),
    options: [
      Option("set", "s", value: "KEY=VALUE", repeats: true, help: "a value"),
      Option("where", value: Option.Value("PATH", .directory), help: "a place")
    ], examples: ["draft test on"])
  #expect(
    command.description(command.options + [Option("help", "h", help: "print this text")]).text == """
      {"name":"draft-test","summary":"say \\"so\\"","options":[\
      {"name":"set","letter":"s","value":{"placeholder":"KEY=VALUE","kind":"setting"},"help":"a value","repeats":true},\
      {"name":"where","value":{"placeholder":"PATH","kind":"directory"},"help":"a place"},\
      {"name":"help","letter":"h","help":"print this text"}],\
      "operands":{"usage":"on | off NAME","first":{"kind":"words","words":["on","off"]},"kinds":[{"kind":"release"}]},\
      "reads":{"text":"records with 'app'","members":["app"]},"examples":["draft test on"]}
      """)
}

@Test func aLinesOrderIsKeptWhateverEndsFirst() throws {
  let out = Lock()
  nonisolated(unsafe) var seen: [Int] = []
  let lines = OrderedLines<Record>(
    jobs: 4,
    write: { record in
      let number = try record["n"]?.integer ?? -1
      out.locked { seen.append(number) }
    },
    work: { start, _ in
      guard let record = try? start() else { return .init(record: nil, code: .noInput) }
      let number = (try? record["n"])?.integer ?? 0
      usleep(UInt32((7 - number % 8) * 2000))
      return .init(record: record, code: number == 3 ? .failed : .done)
    })
  for number in 0..<40 {
    try lines.add {
      var record = Record()
      record.set("n", to: .integer(number))
      return record
    }
  }
  #expect(try lines.finish() == .failed)
  #expect(seen == Array(0..<40))
}

@Test func aLineThatCannotBeginDecidesTheExitCode() throws {
  let lines = OrderedLines<Record>(
    jobs: 1, write: { _ in },
    work: { start, _ in (try? start()) == nil ? .init(record: nil, code: .noInput) : .init(record: nil, code: .failed) }
  )
  try lines.add { throw SystemError("x", ENOENT) }
  try lines.add { Record() }
  #expect(try lines.finish() == .noInput)
}

/// The lines are `[name: needs]`; what failed, what was told of it, and in which order lines began.
private func run(
  _ lines: [(name: String, needs: [String])], jobs: Int, failing: Set<String> = [], slow: String? = nil,
  until awaited: String? = nil
) throws -> (began: [String], out: [String], blocked: [String: String], code: ExitCode) {
  let lock = Lock()
  nonisolated(unsafe) var began: [String] = [], out: [String] = [], blocked: [String: String] = [:]
  let ordered = OrderedLines<Record>(
    jobs: jobs,
    write: { record in
      let name = try record["n"]?.string ?? ""
      lock.locked { out.append(name) }
    },
    work: { start, failed in
      guard let record = try? start(), let name = (try? record["n"])?.string else {
        return .init(record: nil, code: .noInput)
      }
      lock.lock()
      began.append(name)
      if let failed { blocked[name] = failed }
      lock.broadcast()
      if name == slow, let awaited { while !began.contains(awaited) { lock.wait() } }
      lock.unlock()
      return .init(record: record, code: failed != nil || failing.contains(name) ? .failed : .done)
    })
  for (name, needs) in lines {
    try ordered.add(place: .init(key: name, needs: needs.map { ($0, $0) })) {
      var record = Record()
      record.set("n", to: .string(name))
      return record
    }
  }
  let code = try ordered.finish()
  return (began, out, blocked, code)
}

@Test func aLineWaitsForThoseItNeedsAndTakesNoJob() throws {
  // `a` ends only when `c` has begun: with two jobs, `b` must not have the other one.
  let result = try run([("a", []), ("b", ["a"]), ("c", []), ("d", ["b", "gone"])], jobs: 2, slow: "a", until: "c")
  #expect(result.out == ["a", "b", "c", "d"])
  let began = result.began
  #expect(try #require(began.firstIndex(of: "b")) > #require(began.firstIndex(of: "c")))
  #expect(try #require(began.firstIndex(of: "d")) > #require(began.firstIndex(of: "b")))
  #expect(result.code == .done)
}

@Test(arguments: [1, 2, 8]) func whatNeedsAFailedLineIsToldAndTheOthersGoOn(jobs: Int) throws {
  let result = try run(
    [("a", []), ("b", ["a"]), ("c", []), ("d", ["c", "b"]), ("e", ["c"])], jobs: jobs, failing: ["a"])
  #expect(result.out == ["a", "b", "c", "d", "e"])
  #expect(result.blocked == ["b": "a", "d": "b"])
  #expect(result.code == .failed)
}

@Test func manyLinesThatNeedEachOtherEnd() throws {
  let lines = (0..<1000).map { (name: "\($0)", needs: $0 % 10 == 0 ? [] : ["\($0 - 1)"]) }
  let result = try run(lines, jobs: 3)
  #expect(result.out == lines.map(\.name))
  #expect(result.blocked.isEmpty)
}

@Test func aChildIsFedAndHeard() throws {
  let big = [UInt8](repeating: UInt8(ascii: "x"), count: 3 << 20)
  let result = try Child.run(["sh", "-c", "cat; echo no >&2; exit 3"], input: big, output: .capture, errors: .capture)
  #expect(result.status == 3)
  #expect(result.output == big)
  #expect(result.errorText == "no\n")
}

@Test func aChildThatDoesNotReadIsNotAnError() throws {
  let result = try Child.run(["true"], input: [UInt8](repeating: 0, count: 3 << 20), output: .capture)
  #expect(result.succeeded)
}

@Test func aChildInheritsNoDescriptors() throws {
  let descriptor = open("/dev/null", O_RDONLY)  // without close-on-exec, as a careless library would have it
  defer { close(descriptor) }
  var set = sigset_t(), old = sigset_t()
  sigemptyset(&set)
  sigaddset(&set, SIGINT)
  pthread_sigmask(SIG_BLOCK, &set, &old)
  defer { pthread_sigmask(SIG_SETMASK, &old, nil) }
  let result = try Child.run(
    ["sh", "-c", "ls /proc/self/fd | wc -l; grep SigBlk /proc/self/status; readlink /proc/self/fd/0"], output: .capture)
  // 0, 1, 2, and the one ls opens to read the directory.
  #expect(result.outputText == "4\nSigBlk:\t0000000000000000\n/dev/null\n")
}

@Test func aSignalIsTheShellsNumber() throws {
  #expect(try Child.run(["sh", "-c", "kill -9 $$"]).status == 137)
}

@Test func linesArriveWhole() throws {
  let lock = Lock()
  nonisolated(unsafe) var lines: [String] = []
  _ = try Child.run(
    ["sh", "-c", "printf a; sleep 0.05; printf 'b\\nc\\nd'"],
    output: .lines { line in lock.locked { lines.append(line) } })
  #expect(lines == ["ab\n", "c\n", "d"])
}

@Test func variablesAreSetAndRemoved() throws {
  setenv("DRAFT_TEST_GONE", "1", 1)
  let result = try Child.run(
    ["sh", "-c", "echo $DRAFT_TEST_NEW-${DRAFT_TEST_GONE-gone}"], output: .capture,
    environment: ["DRAFT_TEST_NEW": "x", "DRAFT_TEST_GONE": nil])
  #expect(result.outputText == "x-gone\n")
}

@Test func aProgramIsFoundByAbsoluteElementsOnly() throws {
  let directory = try Temporary.directory(in: "/tmp")
  defer { Temporary.remove(directory) }
  try Files.write(Array("#!/bin/sh\n".utf8), to: directory + "/prog", mode: 0o755)
  try Files.write([], to: directory + "/plain")
  let path = String(cString: getenv("PATH"))
  defer { setenv("PATH", path, 1) }
  setenv("PATH", ":.:relative:\(directory)", 1)
  #expect(Child.find("prog") == directory + "/prog")
  #expect(Child.find("plain") == nil)
  #expect(throws: ProgramMissing(program: "nowhere")) { try Child.run(["nowhere"]) }
}

@Test func aFileIsWrittenWholeOrNotAtAll() throws {
  let directory = try Temporary.directory(in: "/tmp")
  defer { Temporary.remove(directory) }
  try Files.write([1], to: directory + "/f")
  #expect(throws: SystemError.self) { try Files.write([2], to: directory + "/f", replacing: false) }
  #expect(try Files.read(directory + "/f") == [1])
  try Files.write([3], to: directory + "/f")
  #expect(try Files.read(directory + "/f") == [3])
  #expect(try Files.list(directory) == ["f"])
  #expect(throws: SystemError.self) { try Files.read(directory + "/f", limit: 0) }
  #expect(throws: SystemError.self) { try Files.read(directory) }
}

@Test func aLockIsHeldOnce() throws {
  let directory = try Temporary.directory(in: "/tmp")
  defer { Temporary.remove(directory) }
  do {
    let lock = try FileLock(directory + "/l", wait: false, busy: "busy")
    #expect(throws: Failure(by: "", code: .tryAgain, message: "busy", hint: "wait for it to end, then try again")) {
      let second = try FileLock(directory + "/l", wait: false, busy: "busy")
      _ = consume second
    }
    _ = consume lock
  }
  _ = try FileLock(directory + "/l", wait: false, busy: "busy")
}

@Test func removingATreeDoesNotFollowLinks() throws {
  let directory = try Temporary.directory(in: "/tmp"), other = try Temporary.directory(in: "/tmp")
  defer { Temporary.remove(other) }
  try Files.write([1], to: other + "/kept")
  try Files.makeDirectories(directory + "/a/b")
  symlink(other, directory + "/a/link")
  removeTree(directory)
  #expect(!Files.exists(directory))
  #expect(Files.exists(other + "/kept"))
}

@Test func aLineThatWaitsGivesWayToALaterOne() throws {
  func line(_ app: String, _ sequence: Int?) throws -> Record {
    let change = sequence.map { #","change":{"sequence":\#($0),"paths":[]}"# } ?? ""
    return try Record(Array(#"{"draft":1,"app":{"name":"\#(app)","dir":"/\#(app)"}\#(change)}"#.utf8), line: 1)
  }
  func names(_ records: [Record]) throws -> [String] {
    try records.map { "\(try $0.required(App.self).name) \(try $0.required(Change.self).sequence)" }
  }
  let waiting = WaitingLines()
  #expect(!waiting.keep(try line("a", nil), message: ""))
  for (app, sequence) in [("a", 1), ("b", 1), ("a", 2)] {
    waiting.came(try line(app, sequence))
    #expect(waiting.keep(try line(app, sequence), message: "\(app)\(sequence)"))
  }
  // A record that was being processed when a later one came has not failed, and is not retried.
  #expect(waiting.keep(try line("a", 1), message: "late"))
  var told: [String] = []
  #expect(waiting.back({ _ in false }) { told.append($0) }.isEmpty)
  #expect(try names(waiting.back({ (try? $0.required(App.self).name) == "a" }) { told.append($0) }) == ["a 2"])
  // Told once, though it waits again.
  #expect(waiting.keep(try line("a", 2), message: "again"))
  #expect(waiting.back({ _ in false }) { told.append($0) }.isEmpty)
  #expect(told == ["b1", "a2"])
  #expect(try names(waiting.close()) == ["b 1", "a 2"])
  #expect(!waiting.keep(try line("b", 1), message: ""))
}

/// Users see no type names from the sources, unless they ask for them.
@Test func anErrorWithoutASentenceIsOurFault() throws {
  struct NobodyKnowsMe: Error { var secretField = 1 }
  let told = Command.diagnose(NobodyKnowsMe())
  #expect(told.exitCode == .software)
  #expect(told.message == "internal error")
  #expect(told.hint?.contains("bug in draft") == true)
  #expect(
    sentence(try #require(throws: JSONError.self) { try JSON(parsing: Array("{".utf8)) }).hasPrefix(
      "cannot read JSON: column 2: "))
}

/// A program that ignores SIGTERM is killed, and processes that hold its outputs open are not waited for.
@Test func aProgramHasItsTime() throws {
  let late = try Child.run(["sleep", "600"], output: .discard, errors: .discard, seconds: 0.05)
  #expect(late.isLate && late.status == 128 + SIGTERM)
  let deaf = try Child.run(
    ["sh", "-c", "trap '' TERM; echo said; sleep 20 & while :; do sleep 1; done"], output: .capture, errors: .capture,
    seconds: 0.3)
  #expect(deaf.isLate && deaf.status == 128 + SIGKILL && deaf.outputText == "said\n")
  let quick = try Child.run(["sh", "-c", "echo said; exit 3"], output: .capture, seconds: 600)
  #expect(!quick.isLate && quick.status == 3 && quick.outputText == "said\n")
}

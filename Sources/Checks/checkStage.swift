import Command
import Records

/// Tests whether a program behaves as a stage must, see draft-records(5): runs it on streams, including empty, broken,
/// unusual and large ones, and reports each result as a line of TAP.
/// - Parameters:
///   - record: a record it can work on; nil uses one of a small Python application.
///   - seconds: the time limit for one stream.
/// - Returns: whether every check passed. Throws ``ProgramMissing``.
public func checkStage(
  _ command: [String], record: Record?, seconds: Double, tell: (String) throws -> Void
) throws -> Bool {
  guard Child.find(command[0]) != nil else { throw ProgramMissing(program: command[0]) }
  let directory = try Temporary.directory()
  defer { Temporary.remove(directory) }
  let record = try record ?? sample(in: directory + "/check-stage")
  let trial = StageTrial(command: command, seconds: seconds, directory: directory)
  var count = 0, passed = true
  for (name, check) in StageChecks(trial: trial, line: record.bytes, declared: declared(trial)).all {
    count += 1
    do {
      let skipped = try check()
      try tell("ok \(count) - \(name)" + (skipped.map { " # SKIP \($0.harmless)" } ?? ""))
    } catch let fault as Fault {
      passed = false
      try tell("not ok \(count) - \(name)")
      for reason in fault.reasons { try tell("# \(reason.harmless)") }
    }
  }
  try tell("1..\(count)")
  return passed
}

/// The members that a stage says it writes. One that does not know `--describe` says of none.
private func declared(_ trial: StageTrial) -> [String] {
  guard let said = try? trial.run([], ["--describe"]), said.status == 0, let json = try? JSON(parsing: said.output)
  else { return [] }
  return (json["writes"]?["members"]?.array ?? []).compactMap(\.string)
}

/// An application to work on.
private func sample(in directory: String) throws -> Record {
  try Files.makeDirectories(directory)
  try Files.write(Array("import sys\n".utf8), to: directory + "/app.py", durable: false)
  var record = Record()
  record.set(App(name: "check-stage", dir: try Files.resolve(directory)))
  return record
}

extension Record {
  /// The first record of a file. Throws ``SystemError``, ``RecordError`` or ``UsageError``.
  public init(firstOf path: String) throws {
    let bytes = try Files.read(path)
    guard let line = bytes.split(separator: 0x0A).first else { throw UsageError("no record in '\(path)'") }
    try self.init(Array(line))
  }
}

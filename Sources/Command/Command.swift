import CSystem
import Glibc
import Records
import Synchronization

/// The declaration of a command; ``run`` and ``runStage`` do the rest: options, help, exit codes, signals, the pipe.
public struct Command: Sendable {
  /// `draft-push`.
  public var name: String
  /// One lower-case phrase, the same as in the list of commands and the manual page.
  public var summary: String
  public var operands: Operands
  /// Its input and its output.
  public var reads: Flow
  public var writes: Flow
  public var options: [Option]
  /// One or two pipelines for `--help`.
  public var examples: [String]
  /// Whether the stage passes lines untouched that draft-sync has handled: see ``Record/isSynced``.
  public var passesSynced: Bool
  /// Whether a line waits for the lines before it that its `order` needs.
  public var keepsOrder: Bool

  public init(
    name: String, summary: String, operands: Operands = "", reads: Flow = "", writes: Flow = "", options: [Option] = [],
    examples: [String] = [], passesSynced: Bool = false, keepsOrder: Bool = false
  ) {
    self.name = name
    self.summary = summary
    self.operands = operands
    self.reads = reads
    self.writes = writes
    self.options = options
    self.examples = examples
    self.passesSynced = passesSynced
    self.keepsOrder = keepsOrder
  }

  /// Runs a command that is not a stage of the pipe, and exits with the code it returns.
  public func run(_ body: (Call) throws -> ExitCode) -> Never {
    start()
    let code: ExitCode
    do {
      guard let call = try call(options + Option.common) else { finish(.done) }
      code = try body(call)
    } catch {
      code = Command.report(error, by: name)
    }
    finish(code)
  }

  /// The call; nil if it was only for the help, the description or the version, which has been printed.
  func call(_ options: [Option]) throws -> Call? {
    let arguments: Arguments
    do { arguments = try Arguments(parsing: Command.arguments, options: options) } catch {
      throw UsageError(error.message, hint: (error.hint.map { "\($0) " } ?? "") + "try '\(name) --help'")
    }
    if arguments.has("help") { try Standard.output(help(options)); return nil }
    if arguments.has("describe") { try Standard.output(description(options).text + "\n"); return nil }
    if arguments["version"] == "" { try Standard.output("\(name) \(draftVersion)\n"); return nil }
    if let home = arguments["home"] { setenv("DRAFT_HOME", home, 1) }
    return Call(
      name: name, arguments: arguments, quiet: arguments.has("quiet"),
      debugging: arguments.has("debug") || environmentVariable("DRAFT_DEBUG") != nil)
  }

  /// The arguments of main, as the C library passes them on. Swift's own come from /proc, and are missing where that is
  /// not mounted.
  private static var arguments: [String] {
    var count: Int32 = 0
    guard let words = csystem_arguments(&count), count > 1 else { return [] }
    return (1..<Int(count)).compactMap { words[$0].map { String(cString: $0) } }
  }

  /// Prints the error and returns its exit code.
  static func report(_ error: any Error, by name: String) -> ExitCode {
    let diagnosis = diagnose(error)
    Diagnostics.report(diagnosis, by: name)
    return diagnosis.exitCode
  }

  static func diagnose(_ error: any Error) -> any Diagnosis {
    diagnosis(of: error)
  }

  func start() {
    Command.running.withLock { $0 = name }
    Standard.reserve()
    _ = Caller.current
    Signals.start()
  }

  func finish(_ code: ExitCode) -> Never { Command.finish(code) }

  /// Ends the process from any thread when it cannot go on.
  static func end(by error: any Diagnosis) -> Never { finish(report(error, by: running.withLock { $0 })) }

  /// The name of the command that this process runs.
  private static let running = Mutex("draft")

  private static func finish(_ code: ExitCode) -> Never {
    Child.endRest()
    Temporary.removeAll()
    // Skip the exit handlers of C libraries: we do not need them, and other threads may still be inside.
    _exit(code.rawValue)
  }

  /// The text of `--help`.
  func help(_ options: [Option]) -> String {
    let operands = operands.usage.isEmpty ? "" : " " + operands.usage
    var text = "usage: \(name)\(options.isEmpty ? "" : " [OPTION...]")\(operands)\n\(summary)\n"
    if !reads.text.isEmpty { text += "\nreads   \(reads.text)\n" }
    if !writes.text.isEmpty { text += "writes  \(writes.text)\n" }
    text += "\noptions:\n"
    let columns = options.map { option in
      (option.letter.map { "-\($0), " } ?? "    ") + "--\(option.name)"
        + (option.value.map { " \($0.placeholder)" } ?? "")
    }
    let width = min(30, columns.map(\.count).max() ?? 0)
    for (option, column) in zip(options, columns) {
      let gap =
        column.count <= width
        ? String(repeating: " ", count: width - column.count + 2) : "\n" + String(repeating: " ", count: width + 4)
      text += "  \(column)\(gap)\(option.help)\n"
    }
    if !examples.isEmpty { text += "\nexamples:\n" + examples.map { "  \($0)\n" }.joined() }
    return text + "\nSee \(name)(1).\n"
  }
}

import Command
import Environments
import Glibc
import Records
import Releases
import Settings

@main struct Entry {
  static func main() {
    Command(
      name: "draft-trust",
      summary: "trust the tasks, the kube context and the host access of a repository",
      operands: "[DIRECTORY...]",
      reads: "directories (default: the current one)",
      writes: "what each directory would do, and that it is now trusted",
      options: [
        .environment, .kubeContext, .engine, .environmentsFile,
        Option(
          "show", help: "show what each directory would do, but change nothing; exit 1 if some of it is not trusted"),
        Option(
          "ask",
          help:
            "as 'draft up' does: print nothing if all is trusted, else ask on a terminal, else exit 77"),
        Option("revoke", help: "stop trusting the directories"),
        Option("list", help: "list the trusted directories")
      ],
      examples: [
        "git clone https://example.com/web && draft trust --show web && draft trust web", "draft trust --list"
      ]
    ).run { call in
      var given = call.arguments.operands
      let modes = ["show", "ask", "revoke", "list"].filter(call.arguments.has)
      guard modes.count < 2 else {
        throw UsageError("option '--\(modes[1])' has no use with '--\(modes[0])'", hint: "try 'draft-trust --help'")
      }
      guard modes != ["list"] || given.isEmpty else {
        throw UsageError("option '--list' takes no directory", hint: "'--show' does")
      }
      let trust = Trust(home: try Home())
      if given.isEmpty, let file = call.arguments["environments-file"] {
        given = [file.lastIndex(of: "/").map { $0 == file.startIndex ? "/" : String(file[..<$0]) } ?? "."]
      }
      // As for a stage: records on a pipe are checked by each stage.
      if given.isEmpty,
        modes != ["ask"] || isatty(STDIN_FILENO) == 1 || Standard.wasClosed(STDIN_FILENO)
          || Standard.isNull(STDIN_FILENO)
      {
        given = ["."]
      }
      var code = ExitCode.done
      switch modes.first {
      case "list": try Standard.output(trust.directories().map { $0.harmless + "\n" }.joined())
      case "revoke": for directory in given { try trust.revoke(absolute(directory)) }
      case "ask": for directory in given { try ask(about: directory, trust, call) }
      case _?: for directory in given where try !show(directory, trust, call) { code = .failed }
      case nil: for directory in given { try allow(directory, trust, call) }
      }
      return code
    }
  }

  private static func absolute(_ directory: String) throws -> String {
    directory.hasPrefix("/") ? directory : try Files.resolve(".") + "/" + directory
  }

  /// The findings: all of them, or those of what `draft up` is about to do.
  private static func look(_ directory: String, here: Bool, _ call: Call) throws -> (
    directory: String, findings: [Trust.Finding]
  ) {
    let settings = try Project.settings(of: directory, call: call)
    let path = try Files.resolve(directory)
    let app = App(name: settings.name, dir: path, environment: settings.environment, namespace: settings.namespace)
    // draft up releases no environment.
    let declared = here ? [] : try environments(in: path, call).flatMap(contextFindings)
    return (path, try findings(app, here: here, settings: settings, call: call) + declared)
  }

  /// The files of environments in the directory.
  private static func environments(in directory: String, _ call: Call) throws -> [String] {
    let named = [call.arguments["environments-file"], call.variable("KUBECD_ENVIRONMENTS")].compactMap { $0 }
    if let file = call.arguments["environments-file"] { _ = try Files.resolve(file) }
    return Set(([directory + "/environments.yaml"] + named).compactMap { try? Files.resolve($0) })
      .filter { Files.relative($0, to: directory).map { !$0.contains("/") } ?? false }.sorted()
  }

  private static func allow(_ directory: String, _ trust: Trust, _ call: Call) throws {
    let (path, findings) = try look(directory, here: false, call)
    try trust.allow(findings, in: path)
    try Standard.output(
      "'\(path.harmless)' is trusted" + (findings.isEmpty ? "; nothing there needs it\n" : ":\n") + lines(findings))
  }

  private static func show(_ directory: String, _ trust: Trust, _ call: Call) throws -> Bool {
    let (path, findings) = try look(directory, here: false, call)
    let missing = trust.missing(findings, of: path)
    let allowed = findings.filter { !missing.contains($0) }
    if findings.isEmpty { try Standard.output("'\(path.harmless)' needs no trust\n") }
    if !allowed.isEmpty { try Standard.output("'\(path.harmless)' is trusted:\n" + lines(allowed)) }
    if !missing.isEmpty { try Standard.output("'\(path.harmless)' is not trusted:\n" + lines(missing)) }
    return missing.isEmpty
  }

  /// Throws ``TrustError`` if there is no one to ask or the answer is no. Other errors are reported by the stage that
  /// meets them.
  private static func ask(about directory: String, _ trust: Trust, _ call: Call) throws {
    if trust.isComplete(directory) { return }
    guard let (path, found) = try? look(directory, here: true, call) else { return }
    let missing = trust.missing(found, of: path)
    if missing.isEmpty { return }
    let all = (try? look(directory, here: false, call).findings) ?? found
    let question =
      "'\(path.harmless)' is not trusted yet. It\n" + lines(trust.missing(all, of: path)) + "Trust it? [y/N] "
    guard isatty(STDIN_FILENO) == 1, isatty(STDERR_FILENO) == 1, call.ask(question) else {
      return try trust.require(found, of: path)
    }
    try trust.allow(all, in: path)
  }

  private static func lines(_ findings: [Trust.Finding]) -> String {
    findings.map { "  \($0.text.harmless)\n" }.joined()
  }
}

import Attach
import Command
import Glibc
import Records
import Releases
import Settings

@main struct Entry {
  /// What is collected while records are read.
  private struct State {
    var connections: Connections?
    /// Connections that go to the background.
    var detached: [Record] = []
    var isWatched = false
  }

  static func main() {
    Command(
      name: "draft-connect", summary: "forward local ports to a running application", operands: "[NAME|DIRECTORY...]",
      reads: Flow("names of releases, directories, or records with 'app'", ["app", "release", "change"]),
      writes: Flow("the same records with 'connect', then runs until it is interrupted", ["connect"]),
      options: [
        Option(
          "override-port", "p", value: "LOCAL:REMOTE", repeats: true,
          help: "forward this local port to this port of the application (default: draft.toml)"),
        .container, .tail(default: "5"),
        Option("no-logs", help: "do not print the logs of the pods"),
        Option("detach", help: "run in the background and print the ports as export commands for a shell"),
        Option("dry-run", help: "print the ports that would be forwarded, but forward none"),
        Option("auto", help: "connect only if draft.toml has 'auto-connect = true'; pass on the other records"),
        .environment, .kubeContext, .namespace, .engine
      ],
      examples: ["draft connect -p 8080:80", "eval \"$(draft connect --detach web)\"", "draft up -q | draft connect"]
    ).runSource(
      State(), writes: { !$0.arguments.has("detach") || $0.arguments.has("dry-run") },
      begin: { operand, call in try subject(operand, call: call) }
    ) { state, record, call in
      let app: App = try record.required()
      let settings = try Settings(for: app, call: call, needsSource: false)
      if call.arguments.has("auto"), !settings.autoConnect { return }
      if call.arguments.has("detach"), !call.arguments.has("dry-run") { state.detached.append(record); return }
      state.isWatched = record.has(Change.name)
      let all =
        try state.connections ?? Connections(container: call.arguments["container"], logs: logs(call), call: call)
      state.connections = all
      // The pods are those it is already connected to.
      if record.isSynced, all.holds(settings.place(app)) { return }
      record.set(
        try all.connect(
          settings.place(app), release: record.member(), settings: settings, dryRun: call.arguments.has("dry-run")))
    } then: { state, call, _ in
      if !state.detached.isEmpty { return try detach(state.detached, call) }
      // The connections of records from a draft-watch are kept as long as it runs.
      guard let connections = state.connections, connections.holds, !state.isWatched else { return .done }
      try connections.wait()
      return .done
    }
  }

  private static func logs(_ call: Call) throws -> Int? {
    guard let text = call.arguments["tail"] else { return call.arguments.has("no-logs") ? nil : 5 }
    guard let lines = Int(text), lines >= 0 else {
      throw UsageError("option '--tail' takes a number of lines, not '\(text)'")
    }
    return call.arguments.has("no-logs") ? nil : lines
  }

  /// Starts this command again in the background for the same records, and prints the connections it reports.
  private static func detach(_ detached: [Record], _ call: Call) throws -> ExitCode {
    var argv = ["draft-connect", "--output=record", "--no-logs"]
    for name in ["override-port", "container", "environment", "namespace", "kube-context", "engine"] {
      argv += call.arguments.all(name).map { "--\(name)=\($0)" }
    }
    let app: App = try detached[0].required(), log = try Home().directory("logs/\(app.name)") + "/connect.log"
    let program = try Files.executable()
    do {
      let child = try Child.detach(
        argv, path: program, input: detached.flatMap { $0.bytes + [0x0A] }, lines: detached.count, log: log)
      let records = try child.lines.map { try Record(Array($0.utf8)) }
      var text = ""
      for record in records where !record.has(Failure.name) {
        text += try Exports(record.required(App.self), record.required(Connect.self)).text
      }
      let failed = records.count { $0.has(Failure.name) }
      if failed > 0 { call.pass((try? Files.readText(log)) ?? "") }
      if failed == records.count { return .failed }
      if child.goesOn { text += "export DRAFT_CONNECT_PID=\(child.pid)\n" }
      try Standard.output(text)
      if child.goesOn { call.say("Connected in the background; 'kill \(child.pid)' ends it") }
      return failed == 0 ? .done : .failed
    } catch let end as DetachedEnded {
      call.pass((try? Files.readText(log)) ?? "")
      return ExitCode(rawValue: end.status) ?? .failed
    }
  }
}

import Attach
import Command
import Images
import Records
import Releases
import Settings

@main struct Entry {
  static func main() {
    Command(
      name: "draft-logs", summary: "print the log of a build, or the logs of an application", operands: "[BUILD]",
      reads: Flow("the current directory, or a record", ["app", "image", "release"]), writes: "the log",
      options: [
        Option(
          "application", "a", value: Option.Value("NAME", .release),
          help: "the name or the directory of the application"),
        Option("follow", "f", help: "follow the logs of its pods, across restarts and releases"),
        Option("pods", help: "print the logs of its pods, and exit"),
        Option("previous", help: "print the logs from before the last restart of each container"),
        .container, .tail(default: "all; with --follow 10"), .environment, .kubeContext, .namespace, .engine
      ],
      examples: [
        "draft logs --follow", "draft up -q | draft logs --tail 20", "draft logs -a web --namespace staging --pods"
      ]
    ).run { call in
      let arguments = call.arguments, follows = arguments.has("follow"), previous = arguments.has("previous")
      let ofPods = follows || previous || arguments.has("pods")
      guard arguments.operands.count <= (ofPods ? 0 : 1) else {
        throw UsageError(
          ofPods ? "pods do not keep logs by build" : "draft-logs takes one build", hint: "try 'draft-logs --help'")
      }
      guard !follows || !previous else {
        throw UsageError("the logs of an earlier run cannot be followed", hint: "leave out --follow or --previous")
      }
      let tail = try arguments["tail"].map { text in
        guard let lines = Int(text), lines >= 0 else {
          throw UsageError("option '--tail' takes a number of lines, not '\(text)'")
        }
        return lines
      }
      let records = try subjects(named: arguments["application"], call: call)
      guard !follows || records.count <= 1 else {
        throw UsageError("one application can be followed at a time, not \(records.count)")
      }
      for record in records {
        let app = try record.required(App.self)
        if !ofPods {
          let build = try arguments.operands.first ?? record.member(Image.self)?.tag
          try Standard.output(bytes: StoredLog(of: app.name, build: build, home: Home()).text(lastLines: tail))
          continue
        }
        let settings = try Settings(for: app, call: call, needsSource: false)
        let selection = LogSelection(container: arguments["container"], tail: tail ?? (follows ? 10 : nil))
        let placed = settings.place(app), release: Release? = try record.member()
        if follows {
          try followLogs(of: placed, release: release, selection, settings: settings, call: call)
        } else {
          try logs(of: placed, release: release, selection, previous: previous, settings: settings, call: call)
        }
      }
      return .done
    }
  }
}

import Checks
import Command
import Records
import Releases
import Remote
import Settings

@main struct Entry {
  static func main() {
    Command(
      name: "draft-target", summary: "show where a release would go", operands: "[DIRECTORY...]",
      reads: Flow("directories, or records with 'app'", ["app"]),
      writes: Flow("the same records with 'target'", ["target"]),
      options: [
        .environment, .kubeContext, .namespace, .engine,
        Option(
          "check",
          help:
            "check that everything a release needs is in place; set 'target' if it replaces a release of someone else"
        ),
        Option("skip-image-push", help: "with --check: the cluster already has the image"),
        Option(
          "take-over",
          help: "with --check: an existing release that draft did not make, or that has another chart, will be replaced"
        ),
        Option("remote", value: "PLACE", help: "with --check: the server at PLACE will build, push and release"),
        Option("auto-connect", help: "with --check: local ports will be forwarded"),
        Option(
          "no-auto-connect",
          help: "with --check: no ports will be forwarded, even if draft.toml has 'auto-connect = true'")
      ],
      examples: [
        "draft target --check . | draft pack | draft build | draft push | draft release", "draft target -e staging",
        "draft target */ -o record | jq -r '[.app.name, .target.context, .target.namespace] | @tsv'"
      ]
    ).runReport(
      begin: { directory, call in try Project.begin(directory: directory, call: call) },
      words: { $0.has(Target.name) ? try targetText($0) : "" }
    ) { record, call in
      if call.arguments.has("check") {
        let settings = try Settings(for: record.required(), call: call)
        if let place = call.arguments["remote"] {
          try requireRemote(record, at: place, settings: settings, call: call)
          return .done
        }
        guard
          let by = try require(
            record, pushes: !call.arguments.has("skip-image-push"), takesOver: call.arguments.has("take-over"),
            settings: settings, home: Home(), call: call)
        else { return .done }
        // Reported now, so that draft-release does not report it again.
        var found = try target(record, versions: false, call: call)
        found.replaces = by
        record.set(found)
        return .done
      }
      var found = try target(record, call: call)
      lookAtServer(try Settings(for: record.required(), call: call), &found)
      record.set(found)
      return .done
    }
  }
}

import Command
import Records
import Releases
import Remote
import Settings

@main struct Entry {
  static func main() {
    Command(
      name: "draft-target", summary: "show where a release would go", operands: "[DIRECTORY...]",
      reads: "directories, or records with 'app'", writes: "the same records with 'target'",
      options: [
        .environment, .kubeContext, Option("namespace", value: "NAME", help: "the namespace to release to"),
        .runsByEngine,
      ],
      examples: ["draft target -e staging", "draft target */ -o record | jq -r '[.app.name, .target.context, .target.namespace] | @tsv'"]
    ).runReport(begin: { directory, call in try Project.begin(directory: directory, call: call) }, words: { try targetText($0) }) { record, call in
      var found = try target(record, call: call)
      lookAtServer(try Settings(for: record.required(), call: call), &found)
      record.set(found)
      return .done
    }
  }
}

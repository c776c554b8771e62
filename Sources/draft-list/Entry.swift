import Command
import Records
import Releases
import Settings

@main struct Entry {
  static func main() {
    Command(
      name: "draft-list", summary: "list the releases in a cluster, or in podman on this machine",
      writes: Flow("a record with 'app' and 'release' for each", ["app", "release"]),
      options: [
        .environment, .kubeContext, .namespace, .engine, .allNamespaces,
        Option("all", "a", help: "also list releases that draft did not make"),
        .output, .quiet
      ],
      examples: [
        "draft list | draft status",
        "draft list -A -o record | jq -r 'select(.release.status != \"deployed\") | .app.name'"
      ]
    ).run { call in
      guard call.arguments.operands.isEmpty else {
        throw UsageError(
          "draft-list takes no operand", hint: "'draft status NAME' shows one release; use grep or jq to select")
      }
      let settings = try Project.settings(call: call)
      let records = try list(
        everywhere: call.arguments.has("all-namespaces"), all: call.arguments.has("all"), settings: settings, call: call
      )
      if call.writesRecords {
        let writer = RecordWriter()
        for record in records { try writer.write(record) }
      } else {
        try Standard.output(listTable(records))
      }
      return records.contains { $0.has(Failure.name) } ? .failed : .done
    }
  }
}

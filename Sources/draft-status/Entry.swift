import Command
import Records
import Releases
import Settings

@main struct Entry {
  static func main() {
    Command(
      name: "draft-status", summary: "show the status of a release: workloads, pods and URLs",
      operands: "[NAME|DIRECTORY...]",
      reads: Flow("names of releases, directories, or records with 'app'", ["app", "release"]),
      writes: Flow(
        "the same records with 'release' and 'status'; exits 1 if one of them is not healthy", ["release", "status"]),
      options: [
        .environment, .kubeContext, .namespace, .engine
      ],
      examples: [
        "draft list | draft status",
        "draft status -o record web | jq -r '.status.pods[] | select(.ready | not) | .reason'"
      ]
    ).runReport(
      begin: { operand, call in try subject(operand, call: call) }, ahead: { askAhead(status: $0, call: $1) },
      words: { try statusText($0) }
    ) { record, call in
      try status(&record, call: call) ? .done : .failed
    }
  }
}

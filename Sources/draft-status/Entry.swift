import Command
import Records
import Releases
import Settings

@main struct Entry {
  static func main() {
    Command(
      name: "draft-status", summary: "show how a release is doing: its workloads, its pods, and where it answers", operands: "[NAME|DIRECTORY...]",
      reads: "names of releases, directories, or records with 'app'", writes: "the same records with 'release' and 'status'; exits 1 when one is not well",
      options: [
        .environment, Option("kube-context", value: "NAME", help: "the kube context to look in"),
        Option("namespace", value: "NAME", help: "the namespace to look in"),
        .runsByEngine,
      ],
      examples: ["draft list | draft status", "draft status -o record web | jq -r '.status.pods[] | select(.ready | not) | .reason'"]
    ).runReport(
      begin: { operand, call in try subject(operand, call: call) }, ahead: { askAhead(status: $0, call: $1) }, words: { try statusText($0) }
    ) { record, call in
      try status(&record, call: call) ? .done : .failed
    }
  }
}

// Reads: names of releases, directories. Writes: app.
import Command
import Releases

@main struct Entry {
  static func main() {
    Command(
      name: "draft-line", summary: "write the first record of an application", operands: "[NAME|DIRECTORY...]",
      reads: "names of releases, or directories; passes records on unchanged", writes: "a record with 'app' for each",
      options: [.app, .environment, .kubeContext, .namespace],
      examples: ["draft line */ | draft pack -j 4", "draft line -e staging web | draft status"]
    ).runStage(begin: { operand, call in try subject(operand, call: call) }) { _, _ in }
  }
}

// Reads: app. Writes: the member named by the first operand.
import Command
import Settings

@main struct Entry {
  static func main() {
    Command(
      name: "draft-each", summary: "run a program for each record: a stage in three lines of sh",
      operands: Operands("NAME [DIRECTORY...] -- COMMAND [ARGUMENT...]", first: .text, .directory),
      reads: "records with 'app', or directories",
      writes: "the same records, with the output of COMMAND, a JSON value, as the member NAME", options: [.environment],
      examples: [
        "draft line ~/src/web | draft each lines -- sh -c 'cat \"$DRAFT_APP_DIR\"/*.py | wc -l'",
        "draft pack */ | draft each -j 4 size -- jq .context.size | jq -r '[.app.name, .size] | @tsv'"
      ], passesSynced: true
    ).runStage(
      begin: Project.begin,
      parts: { call in
        let plugin = try Plugin(call.arguments)
        return (plugin.name, plugin.directories)
      }
    ) { record, call in try each(&record, run: Plugin(call.arguments), call: call) }
  }
}

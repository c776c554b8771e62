import Checks
import Command
import Records
import Settings

@main struct Entry {
  static func main() {
    Command(
      name: "draft-doctor", summary: "check that everything draft needs is in place", operands: "[DIRECTORY]",
      reads: "the settings of the directory (default: the current one)",
      writes: Flow("the result of each check, or a record with 'doctor'", ["app", "doctor"]),
      options: [
        .environment, .kubeContext, .namespace, .engine, .output
      ],
      examples: ["draft doctor", "draft doctor -o record | jq -r '.doctor.checks[] | select(.state != \"ok\") | .hint'"]
    ).run { call in
      guard call.arguments.operands.count <= 1 else {
        throw UsageError("draft-doctor takes one directory", hint: "try 'draft-doctor --help'")
      }
      let asRecord = call.writesRecords
      let directory = call.arguments.operands.first ?? "."
      // Outside an application, check only what every application needs.
      let isApplication = !call.arguments.operands.isEmpty || ["draft.toml", "Dockerfile"].contains(where: Files.exists)
      var record = try Project.begin(directory: directory, call: call)
      let app: App = try record.required(), settings = try Settings(for: app, call: call)
      let found = doctor(isApplication ? settings.place(app) : nil, settings: settings, home: try Home(), call: call)
      record.set(found)
      if asRecord { try RecordWriter().write(record) } else { try Standard.output(text(found)) }
      return found.checks.contains { $0.state == .failure } ? .failed : .done
    }
  }

  private static func text(_ doctor: Doctor) -> [Piece] {
    doctor.checks.flatMap { check in
      let state = check.state.rawValue + String(repeating: " ", count: 9 - check.state.rawValue.count)
      let name = check.name + String(repeating: " ", count: max(1, 10 - check.name.count))
      let hint = check.hint.map { String(repeating: " ", count: 19) + $0.harmless + "\n" } ?? ""
      let colored: Piece =
        switch check.state {
        case .ok: .green(state);
        case .warning: .yellow(state);
        case .failure: .red(state)
        }
      return [colored, .text(name + check.message.harmless + "\n" + hint)]
    }
  }
}

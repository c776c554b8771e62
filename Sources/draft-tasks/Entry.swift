import Command
import Records
import Releases
import Settings
import Tasks

@main struct Entry {
  static func main() {
    Command(
      name: "draft-tasks", summary: "run the tasks of an application before or after its release",
      operands: "[DIRECTORY...]",
      reads: Flow("records with 'app', or directories", ["app", "image", "release", "tasks"]),
      writes: Flow("the same records, with 'tasks' if tasks were run", ["tasks"]),
      options: [
        .environment, .kubeContext, .engine,
        Option("pre-up", help: "run the tasks that come before the build (the default for a record without 'release')"),
        Option(
          "post-deploy",
          help: "run the tasks for every pod of the release (with --post-up, the default for a record with 'release')"),
        Option("post-up", help: "run the tasks that come after the release"),
        Option("cleanup", help: "run the tasks that come after the release has been deleted")
      ],
      examples: [
        "draft tasks --pre-up . | draft pack | draft build | draft push | draft release | draft tasks --post-deploy "
          + "--post-up",
        "draft watch . | draft tasks --pre-up | draft pack | draft build | draft push | draft release"
      ], passesSynced: true
    ).runStage(begin: { directory, call in try Project.begin(directory: directory, call: call) }) { record, call in
      let app: App = try record.required()
      try UpLock.hold(app)
      let settings = try Settings(for: app, call: call)
      let release = try record.member(Release.self), image = try record.member(Image.self)
      var tables = TaskFile.Table.allCases.filter { call.arguments.has($0.rawValue) }
      if tables.isEmpty { tables = release == nil ? [.preUp] : [.postDeploy, .postUp] }
      let isAfter = tables.allSatisfy { $0 == .postDeploy || $0 == .postUp }
      let ran = try tasks(
        tables, of: app, image: image, release: isAfter ? release : nil, settings: settings, home: Home(),
        context: { try Engine(settings: settings, call: call).context }, call: call)
      guard let ran else { return }
      record.set(try record.member(Tasks.self)?.adding(ran) ?? ran)
    }
  }
}

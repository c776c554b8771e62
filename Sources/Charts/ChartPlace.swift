import Archives
import Command
import Records
import Settings

/// The path of an application's chart, relative to its directory. All that packs or writes a chart uses this rule.
///
/// It is the directory in the setting `chart`, whether or not it has a chart yet. Otherwise it is the first with a
/// Chart.yaml of: `charts/NAME`, the others in `charts/` by name, `charts` itself; and the former places `chart` and
/// its subdirectories.
/// - Returns: nil if there is none.
/// - Throws: ``ArchiveError/outside(setting:path:directory:)`` if it leads out of the directory.
public func chartPlace(_ app: App, settings: Settings) throws -> String? {
  if let named = settings.chart { return named }
  let today = ["charts/\(app.name)"] + children("charts", of: app.dir) + ["charts"]
  let candidates = today + ["chart"] + children("chart", of: app.dir)
  guard let found = candidates.first(where: { isChart($0, of: app) }) else { return nil }
  _ = try confined("chart", found, in: app.dir)
  return found
}

/// Whether there is a chart at a path of the application.
public func isChart(_ place: String, of app: App) -> Bool { Files.exists("\(app.dir)/\(place)/Chart.yaml") }

private func children(_ parent: String, of directory: String) -> [String] {
  let names = (try? Files.list("\(directory)/\(parent)")) ?? []
  return names.map { "\(parent)/\($0)" }.filter { Files.isDirectory("\(directory)/\($0)") }
}

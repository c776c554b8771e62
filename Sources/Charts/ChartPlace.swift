import Archives
import Command
import Records
import Settings

/// Where an application's chart is, relative to its directory: the one rule, for what packs a chart and for what
/// writes one.
///
/// The directory that the setting `chart` names, chart or not yet. Else the one with a Chart.yaml that comes first of:
/// `charts/NAME`, the others in `charts/` by name, `charts` itself; and where Draft kept charts once, `chart` and those
/// in it.
/// - Returns: nil when there is none.
/// - Throws: ``ArchiveError/outside(setting:path:directory:)`` for a place that leads out of the directory.
public func chartPlace(_ app: App, settings: Settings) throws -> String? {
  if let named = settings.chart { return named }
  let today = ["charts/\(app.name)"] + children("charts", of: app.dir) + ["charts"]
  let candidates = today + ["chart"] + children("chart", of: app.dir)
  guard let found = candidates.first(where: { isChart($0, of: app) }) else { return nil }
  _ = try confined("chart", found, in: app.dir)
  return found
}

/// Whether there is a chart in a place of the application.
public func isChart(_ place: String, of app: App) -> Bool { Files.exists("\(app.dir)/\(place)/Chart.yaml") }

private func children(_ parent: String, of directory: String) -> [String] {
  let names = (try? Files.list("\(directory)/\(parent)")) ?? []
  return names.map { "\(parent)/\($0)" }.filter { Files.isDirectory("\(directory)/\($0)") }
}

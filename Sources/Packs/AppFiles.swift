import Command
import Glibc
import Records
import Settings

/// What an application has already of what a scaffold would give it.
public struct AppFiles: Sendable {
  /// Relative to the application's directory; nil when there is none.
  public var chart: String?
  public var dockerfile: String?
  /// Where the chart goes if there is none, and where the Dockerfile does.
  public let newChart: String
  public let newDockerfile: String

  public init(_ app: App, settings: Settings) {
    let isThere = { (path: String) -> Bool in AppFiles.exists("\(app.dir)/\(path)") }
    newChart = settings.chart ?? "charts/\(app.name)"
    newDockerfile = settings.dockerfile
    // A directory that draft.toml names is the one, chart or not yet.
    let candidates = settings.chart.map { [$0] } ?? AppFiles.charts(app.dir)
    chart = candidates.first { isThere("\($0)/Chart.yaml") }
    var names = [settings.dockerfile]
    if settings.source(of: "dockerfile") == "default" { names.append("Containerfile") }
    dockerfile = names.first(where: isThere)
  }

  /// Whether there is nothing left that only a pack can give.
  public var needNoPack: Bool { chart != nil && dockerfile != nil }

  /// Where charts are found: in today's place, flat in it, and in those of earlier times.
  private static func charts(_ directory: String) -> [String] {
    ["charts", "chart"].flatMap { parent in ((try? Files.list("\(directory)/\(parent)")) ?? []).map { "\(parent)/\($0)" } + [parent] }
  }

  /// Whether the name is taken, be it by a link that leads nowhere.
  static func exists(_ path: String) -> Bool {
    var status = stat()
    return lstat(path, &status) == 0
  }
}

import Archives
import Charts
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

  /// Throws `ArchiveError` for a chart that leads out of the application's directory.
  public init(_ app: App, settings: Settings) throws {
    let isThere = { (path: String) -> Bool in AppFiles.exists("\(app.dir)/\(path)") }
    newChart = settings.chart ?? "charts/\(app.name)"
    newDockerfile = settings.dockerfile
    chart = try chartPlace(app, settings: settings).flatMap { isChart($0, of: app) ? $0 : nil }
    var names = [settings.dockerfile]
    if settings.source(of: "dockerfile") == "default" { names.append("Containerfile") }
    dockerfile = names.first(where: isThere)
  }

  /// Whether there is nothing left that only a pack can give.
  public var needNoPack: Bool { chart != nil && dockerfile != nil }

  /// Whether the name is taken, be it by a link that leads nowhere.
  static func exists(_ path: String) -> Bool {
    var status = stat()
    return lstat(path, &status) == 0
  }
}

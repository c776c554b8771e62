import Archives
import Charts
import Command
import Glibc
import Records
import Settings

/// The files that a scaffold would create and the application already has.
public struct AppFiles: Sendable {
  /// Relative to the application's directory; nil if there is none.
  public var chart: String?
  public var dockerfile: String?
  /// Where to create the chart and the Dockerfile.
  public let newChart: String
  public let newDockerfile: String

  /// Throws `ArchiveError` if the chart is outside the application's directory.
  public init(_ app: App, settings: Settings) throws {
    let isThere = { (path: String) -> Bool in AppFiles.exists("\(app.dir)/\(path)") }
    newChart = settings.chart ?? "charts/\(app.name)"
    newDockerfile = settings.dockerfile
    chart = try chartPlace(app, settings: settings).flatMap { isChart($0, of: app) ? $0 : nil }
    var names = [settings.dockerfile]
    if settings.source(of: "dockerfile") == "default" { names.append("Containerfile") }
    dockerfile = names.first(where: isThere)
  }

  /// Whether the application needs nothing from a pack.
  public var needNoPack: Bool { chart != nil && dockerfile != nil }

  /// Whether the name exists, even as a broken link.
  static func exists(_ path: String) -> Bool {
    var status = stat()
    return lstat(path, &status) == 0
  }
}

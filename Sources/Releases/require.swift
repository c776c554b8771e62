import Archives
import Charts
import Command
import Podman
import Records
import Settings

/// Checks what a release needs of this machine by looking at files and PATH, and whose release it would replace, which
/// is one query. Another process is started only if a port is taken that may be the application's own.
///
/// Throws ``ReleaseError``, ``ProgramMissing``, and errors of the settings.
/// - Parameters:
///   - hasImage: whether a registry has the image, or the cluster has it from elsewhere.
///   - chart: the name of the record's chart, if it has one already.
///   - takesOver: a release that is there may be replaced whose ever it is.
/// - Returns: whose release exists, if not ours.
public func requireForRelease(
  _ app: App, settings: Settings, hasImage: Bool, chart: String?, takesOver: Bool, call: Call
) throws -> String? {
  let engine = try Engine(settings: settings, call: call)
  guard Child.find(engine.name) != nil else { throw ProgramMissing(program: engine.name) }
  let chart = try chart ?? requireChart(app, settings: settings)
  if !hasImage { try engine.requireSharedStore() }
  try engine.requirePorts(settings.place(app), settings: settings)
  return try checkStanding(app, chart: chart, takesOver: takesOver, settings: settings, call: call)
}

/// Throws ``ReleaseError/noChart(directory:)``.
/// - Returns: the chart's name.
@discardableResult
func requireChart(_ app: App, settings: Settings) throws -> String {
  guard let name = try chartName(app, settings: settings) else { throw ReleaseError.noChart(directory: app.dir) }
  return name
}

extension Engine {
  /// Without a registry an image stays in this machine's store. A cluster on this machine may share it; others cannot.
  func requireSharedStore() throws(ReleaseError) {
    if case .helm(let context) = self, !context.isPlainlyLocal { throw .noSharedStore(context: context.name) }
  }

  /// The local ports requested by the user: for podman, or for draft-connect.
  func requirePorts(_ app: App, settings: Settings) throws {
    guard self == .podman || settings.autoConnect else { return }
    let wanted = settings.overridePorts.compactMap { $0.split(separator: ":").first.flatMap { Int($0) } }
    let taken = wanted.filter { !Loopback.canBind($0) }
    guard let first = taken.first else { return }
    guard self == .podman else { throw PortError.taken(port: first) }
    let ours = try PodmanState.read(app).current?.ports.map(\.host) ?? []
    if let port = taken.first(where: { !ours.contains($0) }) { throw PortError.taken(port: port) }
  }
}

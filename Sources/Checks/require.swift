import Archives
import Charts
import Command
import Records
import Registry
import Releases
import Remote
import Settings

/// Checks before `draft up` starts what it will need at its end: the builder, helm, podman, the chart, the kube
/// context, a registry or a store shared with the cluster, a login, ports. Looks at files and PATH; a registry is asked
/// only if there is no login and nothing was pushed to it before.
///
/// Throws the error that a later stage would report for the first missing thing.
/// - Parameters:
///   - pushes: false if draft-push is left out because the cluster has the image.
///   - takesOver: a release that is there may be replaced whose ever it is.
/// - Returns: whose release exists, if not ours.
public func require(_ record: Record, pushes: Bool, takesOver: Bool, settings: Settings, home: Home, call: Call) throws
  -> String?
{
  let app = try record.required(App.self), image = try record.member(Image.self)
  if image == nil { try requireBuilder(settings) }
  let hasImage = !pushes || hasRegistry(image, settings: settings)
  let chart = try record.member(Chart.self)?.name
  let by = try requireForRelease(
    app, settings: settings, hasImage: hasImage, chart: chart, takesOver: takesOver, call: call)
  if pushes { try requireLogin(app.name, settings: settings, home: home, call: call) }
  return by
}

/// The same for a server that builds, pushes and releases: checks the chart, which is sent to it, and that the server
/// can be reached and used.
public func requireRemote(_ record: Record, at place: String, settings: Settings, call: Call) throws {
  let app = try record.required(App.self)
  if try record.member(Chart.self) == nil, try chartName(app, settings: settings) == nil {
    throw ReleaseError.noChart(directory: app.dir)
  }
  try requireServer(place, settings: settings, namespace: settings.namespace, call: call)
}

/// Throws ``ProgramMissing``.
func requireBuilder(_ settings: Settings) throws {
  let name = settings.builder, program = ["buildah", "podman", "docker"].contains(name) ? name : "draft-builder-\(name)"
  guard Child.find(program) != nil else { throw ProgramMissing(program: program) }
}

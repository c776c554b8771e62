import Archives
import Charts
import Command
import Records
import Registry
import Releases
import Remote
import Settings

/// What `draft up` will need at its end, before it begins: the builder, helm, podman, the chart, the kube context, a registry or a store
/// that the cluster shares, a login, ports. By files and PATH: a registry is asked only where nobody has logged in to it and nothing was
/// pushed to it before.
///
/// Throws the first thing that is not there, in the words of the stage that would have met it.
/// - Parameters:
///   - pushes: false where draft-push is left out, because the cluster has the image.
///   - takesOver: a release that is there may be replaced whose ever it is.
/// - Returns: by whom the release is that is there, when that is somebody else.
public func require(_ record: Record, pushes: Bool, takesOver: Bool, settings: Settings, home: Home, call: Call) throws -> String? {
  let app = try record.required(App.self), image = try record.member(Image.self)
  if image == nil { try requireBuilder(settings) }
  let hasImage = !pushes || hasRegistry(image, settings: settings)
  let chart = try record.member(Chart.self)?.name
  let by = try requireForRelease(app, settings: settings, hasImage: hasImage, chart: chart, takesOver: takesOver, call: call)
  if pushes { try requireLogin(app.name, settings: settings, home: home, call: call) }
  return by
}

/// The same where a server builds, pushes and releases: the chart, which is sent to it, and that it can be reached and used.
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

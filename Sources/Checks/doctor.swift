import Command
import Records
import Registry
import Repositories
import Releases
import Remote
import Settings

/// Checks everything an application and its charts need on their way to a cluster, and says how each is and what to do.
/// Changes nothing.
/// - Parameter app: the application in the directory; nil checks what every application needs.
public func doctor(_ app: App?, settings: Settings, home: Home, call: Call) -> Doctor {
  var checks = [checkHome(home), checkBuilder(settings)]
  if let ids = checkSubordinateIDs(settings) { checks.append(ids) }
  checks.append(checkGit())
  checks += checkWatches(app, settings, home: home)
  checks += checkRepositories(call)
  if let credentials = checkCredentials(home) { checks.append(credentials) }
  checks.append(checkGPG())
  checks.append(checkRegistry(app?.name ?? "draft", settings: settings, call: call))
  checks += checkEngine(app, settings: settings, call: call)
  if let server = checkServer(settings, call: call) { checks.append(server) }
  return Doctor(checks: checks)
}

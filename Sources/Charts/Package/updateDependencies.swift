import Command
import Glibc
import Records

/// Updates charts/ of a chart: from the lock if there is one, else from Chart.yaml. A chart in a directory (`file://…`)
/// is packed from there; the others are fetched.
/// - Parameter fetch: fetches all of them with helm; called if one that is not in a directory is missing.
/// - Throws: ``ChartError``.
package func updateDependencies(
  _ directory: String, repositories: [String: String], order: PackageOrder, above: [String] = [],
  fetch: (String) throws -> Void
) throws {
  let chart = try LoadedChart(path: directory)
  if chart.isLockCurrent(repositories: repositories) == false {
    throw ChartError.staleLock(path: directory, file: chart.lock?.file ?? "Chart.lock")
  }
  let here = try Files.resolve(directory)
  guard !above.contains(here), above.count < ChartLimits.depth else {
    throw ChartError.badDependency(path: directory, name: chart.metadata.name, reason: "it depends on itself")
  }
  for declared in chart.metadata.dependencies {
    let locked =
      chart.lock?.dependencies.first {
        $0.name == declared.name && $0.repository == declared.resolved(repositories).repository
      } ?? declared
    if let place = declared.localPath {
      let source = place.hasPrefix("/") ? place : directory + "/" + place
      func bad(_ reason: String) -> ChartError { .badDependency(path: directory, name: declared.name, reason: reason) }
      guard Files.exists(source + "/Chart.yaml") else { throw bad("'\(source)' is not a chart: it has no Chart.yaml") }
      // A chart in a directory has only one version, which must match.
      try updateDependencies(source, repositories: repositories, order: order, above: above + [here], fetch: fetch)
      var inner = order
      (inner.version, inner.appVersion, inner.key, inner.update, inner.destination) = (
        nil, nil, nil, nil, directory + "/charts"
      )
      let found = try LoadedChart(path: source).metadata
      guard found.name == declared.name else { throw bad("the chart in '\(source)' is called '\(found.name)'") }
      guard let version = Version(found.version), VersionConstraint(locked.version)?.admits(version) ?? false else {
        throw bad("'\(source)' has version \(found.version), not \(locked.version)")
      }
      let made = try packageChart(source, by: inner).chart.payload.path
      try removeOthers(of: declared.name, than: made, in: directory + "/charts")
    } else if ![.ok, .unpacked].contains(chart.state(of: locked)), !declared.repository.isEmpty {
      return try fetch(directory)
    }
  }
}

/// Removes other versions of an archive, as helm does.
private func removeOthers(of name: String, than path: String, in directory: String) throws {
  for file in try Files.list(directory)
  where file.hasPrefix(name + "-") && file.hasSuffix(".tgz") && !path.hasSuffix("/" + file) {
    let bytes = Array(file.utf8), version = bytes[(name.utf8.count + 1)..<(bytes.count - 4)]
    guard Version(String(decoding: version, as: UTF8.self)) != nil else { continue }
    unlink(directory + "/" + file)
  }
}

import Charts
import Cluster
import Command
import Helm
import Records
import Settings

/// The chart of a release as helm has stored it, in a directory that lasts as long as the process, and what the release
/// was given.
/// - Parameter name: of the release, in the place that the settings select.
/// - Returns: the directory, what helm calls the chart (`web-0.1.0`), and the values.
/// - Throws: ``HelmError``, ``ReleaseError`` for one of podman.
package func releasedChart(_ name: String, call: Call) throws -> (path: String, chart: String, given: ReleaseValues) {
  guard Name.isRelease(name) else { throw ReleaseError.badName(name) }
  let settings = try Project.settings(call: call)
  var record = Record()
  record.set(line(name, namespace: settings.namespace, settings: settings))
  let subject = try Subject(record, call: call, reading: true)
  guard case .helm(let context) = subject.engine else {
    throw ReleaseError.notKept(name: name, engine: "podman")
  }
  let stored = try HelmStorage(context: context, call: call).read(name, namespace: subject.namespace)
  let chart = try StoredChart(stored, isPart: true)
  if chart.lacksSubcharts {
    call.warn("the sub-charts of release '\(name)' are not known: helm stores only their names")
  }
  let directory = try Temporary.directory() + "/chart"
  try chart.write(to: directory)
  return (
    directory, stored.chart,
    ReleaseValues(
      release: "\(subject.namespace)/\(name)", values: stored.config.object == nil ? .object([]) : stored.config)
  )
}

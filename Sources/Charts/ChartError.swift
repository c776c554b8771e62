/// What can be wrong with a chart, a version, a reference or a dependency. Messages: `ChartError+Diagnosis.swift`.
package enum ChartError: Error, Equatable, Sendable {
  /// No such file or directory.
  case missing(path: String)
  /// A file where a chart's directory is needed.
  case notADirectory(path: String)
  /// The version in an option.
  case badVersion(String, reason: String)
  /// A text that is no reference to a chart.
  case badReference(String, reason: String)
  /// There is no Chart.yaml.
  case notAChart(path: String)
  /// A file of a chart says what it may not; `line` is 0 if no single line is at fault.
  case bad(file: String, line: Int, reason: String)
  /// Beyond one of ``ChartLimits``; `what` is `has more than …`.
  case tooLarge(path: String, what: String)
  /// A file or member that has no place in a chart: a link out of it, a device, a path with `..`.
  case hostile(path: String, member: String, reason: String)
  /// What is in charts/ is not a chart.
  case badSubchart(path: String, name: String, reason: String)
  /// Dependencies that charts/ lacks.
  case missingDependencies(path: String, names: [String])
  /// The lock was made of other dependencies than are declared.
  case staleLock(path: String, file: String)
  /// A dependency from a directory that does not have what was asked for.
  case badDependency(path: String, name: String, reason: String)
  /// The values of a sub-chart are no mapping; the value as helm prints it.
  case mistyped(chart: String, value: String)
  case notSigned(path: String, reason: String)
  case notVerified(path: String, reason: String)
  case badKeyring(path: String, reason: String)
  /// A template that does not parse, in Go's words.
  case badTemplate(file: String, line: Int, reason: String)
}

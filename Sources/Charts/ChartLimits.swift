/// The limits for charts, also listed in draft-package(1). A chart beyond them is rejected as bad data.
package enum ChartLimits {
  /// Bytes of one file, as in helm.
  package static let file = 5 << 20
  /// Bytes of all files, sub-charts and what their archives unpack to included, as in helm.
  package static let total = 100 << 20
  /// Files and directories, those of sub-charts included.
  package static let entries = 20_000
  /// Sub-charts within sub-charts.
  package static let depth = 16
  /// Bytes of the path of a file in its chart.
  package static let path = 1_000
}

import Charts
import Command
import Contexts
import Glibc
import Records
import Settings

/// Packs the build context and the chart of an application into tarballs in the draft home.
///
/// - Parameters:
///   - call: where warnings go; nil leaves them out.
/// - Returns: the chart is nil when the application has none, which draft-release is the one to complain about.
/// - Throws: ``ArchiveError``, with nothing half-written left behind.
public func pack(_ app: App, settings: Settings, home: Home, call: Call? = nil) throws -> (context: Context, chart: Chart?) {
  (try packContext(app, settings: settings, home: home, call: call), try packChart(app, settings: settings, home: home))
}

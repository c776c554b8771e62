import Charts
import Command
import Contexts
import Glibc
import Records
import Settings

/// Packs the build context and the chart of an application into tarballs in the draft home.
///
/// - Parameters:
///   - call: for warnings; nil suppresses them.
/// - Returns: the chart is nil if the application has none; draft-release reports that.
/// - Throws: ``ArchiveError``; no unfinished files are left behind.
public func pack(_ app: App, settings: Settings, home: Home, call: Call? = nil) throws -> (
  context: Context, chart: Chart?
) {
  (try packContext(app, settings: settings, home: home, call: call), try packChart(app, settings: settings, home: home))
}

import Charts
import Command
import Records
import Settings

/// Where charts are copied to.
package struct CopyOrder: Sendable {
  /// A directory.
  let target: String
  /// A file of public keys, instead of the user's own.
  let keyring: String?
  let home: Home

  /// - Throws: `UsageError` for a target that charts are not copied to.
  package init(target: String, keyring: String?, home: Home) throws {
    guard !target.contains("://") else {
      throw UsageError(
        "charts are copied to directories, not to '\(target)'", hint: "copy them to a directory and publish that")
    }
    (self.target, self.keyring, self.home) = (target, keyring, home)
  }
}

/// Copies the archive of a chart, and its provenance if it has one, byte for byte. The provenance is checked first;
/// what is published is not written over.
/// - Returns: as ``fetch(_:named:by:call:)``, and where it is now.
package func copyChart(_ reference: String, by order: CopyOrder, call: Call) throws -> (
  chart: Chart, fetch: Fetch, place: String
) {
  var how = FetchOrder(
    destination: order.target, untar: false, verify: false, keyring: order.keyring, home: order.home)
  how.copies = true
  let done = try fetch(ChartReference(reference), named: reference, by: how, call: call)
  return (done.chart, done.fetch, done.chart.payload.path)
}

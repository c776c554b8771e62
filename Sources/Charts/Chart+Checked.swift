import Archives
import Contexts
import Records

extension Chart {
  /// The chart with the name and versions from its tarball, whatever the record says.
  /// - Throws: ``ArchiveError`` if the tarball is missing, is not a chart, or does not match the record.
  public func checked() throws -> Chart {
    try payload.verify()
    var chart = try Charts.chart(in: payload.path)
    guard chart.payload.digest == payload.digest else { throw ArchiveError.payloadDiffers(path: payload.path) }
    chart.payload = payload
    return chart
  }
}

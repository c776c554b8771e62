import Archives
import Contexts
import Records

extension Chart {
  /// The chart with the name and the versions that are in its tarball, whatever the record says of them.
  /// - Throws: ``ArchiveError`` when the tarball is not there, is no chart, or not what the record says.
  public func checked() throws -> Chart {
    try payload.verify()
    var chart = try Charts.chart(in: payload.path)
    guard chart.payload.digest == payload.digest else { throw ArchiveError.payloadDiffers(path: payload.path) }
    chart.payload = payload
    return chart
  }
}

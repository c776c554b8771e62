import Charts
import Command
import OCI
import Records
import Settings

/// The record of a new release of a chart without an application: it gets the values of files and no others.
/// - Parameters:
///   - chart: a directory, which is packed now, or an archive or a reference, to be fetched.
///   - files: values files.
/// - Throws: ``ReleaseError/badName(_:)``, and what packing throws.
public func newRelease(of chart: String, name: String, files: [String], home: Home, call: Call) throws -> Record {
  var record = try subject(named: name, changing: true, call: call)
  let values = try files.map { file in
    let path = try Files.resolve(file)
    return Values.File(path: path, digest: SHA256.digest(try Files.read(path)), source: "--values")
  }
  record.set(Values([], files: values, exact: true))
  guard Files.isDirectory(chart) else {
    record.set(Fetch(reference: Files.exists(chart) ? try Files.resolve(chart) : chart))
    return record
  }
  let packed = try localChart(directory: chart, home: home, call: call)
  record.set(packed.chart)
  record.set(packed.origin)
  return record
}

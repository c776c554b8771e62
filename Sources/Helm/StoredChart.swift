import Cluster
import Command
import Records

/// The chart of a stored release, as a directory that helm takes.
///
/// Helm stores Chart.yaml and the values as JSON, which is valid YAML, and other files as they are. It does not store
/// subcharts: a release that has some cannot be made again from what is stored.
package struct StoredChart {
  package private(set) var files: [(path: String, content: [UInt8])] = []
  /// Whether it had sub-charts.
  package private(set) var lacksSubcharts = false

  /// - Parameter isPart: whether it will do without its sub-charts.
  package init(_ stored: StoredRelease, isPart: Bool = false) throws(HelmError) {
    func unreadable(_ reason: String) -> HelmError { .unreadableRelease(name: stored.name, reason: reason) }
    guard let chart = stored.json["chart"], let metadata = chart["metadata"], metadata.object != nil,
      !stored.chartName.isEmpty
    else { throw unreadable("it holds no chart") }
    let made = ["\(stored.state.manifest)"] + (stored.json["hooks"]?.array ?? []).compactMap { $0["path"]?.string }
    lacksSubcharts =
      !(metadata["dependencies"]?.array?.isEmpty ?? true)
      || made.contains { $0.contains("\(stored.chartName)/charts/") }
    guard isPart || !lacksSubcharts else { throw .subchartsLost(name: stored.name) }
    files = [("Chart.yaml", metadata.bytes)]
    if let values = chart["values"], values != .null { files.append(("values.yaml", values.bytes)) }
    if let schema = chart["schema"]?.string {
      guard let content = Base64.decode(schema) else { throw unreadable("its schema is not base64") }
      files.append(("values.schema.json", content))
    }
    var known = Set(files.map(\.path))
    for file in (chart["templates"]?.array ?? []) + (chart["files"]?.array ?? []) {
      guard let path = file["name"]?.string else { throw unreadable("a file has no name") }
      guard StoredChart.isInside(path), known.insert(path).inserted else {
        throw .badChartPath(name: stored.name, path: path)
      }
      guard let content = Base64.decode(file["data"]?.string ?? "") else {
        throw unreadable("its file '\(path)' is not base64")
      }
      files.append((path, content))
    }
  }

  private static func isInside(_ path: String) -> Bool {
    let parts = path.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
    return path.utf8.count <= 1_024 && !path.utf8.contains(0) && parts.count <= 64
      && parts.allSatisfy {
        !$0.isEmpty && $0.count <= 255 && !$0.elementsEqual(".".utf8) && !$0.elementsEqual("..".utf8)
      }
  }

  /// Writes it to a private directory: a chart may hold secrets.
  package func write(to directory: String) throws {
    for file in files {
      let path = "\(directory)/\(file.path)"
      if let slash = path.lastIndex(of: "/") { try Files.makeDirectories(String(path[..<slash]), mode: 0o700) }
      try Files.write(file.content, to: path, mode: 0o600, replacing: false)
    }
  }
}

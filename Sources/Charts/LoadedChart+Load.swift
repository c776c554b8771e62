import Archives
import Command
import Glibc
import Records
import YAML

extension LoadedChart {
  /// Loads a chart from a directory or a `.tgz`, as helm does.
  /// - Parameters:
  ///   - path: as the user named it.
  ///   - boundary: links of a directory may lead this far; nil is the directory itself.
  /// - Throws: ``ChartError``, ``ArchiveError`` or `YAMLError`.
  package init(path: String, within boundary: String? = nil) throws {
    var left = ChartBudget(path: path)
    try self.init(path: path, within: boundary, &left)
  }

  /// Loads a chart to pack it: the values are checked, but not kept.
  /// - Returns: also the state of the files of a directory, if it can be recognized again.
  static func toPack(path: String, within boundary: String? = nil) throws -> (chart: LoadedChart, state: ChartState?) {
    var left = ChartBudget(path: path, keepsValues: false)
    let chart = try LoadedChart(path: path, within: boundary, &left)
    return (chart, left.state)
  }

  private init(path: String, within boundary: String?, _ left: inout ChartBudget) throws {
    guard Files.exists(path) else { throw ChartError.missing(path: path) }
    if Files.isDirectory(path) {
      guard Files.exists(path + "/Chart.yaml") else { throw ChartError.notAChart(path: path) }
      let entries = try ChartFiles.of(directory: path, within: boundary ?? path, &left)
      try self.init(entries, path: path, place: "", depth: 0, &left)
    } else {
      left.state = nil
      try self.init(archive: path, &left)
    }
  }

  /// Loads a chart from a `.tgz`.
  package init(archive path: String) throws {
    var left = ChartBudget(path: path)
    try self.init(archive: path, &left)
  }

  private init(archive path: String, _ left: inout ChartBudget) throws {
    let file: OpenFile
    do { file = try OpenFile(path, O_RDONLY | O_NONBLOCK) } catch {
      throw error.number == ENOENT
        ? ChartError.missing(path: path) : ArchiveError.unreadable(path: path, errno: error.number)
    }
    let reader = try TarReader(descriptor: file.descriptor, name: path, hashes: false)
    try self.init(try ChartFiles.of(archive: reader, path: path, &left), path: path, place: "", depth: 0, &left)
  }

  /// Loads a chart from the bytes of a `.tgz`.
  /// - Parameter path: the name of the archive, for messages.
  package init(archive bytes: [UInt8], path: String) throws {
    var left = ChartBudget(path: path)
    let entries = try ChartFiles.of(archive: try TarReader(bytes: bytes, name: path), path: path, &left)
    try self.init(entries, path: path, place: "", depth: 0, &left)
  }

  /// Sorts the files of a chart into its parts: `LoadFiles` of helm.
  private init(_ entries: [ChartEntry], path: String, place: String, depth: Int, _ left: inout ChartBudget) throws {
    func shown(_ name: String) -> String {
      ([path, place, name] as [String]).filter { !$0.isEmpty }.joined(separator: "/")
    }
    guard depth <= ChartLimits.depth else {
      throw ChartError.tooLarge(path: path, what: "has charts in charts more than \(ChartLimits.depth) deep")
    }
    guard let chartFile = entries.last(where: { $0.name == "Chart.yaml" }) else {
      throw ChartError.notAChart(path: place.isEmpty ? path : shown(""))
    }
    manifest = try ChartDocument(chartFile, shown: shown("Chart.yaml"))
    metadata = try ChartMetadata(manifest, shown: shown("Chart.yaml"))
    self.path = path
    self.place = place
    (templates, files, subcharts) = ([], [], [])

    var charts: [String: [ChartEntry]] = [:]
    for entry in entries {
      switch entry.name {
      case "Chart.yaml": break
      case "Chart.lock":
        lock = try ChartLock(try ChartDocument(entry, shown: shown(entry.name)), shown: shown(entry.name))
      case "values.yaml":
        values = try ChartDocument(entry, shown: shown(entry.name), isKept: left.keepsValues)
      case "values.schema.json": schema = entry
      case "requirements.yaml":
        let document = try ChartDocument(entry, shown: shown(entry.name))
        if document.yaml["dependencies"].map({ !$0.isNull }) ?? false {
          metadata.dependencies = try ChartDependency.list(
            GoFields(document.yaml, file: shown(entry.name), what: "requirements"), shown: shown(entry.name))
        }
        if metadata.apiVersion == "v1" { files.append(entry) }
      case "requirements.lock":
        lock = try ChartLock(try ChartDocument(entry, shown: shown(entry.name)), shown: shown(entry.name))
        if metadata.apiVersion == "v1" { files.append(entry) }
      case let name where name.hasPrefix("templates/"): templates.append(entry)
      case let name where name.hasPrefix("charts/") && !name.hasSuffix(".prov"):
        let inner = String(name.dropFirst("charts/".count))
        charts[String(inner.prefix { $0 != "/" }), default: []].append(ChartEntry(name: inner, bytes: entry.bytes))
      default: files.append(entry)
      }
    }
    try metadata.validate(manifest, shown: shown("Chart.yaml"))

    for (name, entries) in charts.sorted(by: { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) })
    where !name.hasPrefix("_") && !name.hasPrefix(".") {
      let inner = (place.isEmpty ? "" : place + "/") + "charts/" + name
      let files: [ChartEntry]
      if name.hasSuffix(".tgz") {
        guard entries[0].name == name else {
          throw ChartError.badSubchart(path: shown(""), name: name, reason: "it is a directory")
        }
        files = try ChartFiles.of(
          archive: TarReader(bytes: entries[0].bytes, name: path + "/" + inner), path: path + "/" + inner, &left)
      } else {
        files = entries.compactMap { entry in
          guard let slash = entry.name.firstIndex(of: "/") else { return nil }
          return ChartEntry(name: String(entry.name[entry.name.index(after: slash)...]), bytes: entry.bytes)
        }
        guard !files.isEmpty else {
          throw ChartError.badSubchart(
            path: shown(""), name: name, reason: "it is neither a chart's directory nor a .tgz")
        }
      }
      subcharts.append(try LoadedChart(files, path: path, place: inner, depth: depth + 1, &left))
    }
  }
}

/// What is left of the limits while a chart is being loaded.
struct ChartBudget {
  let path: String
  private var bytes = ChartLimits.total
  private var entries = ChartLimits.entries

  /// Whether values are wanted, or only checked.
  let keepsValues: Bool
  /// The state of the files so far; nil if they cannot be recognized again.
  var state: ChartState?

  init(path: String, keepsValues: Bool = true) {
    (self.path, self.keepsValues) = (path, keepsValues)
    state = keepsValues ? nil : ChartState()
  }

  /// Takes a file or a directory into account, before it is read.
  mutating func take(_ name: [UInt8], size: Int) throws(ChartError) {
    guard name.count <= ChartLimits.path else {
      throw .tooLarge(path: path, what: "has a path of more than \(ChartLimits.path) bytes")
    }
    guard entries > 0 else {
      throw .tooLarge(path: path, what: "has more than \(ChartLimits.entries) files and directories")
    }
    guard size <= ChartLimits.file else {
      throw .tooLarge(path: path, what: "has '\(PathBytes.text(name))' of more than \(ChartLimits.file >> 20) MB")
    }
    guard size <= bytes else { throw .tooLarge(path: path, what: "unpacks to more than \(ChartLimits.total >> 20) MB") }
    entries -= 1
    bytes -= size
  }
}

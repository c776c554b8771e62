import Records
import YAML

/// A chart as helm loads it, whole and in memory: at most ``ChartLimits/total`` bytes.
/// https://helm.sh/docs/topics/charts/#the-chart-file-structure
package struct LoadedChart: Sendable {
  /// What Chart.yaml says, and requirements.yaml where that counts.
  package var metadata: ChartMetadata
  /// Chart.yaml as it is written.
  package var manifest: ChartDocument
  /// values.yaml as it is written; nil if there is none.
  package var values: ChartDocument?
  /// values.schema.json.
  package var schema: ChartEntry?
  /// Chart.lock, or requirements.lock.
  package var lock: ChartLock?
  /// The files below `templates/`, in byte order for a directory, in the archive's order for an archive.
  package var templates: [ChartEntry]
  /// Every other file, those of `crds/` included; what is in `.Files`.
  package var files: [ChartEntry]
  /// The charts in `charts/`, by the name of their directory or archive.
  package var subcharts: [LoadedChart]
  /// Where the outermost chart is, as the user named it.
  package var path: String
  /// Where this chart is in the outermost: empty for that one, `charts/redis` or `charts/redis-1.2.3.tgz` in it.
  package var place: String

  /// The custom resource definitions that helm installs.
  package var crds: [ChartEntry] {
    files.filter { file in
      file.name.hasPrefix("crds/") && [".yaml", ".yml", ".json"].contains { file.name.hasSuffix($0) }
    }
  }

  /// The path of one of its files for the user: `./web/charts/redis/templates/service.yaml`.
  package func shown(_ name: String) -> String {
    ([path, place, name] as [String]).filter { !$0.isEmpty }.joined(separator: "/")
  }

  /// The same chart under another path.
  func named(_ path: String) -> LoadedChart {
    var chart = self
    chart.path = path
    chart.subcharts = subcharts.map { $0.named(path) }
    return chart
  }

  /// This chart and all below it, each before its sub-charts.
  package var all: [LoadedChart] { [self] + subcharts.flatMap(\.all) }
}

/// A file of a chart.
package struct ChartEntry: Sendable, Equatable {
  /// The path in the chart it belongs to, with slashes: `templates/service.yaml`.
  package var name: String
  /// The contents, without a byte order mark.
  package var bytes: [UInt8]

  package init(name: String, bytes: [UInt8]) {
    self.name = name
    self.bytes = bytes
  }
}

/// A YAML file of a chart: the bytes, and the first document with the places of its values.
package struct ChartDocument: Sendable {
  /// The path in the chart: `values.yaml`.
  package var name: String
  package var bytes: [UInt8]
  package var yaml: YAML

  /// - Parameter shown: the path for messages.
  /// - Throws: ``ChartError`` if it is not YAML, or neither empty nor a mapping.
  package init(_ entry: ChartEntry, shown: String) throws { try self.init(entry, shown: shown, isKept: true) }

  /// - Parameter isKept: false if ``yaml`` is not wanted, and may be null.
  init(_ entry: ChartEntry, shown: String, isKept: Bool) throws {
    name = entry.name
    bytes = entry.bytes
    if !isKept, YAML.isOrdinary(bytes) {
      yaml = try YAML(parsing: [])
      return
    }
    // As in helm, only the first document counts.
    yaml = try YAML.first(parsing: entry.bytes, file: shown) ?? YAML(parsing: [])
    guard yaml.mapping != nil || yaml.isNull else {
      throw ChartError.bad(file: shown, line: yaml.start.line, reason: "is not a mapping")
    }
    if let (node, reason) = ChartDocument.fault(in: yaml) {
      throw ChartError.bad(file: shown, line: node.start.line, reason: reason)
    }
  }

  /// What go-yaml refuses, or JSON, which helm turns everything into, has nothing for.
  private static func fault(in yaml: YAML) -> (node: YAML, reason: String)? {
    switch yaml.value {
    case .scalar(let scalar):
      if scalar.tag == nil {
        let isInfinite =
          scalar.style == .plain && scalar.text.utf8.contains(UInt8(ascii: "."))
          && yaml.double.map { !$0.isFinite } ?? false
        return isInfinite ? (yaml, "has a number that is not finite") : nil
      }
      let isRight =
        switch scalar.tag {
        case "tag:yaml.org,2002:int": yaml.int != nil
        case "tag:yaml.org,2002:float": yaml.double != nil
        case "tag:yaml.org,2002:bool": yaml.bool != nil
        case "tag:yaml.org,2002:null": ["", "~", "null", "Null", "NULL"].contains(scalar.text)
        default: true
        }
      return isRight ? nil : (yaml, "has a value that is not of the type in its tag")
    case .sequence(let items):
      for item in items where !item.isAlias { if let fault = fault(in: item) { return fault } }
    case .mapping(let members):
      for member in members {
        guard let key = member.key.scalar, !member.key.isNull else {
          return (member.key, "has a key that is not a string")
        }
        if let fault = fault(in: member.key) { return fault }
        if key.text == "<<", key.style == .plain,
          !(member.value.sequence ?? [member.value]).allSatisfy({ $0.mapping != nil })
        {
          return (member.value, "has '<<' before something that is not a mapping")
        }
        if !member.value.isAlias, let fault = fault(in: member.value) { return fault }
      }
    }
    return nil
  }

  /// The comment lines right above a line, without their `#` and one space: the documentation of what stands on the
  /// line. Empty if there is none.
  /// - Parameter line: from 1.
  package func comment(above line: Int) -> [String] {
    let lines = self.lines
    var comment: [String] = [], index = line - 2
    while lines.indices.contains(index) {
      let text = lines[index].drop { $0 == 0x20 || $0 == 0x09 }
      guard text.first == UInt8(ascii: "#") else { break }
      var words = text.dropFirst()
      if words.first == 0x20 { words.removeFirst() }
      comment.append(String(decoding: words, as: UTF8.self))
      index -= 1
    }
    return comment.reversed()
  }

  /// The lines of the file, without their ends. It splits the whole file: keep it for several questions.
  package var lines: [ArraySlice<UInt8>] {
    bytes.split(separator: 0x0A, omittingEmptySubsequences: false).map { $0.last == 0x0D ? $0.dropLast() : $0 }
  }
}

import Command
import Records

/// A Chart.yaml with another name, quoted: in YAML `on` is a boolean and `1e3` a number. nil if it has no name to
/// replace.
package func named(_ chart: [UInt8], _ name: String) -> [UInt8]? {
  var edit = LineEdit(chart)
  guard let line = edit.lines.indices.first(where: { edit.text($0).hasPrefix("name:") }) else { return nil }
  edit.replace(line...line, by: "name: \(JSON.string(name).text)")
  return edit.bytes
}

/// The user that containers of an image run as. A chart can only set it if it is a number.
package struct ImageUser {
  var user: Int?
  var group: Int?

  package init(_ number: (user: Int, group: Int?)?) { (user, group) = (number?.user, number?.group) }
}

/// Adapts the values of a pack's chart to the image: the port, wherever the pack's own port is under a common key for
/// it; and, with a Dockerfile that is not the pack's, the user it runs as.
/// - Parameter own: the user of the application's own Dockerfile; nil if the Dockerfile is the pack's.
package func fitted(values: [UInt8], from old: Int?, to port: Int?, own: ImageUser?) -> [UInt8] {
  var edit = LineEdit(values)
  for index in edit.lines.indices.reversed() {
    guard let entry = YAMLLine(edit.text(index)) else { continue }
    if let old, let port, ["containerPort", "targetPort", "internalPort"].contains(entry.key), entry.value == "\(old)" {
      edit.replaceWord("\(old)", by: "\(port)", line: index)
    }
    guard let own else { continue }
    switch (entry.key, entry.value) {
    case ("readOnlyRootFilesystem", "true"): edit.replaceWord("true", by: "false", line: index)
    case ("runAsNonRoot", "true") where own.user == nil: edit.replaceWord("true", by: "false", line: index)
    case ("drop", "[ALL]") where own.user == nil: edit.replaceWord("ALL", by: "", line: index)
    case ("runAsUser", let value):
      if let user = own.user { edit.replaceWord(value, by: "\(user)", line: index) } else { edit.removeLine(index) }
    case ("runAsGroup", let value), ("fsGroup", let value):
      if let group = own.group { edit.replaceWord(value, by: "\(group)", line: index) } else { edit.removeLine(index) }
    default: break
    }
  }
  return edit.bytes
}

/// The container's port in a chart's values.
package func containerPort(ofValues values: [UInt8]) -> Int? {
  let edit = LineEdit(values)
  return edit.lines.indices.lazy.compactMap { YAMLLine(edit.text($0)) }.first { $0.key == "containerPort" }.flatMap {
    Int($0.value)
  }
}

/// A line of block YAML with a key and a plain value: `  targetPort: 8080  # comment`.
private struct YAMLLine {
  var key: String
  var value: String

  init?(_ line: String) {
    let text = line.drop { $0 == " " }
    guard let colon = text.firstIndex(of: ":"), !text.hasPrefix("#"), !text.hasPrefix("-") else { return nil }
    key = String(text[..<colon])
    var rest = text[text.index(after: colon)...]
    if let comment = rest.range(of: " #") { rest = rest[..<comment.lowerBound] }
    value = rest.split { $0 == " " || $0 == "\r" }.joined(separator: " ")
    guard !value.isEmpty else { return nil }
  }
}

extension Substring {
  /// The first occurrence of a text.
  fileprivate func range(of piece: String) -> Range<Index>? {
    var at = startIndex
    while at < endIndex {
      if self[at...].hasPrefix(piece) { return at..<(index(at, offsetBy: piece.count)) }
      at = index(after: at)
    }
    return nil
  }
}

import CTOML

extension TOML {
  /// Parses a whole file into a table. Throws ``TOMLError`` with the first error.
  public init(parsing bytes: [UInt8]) throws(TOMLError) {
    let builder = Builder()
    var error = ctoml_error()
    let status = bytes.withUnsafeBytes { buffer in
      buffer.withMemoryRebound(to: CChar.self) { text in
        ctoml_parse(
          text.baseAddress, text.count,
          { context, node in
            guard let context, let node else { return }
            Unmanaged<Builder>.fromOpaque(context).takeUnretainedValue().take(node.pointee)
          }, Unmanaged.passUnretained(builder).toOpaque(), &error)
      }
    }
    guard status == 0, let root = builder.root else { throw TOMLError(error) }
    self = root
  }

  /// Builds the tree from the callbacks.
  private final class Builder {
    private struct Open {
      let isTable: Bool
      let place: Place
      var members: [Member] = []
      var values: [TOML] = []
    }

    private var open: [Open] = []
    private var keys: [(key: String, place: Place)] = []
    private(set) var root: TOML?

    func take(_ node: ctoml_node) {
      let place = Place(
        line: Int(node.line), column: Int(node.column), endLine: Int(node.end_line), endColumn: Int(node.end_column))
      switch node.kind {
      case CTOML_TABLE_BEGIN: open.append(Open(isTable: true, place: place))
      case CTOML_ARRAY_BEGIN: open.append(Open(isTable: false, place: place))
      case CTOML_KEY: keys.append((text(node), place))
      case CTOML_TABLE_END, CTOML_ARRAY_END: close()
      case CTOML_STRING: add(TOML(value: .string(text(node)), place: place))
      case CTOML_TIME: add(TOML(value: .time(text(node)), place: place))
      case CTOML_INTEGER: add(TOML(value: .integer(Int(node.integer)), place: place))
      case CTOML_FLOAT: add(TOML(value: .double(node.real), place: place))
      default: add(TOML(value: .bool(node.integer != 0), place: place))
      }
    }

    private func close() {
      guard let last = open.popLast() else { return }
      let members = last.members.sorted { ($0.place.line, $0.place.column) < ($1.place.line, $1.place.column) }
      add(TOML(value: last.isTable ? .table(members) : .array(last.values), place: last.place))
    }

    private func add(_ value: TOML) {
      guard let last = open.indices.last else { root = value; return }
      if !open[last].isTable {
        open[last].values.append(value)
      } else if let (key, place) = keys.popLast() {
        open[last].members.append(Member(key: key, place: place, value: value))
      }
    }

    private func text(_ node: ctoml_node) -> String {
      String(decoding: UnsafeRawBufferPointer(start: node.text, count: node.length), as: UTF8.self)
    }
  }
}

extension TOMLError {
  fileprivate init(_ error: ctoml_error) {
    var description = error.description
    let text = withUnsafeBytes(of: &description) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    let prefix = "Error while parsing "
    self.init(
      line: Int(error.line), column: Int(error.column),
      reason: text.hasPrefix(prefix) ? String(text.dropFirst(prefix.count)) : text)
  }
}

import Records

/// The ports of a connection as a shell takes them, for `eval`.
///
///     WEB_HOST, WEB_PORT    the first port        WEB_PORT_8080    each
///     WEB_CONTAINER_SERVICE_HOST and _PORT        the first of each container, as Draft called them
public struct Exports {
  public let text: String

  public init(_ app: App, _ connect: Connect) {
    var lines: [(String, String)] = []
    func add(_ name: String, _ value: String) { if !lines.contains(where: { $0.0 == name }) { lines.append((name, value)) } }
    let name = Exports.variable(app.name)
    for port in connect.ports {
      add("\(name)_HOST", "localhost")
      add("\(name)_PORT", "\(port.local)")
      add("\(name)_PORT_\(port.remote)", "\(port.local)")
      add("\(name)_\(Exports.variable(port.container, isFirst: false))_SERVICE_HOST", "localhost")
      add("\(name)_\(Exports.variable(port.container, isFirst: false))_SERVICE_PORT", "\(port.local)")
    }
    text = lines.map { "export \($0)=\($1)\n" }.joined()
  }

  private static func variable(_ text: String, isFirst: Bool = true) -> String {
    let name = String(decoding: text.utf8.map { byte -> UInt8 in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"): byte - 32
      case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"): byte
      default: UInt8(ascii: "_")
      }
    }, as: UTF8.self)
    return isFirst && name.first?.isNumber == true ? "_" + name : name
  }
}

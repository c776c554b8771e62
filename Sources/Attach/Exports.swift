import Records

/// The ports of a connection as shell exports, for `eval`.
///
///     WEB_HOST, WEB_PORT    the first port        WEB_PORT_8080    each port
///     WEB_CONTAINER_SERVICE_HOST and _PORT        the first of each container, named as in the original Draft
///     WEB_WORKER_PORT …                           if two workloads would share a name: those of the later workload
public struct Exports {
  public let text: String

  public init(_ app: App, _ connect: Connect) {
    var lines: [(name: String, value: String, workload: String)] = []
    func add(_ parts: [String], _ value: String, _ port: Connect.Port) {
      var name = parts.map { "_" + $0 }.joined()
      // The name is taken by another workload.
      if let other = lines.first(where: { $0.name == name }), other.workload != port.workload {
        name = "_\(Exports.variable(workload(port)))" + name
      }
      if !lines.contains(where: { $0.name == name }) { lines.append((name, value, port.workload)) }
    }
    func workload(_ port: Connect.Port) -> String {
      port.workload.split(separator: "/").last.map(String.init) ?? port.workload
    }
    for port in connect.ports {
      let container = Exports.variable(port.container)
      add(["HOST"], "localhost", port)
      add(["PORT"], "\(port.local)", port)
      add(["PORT_\(port.remote)"], "\(port.local)", port)
      add([container, "SERVICE_HOST"], "localhost", port)
      add([container, "SERVICE_PORT"], "\(port.local)", port)
    }
    let app = Exports.variable(app.name), first = app.first?.isNumber == true ? "_" : ""
    text = lines.map { "export \(first)\(app)\($0.name)=\($0.value)\n" }.joined()
  }

  private static func variable(_ text: String) -> String {
    String(
      decoding: text.utf8.map { byte -> UInt8 in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"): byte - 32
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"): byte
        default: UInt8(ascii: "_")
        }
      }, as: UTF8.self)
  }
}

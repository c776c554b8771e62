import Charts
import Command
import Records
import Releases
import Repositories
import Settings

@main struct Entry {
  static func main() {
    Command(
      name: "draft-redeploy", summary: "release an application or a chart again, with new pods",
      operands: "[NAME|DIRECTORY...] [FILE...]",
      reads: Flow("names of releases, directories, values files, or records with 'app'", ["app"]),
      writes: Flow("the same records with 'release' and 'origin'", ["release", "origin"]),
      options: [
        .environment, .kubeContext, .namespace, .engine, .revision,
        Option("chart", value: "REFERENCE", help: "take the chart from this directory, archive or reference"),
        Option("stored", help: "take the chart that helm has stored, not the one at its origin"),
        Option("values", "f", value: "FILE", repeats: true, help: "a values file, applied on top of the stored values"),
        .set, .wait, .noWait, .timeout
      ],
      examples: ["draft list | draft redeploy -j 4", "draft redeploy taco-tuesday values.yaml"]
    ).runStage(begin: { try begin($0, call: $1) }, parts: { ($0.name, try names($0)) }) { record, call in
      var order = RedeployOrder(options: try ReleaseOptions(timeout: call.arguments["timeout"])) { reference in
        let order = FetchOrder(destination: nil, untar: false, verify: false, keyring: nil, home: try Home())
        let done = try fetch(ChartReference(reference), named: reference, by: order, call: call)
        return (done.chart, done.fetch.exact ?? reference)
      }
      order.revision = try call.arguments.number("revision")
      order.isStored = call.arguments.has("stored")
      order.chart = call.arguments["chart"]
      guard !order.isStored || order.chart == nil else {
        throw UsageError("options '--stored' and '--chart' exclude each other")
      }
      order.files = try files(call).map { try ValuesDocuments(Files.resolve($0)) }
      order.set = call.arguments.all("set")
      let done = try redeploy(record, by: order, home: Home(), call: call)
      record.set(done.release)
      if let origin = done.origin { record.set(origin) }
    }
  }

  /// The values files: those of the option, then those among the operands.
  private static func files(_ call: Call) -> [String] {
    call.arguments.all("values") + call.arguments.operands.filter(isFile)
  }

  private static func isFile(_ operand: String) -> Bool {
    [".yaml", ".yml", ".json"].contains(where: operand.hasSuffix) && Files.exists(operand)
      && !Files.isDirectory(operand)
  }

  /// The operands that begin records. Without any, they are the releases that the values files name.
  private static func names(_ call: Call) throws -> [String] {
    let names = call.arguments.operands.filter { !isFile($0) }
    guard names.isEmpty else { return names }
    var seen: Set<String> = []
    return try files(call).flatMap { try ValuesDocuments($0).releases.map(\.name) }
      .filter { seen.insert($0).inserted }.map { mark + $0 }
  }

  /// No operand begins like this.
  private static let mark = "\0release:"

  private static func begin(_ operand: String, call: Call) throws -> Record {
    guard operand.hasPrefix(mark) else { return try subject(operand, changing: true, call: call) }
    let name = String(operand.dropFirst(mark.count))
    guard let (namespace, bare) = name.cut(at: "/") else { return try subject(named: name, changing: true, call: call) }
    return try subject(named: bare, namespace: namespace, changing: true, call: call)
  }
}

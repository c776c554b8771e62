import Charts
import Command
import Records
import Repositories
import Settings

@main struct Entry {
  static func main() {
    Command(
      name: "draft-fetch", summary: "fetch charts from repositories, registries and URLs",
      operands: Operands("REFERENCE...", .file, .directory),
      reads: Flow("references to charts, else records with 'fetch'", ["fetch"]),
      writes: Flow("a record for each chart, with 'chart' and 'fetch'", ["chart", "fetch"]),
      options: [
        Option(
          "destination", "d", value: "DIRECTORY",
          help: "where to write the charts (default: the current directory)"),
        Option("untar", help: "unpack each chart into a directory of its name"),
        Option(
          "verify", help: "check each archive against its .prov, and keep the .prov; exits 1 if one does not match"
        ),
        Option("keyring", value: "FILE", help: "exported keys to verify with (default: your own keys)")
      ],
      examples: [
        "draft fetch -d charts 'stable/redis#^18' | jq -r .fetch.exact",
        "draft fetch --untar oci://ghcr.io/me/charts/web:1.2.3"
      ]
    ).runReport(begin: { try begin($0, call: $1) }, words: { words($0) }) { record, call in
      let fetch: Fetch = try record.required()
      var order = try order(call)
      order.repository = HelmRepository(fetch)
      let done = try Repositories.fetch(
        ChartReference(fetch.reference), named: fetch.reference, by: order, call: call)
      record.set(done.chart)
      record.set(done.fetch)
      tell(done, call)
      return .done
    }
  }

  private static func begin(_ text: String, call: Call) throws -> Record {
    guard !call.arguments.operands.isEmpty else {
      throw UsageError("which chart?", hint: "name a reference, as in 'draft fetch REPO/NAME'")
    }
    _ = try order(call)
    _ = try ChartReference(text)
    var record = Record()
    record.set(Fetch(reference: text))
    return record
  }

  private static func order(_ call: Call) throws -> FetchOrder {
    let options = call.arguments
    if options["keyring"] != nil, !options.has("verify") { throw UsageError("option '--keyring' is for '--verify'") }
    return FetchOrder(
      destination: options["destination"] ?? ".", untar: options.has("untar"), verify: options.has("verify"),
      keyring: options["keyring"], home: try Home())
  }

  private static func tell(_ done: (chart: Chart, fetch: Fetch), _ call: Call) {
    let signer = done.fetch.signer.map { ", signed by \($0)" } ?? ""
    if let directory = done.fetch.directory {
      call.say("Unpacked '\(directory)'\(signer)")
    } else {
      call.say(
        (done.fetch.kept == true
          ? "Nothing to write: '\(done.chart.payload.path)' is up to date" : "Fetched '\(done.chart.payload.path)'")
          + signer)
    }
  }

  private static func words(_ record: Record) -> String {
    guard let chart = try? record.member(Chart.self), let fetch = try? record.member(Fetch.self) else { return "" }
    return (fetch.directory ?? chart.payload.path) + "\n"
  }
}

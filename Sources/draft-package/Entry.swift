import Archives
import Charts
import Command
import Glibc
import Records
import Repositories
import Settings

@main struct Entry {
  static func main() {
    Command(
      name: "draft-package", summary: "pack charts into archives for helm, and sign them",
      operands: Operands("[CHART...]", .directory, .file),
      reads: Flow(
        "charts: directories, archives or references; else records with 'chart' or 'app'; else the current directory",
        ["app", "chart"]),
      writes: Flow("a record for each archive, with 'chart' and 'package'", ["chart", "package"]),
      options: [
        Option(
          "destination", "d", value: "DIRECTORY",
          help: "where to write the archives (default: the current directory)"),
        // Without a value it prints the version, as for every command.
        Option("version", value: "VERSION", help: "the version of the charts, instead of what Chart.yaml says"),
        Option(
          "app-version", value: "VERSION", help: "the version of the application, instead of what Chart.yaml says"),
        Option(
          "dependency-update", "u",
          help: "fetch missing dependencies by the lock first; write the lock if it is out of date"),
        .sign,
        .key,
        Option("keyring", value: "FILE", help: "exported keys to sign or verify with (default: your own keys)"),
        .passphraseFile,
        Option("verify", help: "instead check archives against the .prov beside them; exits 1 if one does not match")
      ],
      examples: [
        "draft package -d dist charts/* | jq -r .chart.digest",
        "draft package --verify --keyring pubring.gpg dist/*.tgz"
      ]
    ).runReport(begin: { try begin($0, call: $1) }, words: { words($0) }) { record, call in
      let options = call.arguments
      let path: String, named: String?
      if !record.has(Chart.name), let from = try record.member(Package.self)?.from {
        path = try localChart(from, call: call)
        named = path == from ? nil : from
      } else {
        (path, named) = (try localChart(of: record, call: call), nil)
      }
      let done =
        try options.has("verify")
        ? verifyPackage(path, keyring: options["keyring"])
        : packageChart(
          path, named: named, by: order(call, notes: call.memory.value { Notes(try PackageNotes(Home())) }.notes))
      record.set(done.chart)
      record.set(done.package)
      tell(done, call)
      return .done
    }
  }

  /// The record of an operand: a chart, an archive, a reference, or an application that has a chart.
  private static func begin(_ text: String, call: Call) throws -> Record {
    let order = try order(call)
    if Files.isDirectory(text), !Files.exists(text + "/Chart.yaml") {
      return try Project.begin(directory: text, call: call)
    }
    if isPath(text) {
      guard Files.exists(text) else { throw ChartError.missing(path: text) }
    } else {
      _ = try ChartReference(text)
      guard order.update == nil else { throw ChartError.notADirectory(path: text) }
    }
    var record = Record()
    record.set(Package(from: isPath(text) ? try Files.resolve(text) : text))
    return record
  }

  /// The draft home is looked for once.
  private final class Notes: Sendable {
    let notes: PackageNotes
    init(_ notes: PackageNotes) { self.notes = notes }
  }

  private static func order(_ call: Call, notes: PackageNotes? = nil) throws -> PackageOrder {
    let options = call.arguments
    for name in ["key", "passphrase-file"] where options[name] != nil && !options.has("sign") {
      throw UsageError("option '--\(name)' is for '--sign'")
    }
    if options["keyring"] != nil, !options.has("sign"), !options.has("verify") {
      throw UsageError("option '--keyring' is for '--sign' and '--verify'")
    }
    if options.has("verify"),
      let other = ["sign", "version", "app-version", "destination", "dependency-update"].first(where: options.has)
    {
      throw UsageError("options '--verify' and '--\(other)' exclude each other")
    }
    if let version = options["version"], Version(version) == nil {
      throw ChartError.badVersion(version, reason: "write it like 0.1.0")
    }
    var order = PackageOrder(
      version: options["version"], appVersion: options["app-version"], destination: options["destination"] ?? ".",
      seconds: try SourceDate.seconds() ?? SourceDate.chart)
    order.notes = notes
    if options.has("sign") {
      order.key = Provenance.Key(
        name: options["key"], keyring: options["keyring"], passphraseFile: options["passphrase-file"])
    }
    if options.has("dependency-update") {
      let (plain, home) = (order, try Home())
      let now = try SourceDate.seconds() ?? time(nil)
      order.update = { try updateDependencies($0, by: plain, now: now, home: home, call: call) }
    }
    return order
  }

  private static func tell(_ done: (chart: Chart, package: Package), _ call: Call) {
    let name = done.chart.payload.path
    if let secret = done.package.secret {
      call.say(done.package.kept == true ? "Nothing to pack: '\(name)' is up to date" : "Packed '\(name)'")
      if secret > LoadedChart.secretLimit * 8 / 10 {
        call.warn(
          "a release of '\(name)' may need a Secret of \(secret >> 10) KB; the limit is "
            + "\(LoadedChart.secretLimit >> 10) KB\n  list files that the templates do not need in .helmignore")
      }
    } else {
      call.say("Verified '\(name)', signed by \(done.package.signer ?? "")")
    }
  }

  private static func words(_ record: Record) -> String {
    guard let chart = try? record.member(Chart.self) else { return "" }
    return chart.payload.path + "\n"
  }
}

import Archives
import Charts
import Command
import Helm
import Records
import Repositories
import Settings

@main struct Entry {
  static func main() {
    Command(
      name: "draft-package", summary: "pack charts into archives for helm, and sign them",
      operands: Operands("[PATH...]", .directory),
      reads: Flow("directories of charts, else records with 'app', else the chart in the current directory", ["app"]),
      writes: Flow("a record for each archive, with 'chart' and 'package'", ["chart", "package"]),
      options: [
        Option(
          "destination", "d", value: "DIRECTORY",
          help: "where to write the archives (default: the current directory)"),
        // Without a value it prints the version, as for every command.
        Option("version", value: "VERSION", help: "the version of the charts, instead of what Chart.yaml says"),
        Option(
          "app-version", value: "VERSION", help: "the version of the application, instead of what Chart.yaml says"),
        Option("dependency-update", "u", help: "update charts/ from the lock first"),
        Option("sign", help: "sign each archive with gpg: writes ARCHIVE.prov, as helm does"),
        Option(
          "key", value: "NAME",
          help: "the key to sign with: a fingerprint, or a part of its user ID (default: gpg's default key)"),
        Option("keyring", value: "FILE", help: "exported keys to sign or verify with (default: your own keys)"),
        Option(
          "passphrase-file", value: "FILE",
          help: "the file with the passphrase of the key (default: gpg-agent asks)"),
        Option("verify", help: "instead check archives against the .prov beside them; exits 1 if one does not match")
      ],
      examples: [
        "draft package -d dist charts/* | jq -r .chart.digest",
        "draft package --verify --keyring pubring.gpg dist/*.tgz"
      ]
    ).runReport(begin: { try begin($0, call: $1) }, words: { words($0) }) { record, call in
      let options = call.arguments
      let path: String
      if let named = try record.member(Package.self)?.from {
        path = named
      } else {
        let app: App = try record.required()
        path = try chartDirectory(app, settings: Settings(for: app, call: call))
      }
      let done =
        try options.has("verify")
        ? verifyPackage(path, keyring: options["keyring"]) : packageChart(path, by: order(call))
      record.set(done.chart)
      record.set(done.package)
      tell(done, call)
      return .done
    }
  }

  /// The record of an operand: a chart, an archive, or an application that has a chart.
  private static func begin(_ path: String, call: Call) throws -> Record {
    _ = try order(call)
    guard Files.exists(path) else { throw ChartError.missing(path: path) }
    if Files.isDirectory(path), !Files.exists(path + "/Chart.yaml") {
      return try Project.begin(directory: path, call: call)
    }
    var record = Record()
    record.set(Package(from: try Files.resolve(path)))
    return record
  }

  private static func order(_ call: Call) throws -> PackageOrder {
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
    if options.has("sign") {
      order.key = Provenance.Key(
        name: options["key"], keyring: options["keyring"], passphraseFile: options["passphrase-file"])
    }
    if options.has("dependency-update") {
      let plain = order
      order.update = { directory in
        try updateDependencies(directory, repositories: HelmRepository.urls(), order: plain) {
          try buildDependencies($0, call: call)
        }
      }
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

import Charts
import Command
import Records
import Repositories
import Settings

@main struct Entry {
  static func main() {
    Command(
      name: "draft-publish", summary: "publish charts to a directory, web server, bucket or registry",
      operands: Operands("[PATH|FILE...]", .directory, .file),
      reads: Flow(
        "directories of charts and archives, else records with 'chart' or 'app', and 'image', else the chart in the "
          + "current directory",
        ["chart", "app", "image"]),
      writes: Flow("a record for each chart, with 'chart' and 'publish'", ["chart", "publish"]),
      options: [
        Option(
          "url", "u", value: "URL",
          help: "where to publish: a directory, or a URL of https, s3, gs or oci (default: [publish] of draft.toml)"),
        Option("snapshot", help: "name the version after the git commit, and publish to 'snapshot' of draft.toml"),
        Option("release", help: "name the version after the git tag of the commit, and publish to 'release'"),
        .sign,
        .key,
        Option("keyring", value: "FILE", help: "exported keys to sign or verify with (default: your own keys)"),
        .passphraseFile
      ],
      examples: [
        "draft package -d dist charts/* | draft publish -u s3://charts/stable",
        "draft publish --sign -u https://example.com/charts web db"
      ]
    ).runReport(
      begin: { path, call in
        _ = try key(call)
        guard !(call.arguments.has("snapshot") && call.arguments.has("release")) else {
          throw UsageError("a commit is published as '--snapshot' or as '--release', not as both")
        }
        if Files.isDirectory(path), !Files.exists(path + "/Chart.yaml") {
          return try Project.begin(directory: path, call: call)
        }
        var record = Record()
        record.set(Publish(from: (try? Files.resolve(path)) ?? path))
        return record
      }, ahead: { records, call in publishTogether(records, call) }, together: 10_000,
      words: { record in (try? record.member(Publish.self)?.url).map { $0 + "\n" } ?? "" }
    ) { record, call in
      let results = call.memory.value(PublishResults.init), (source, url) = try place(record, call)
      let done = try results.take(source, to: url) ?? publish([source], to: url, call)[0]
      record.set(done.chart)
      record.set(done.publish)
      let address = done.publish.url ?? ""
      if let image = done.publish.image { call.say("The image is '\(image)'") }
      call.say(done.publish.existing == true ? "Already published '\(address)'" : "Uploaded to '\(address)'")
      return .done
    }
  }

  /// Publishes the lines that are there at once: they become visible together.
  private static func publishTogether(_ records: [Record], _ call: Call) {
    var groups: [(url: String, sources: [PublishSource])] = [], broken: String?
    for record in records {
      // What is wrong with a line is told when it is its turn; then the others are not published.
      guard let (source, url) = try? place(record, call) else {
        broken = (try? record.member(App.self)?.dir) ?? broken ?? ""
        continue
      }
      if let at = groups.firstIndex(where: { $0.url == url }) {
        groups[at].sources.append(source)
      } else {
        groups.append((url, [source]))
      }
    }
    let results = call.memory.value(PublishResults.init)
    for group in groups where group.sources.count > 1 || broken != nil {
      if let broken { results.refuse(group.sources, to: group.url, because: broken); continue }
      results.add(group.sources, to: group.url) { try publish(group.sources, to: group.url, call) }
    }
  }

  private static func publish(_ sources: [PublishSource], to url: String, _ call: Call) throws -> [(
    chart: Chart, publish: Publish
  )] {
    var order = PublishOrder(
      destination: url, key: try key(call), keyring: call.arguments["keyring"], home: try Home())
    if call.arguments.has("snapshot") { order.version = { try snapshotVersion(of: $0) } }
    if call.arguments.has("release") { order.version = { try releaseVersion(of: $0) } }
    return try Repositories.publish(sources, by: order, call: call)
  }

  /// The chart of a line, and where it is to be published.
  private static func place(_ record: Record, _ call: Call) throws -> (source: PublishSource, url: String) {
    var directory = ".", source: PublishSource
    // A line that has been published elsewhere has both.
    if let chart = try record.member(Chart.self) {
      source = PublishSource(path: chart.payload.path, digest: chart.payload.digest)
    } else if let path = try record.member(Publish.self)?.from {
      source = PublishSource(path: path)
    } else {
      let app: App = try record.required()
      source = PublishSource(path: try chartDirectory(app, settings: Settings(for: app, call: call)))
    }
    if let app = try record.member(App.self), !app.dir.isEmpty { (directory, source.directory) = (app.dir, app.dir) }
    let isSnapshot = call.arguments.has("snapshot")
    source.image = try record.member(Image.self)
    if source.image == nil, let url = call.arguments["url"] { return (source, url) }
    let publishing = try Publishing(of: directory, call: call)
    source.registry = isSnapshot ? publishing.snapshotRegistry : publishing.releaseRegistry
    if let url = call.arguments["url"] { return (source, url) }
    guard let url = isSnapshot ? publishing.snapshot : publishing.release else {
      throw UsageError(
        "where to publish?",
        hint: "name a place by --url, or set '\(isSnapshot ? "snapshot" : "release")' under '[publish]' in draft.toml")
    }
    return (source, try publishDestination(url, setting: isSnapshot ? "snapshot" : "release", in: directory))
  }

  private static func key(_ call: Call) throws -> Provenance.Key? {
    let options = call.arguments
    for name in ["key", "passphrase-file"] where options[name] != nil && !options.has("sign") {
      throw UsageError("option '--\(name)' is for '--sign'")
    }
    guard options.has("sign") else { return nil }
    return Provenance.Key(
      name: options["key"], keyring: options["keyring"], passphraseFile: options["passphrase-file"])
  }
}

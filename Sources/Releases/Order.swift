import Archives
import Charts
import Command
import OCI
import Helm
import Podman
import Records
import Settings
import Tasks

/// What is to be released: everything an engine needs, and a digest to compare with what runs.
package struct Order {
  let app: App
  let image: Image
  let chart: Chart
  let values: ChartValues
  let settings: Settings
  let call: Call
  let options: ReleaseOptions
  /// `sha256:` over chart, values, name, namespace and engine.
  package let digest: String
  /// Written when the release begins to change something; nil if no task runs after it.
  let note: TaskNote?
  /// An environment declares all the values: draft adds none of its own, and there is no image of its own.
  let isExact: Bool
  /// `--set` of a chart without an application, in helm's syntax.
  private var given: [String] = []
  /// Where the chart came from, if that is known.
  let origin: ChartOrigin?

  /// - Parameter declared: the values of an environment, which are all there are; then there is no image.
  package init(
    app: App, image: Image?, chart: Chart, origin: ChartOrigin? = nil, declared: Values? = nil, settings: Settings,
    engine: Engine,
    options: ReleaseOptions? = nil, note: TaskNote? = nil, call: Call
  ) throws {
    self.app = app
    let image = image ?? Image(repository: "", tag: "", store: "", how: "", why: "")
    self.image = image
    isExact = declared != nil
    self.origin = origin
    self.chart = chart
    self.settings = settings
    self.call = call
    self.note = note
    if let declared {
      if case .podman = engine { throw ReleaseError.needsCluster(name: app.name) }
      if let set = settings.set.first(where: { $0.source == "--set" }), options?.isOfChart != true {
        throw ReleaseError.noSet(name: app.name, set: set.text)
      }
      for file in declared.files { try file.contents() }
      if options?.isOfChart == true { given = settings.set.filter { $0.source == "--set" }.map(\.text) }
      values = try ChartValues(declared: declared, set: given) { try lookUp($0, call: call) }
    } else {
      guard let values = ChartValues(app: app, image: image, settings: settings) else {
        throw ReleaseError.badImage(reference: "\(image.repository):\(image.tag)")
      }
      self.values = values
    }
    self.options = try options ?? ReleaseOptions()
    // A file counts by what is in it.
    let files = declared?.files ?? []
    let facts: JSON = .strings(
      ["1", engine.name, app.name, app.namespace, chart.payload.digest] + files.map(\.digest)
        + values.arguments.dropFirst(files.count) + values.found.map { $0.setting.from?.text ?? "" }
        + settings.overridePorts)
    digest = SHA256.digest(facts.bytes)
  }

  /// The member for the line.
  func told(_ declared: Values?) -> Values {
    guard var told = declared else { return Values(values.settings) }
    told.settings += given.flatMap(ChartValues.assignments).map { key, value in
      Values.Setting(key: key, value: value, source: "--set", typed: true)
    }
    return told
  }

  var imageReference: String { "\(image.repository):\(image.tag)" }

  /// The order for podman.
  var play: Play {
    Play(app: app, image: image, chart: chart, settings: settings, digest: digest, timeout: options.timeout, call: call)
  }

  /// The objects of the chart for podman.
  /// - Throws: ``HelmError/doesNotRender(chart:said:)``, ``RenderError/unknowable(why:)`` for a chart that needs a helm
  ///   that is not there, and errors of the chart's files.
  func rendering() throws -> Rendering {
    do {
      let text = try renderText(chart.payload.path, RenderRequest(self), call: call).text
      return try Rendering(yaml: text, chart: chart.name, call: call)
    } catch RenderError.chart(let said), RenderError.option(let said) {
      throw HelmError.doesNotRender(chart: chart.name, said: values.masked(HelmFailure("Error: " + said).said))
    }
  }
}

/// What a release is described by: the digest of its order. With values that come from elsewhere there is a second
/// part, a digest of these under a key that is made for each revision. The key stands beside it, so that every machine
/// can compare. Who can read it can read the release, and with it the values.
extension Order {
  /// A new description.
  var description: String {
    var random = SystemRandomNumberGenerator()
    return description(key: hex((0..<16).map { _ in UInt8.random(in: 0...255, using: &random) }))
  }

  private func description(key: String) -> String {
    guard !values.found.isEmpty else { return "draft \(digest)" }
    let bytes = JSON.strings(values.found.flatMap { [$0.setting.key, $0.text] }).bytes
    return "draft \(digest) \(key) \(SHA256.hmac(bytes, key: Array(key.utf8)))"
  }

  /// Whether a revision with this description is of this order.
  func isDescribed(by text: String) -> Bool {
    let words = text.split(separator: " ")
    return description(key: words.count > 2 ? String(words[2]) : "") == text
  }
}

extension Values.File {
  /// The bytes of the file. Throws ``ReleaseError`` if it is not the one of the record.
  @discardableResult
  func contents() throws -> [UInt8] {
    guard Files.exists(path) else { throw ReleaseError.fileGone(path: path) }
    let bytes = try Files.read(path)
    guard SHA256.digest(bytes) == digest else { throw ReleaseError.fileDiffers(path: path) }
    return bytes
  }
}

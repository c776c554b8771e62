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
      if let setting = declared.settings.first(where: { $0.from != nil }) {
        throw ReleaseError.fromElsewhere(
          key: setting.key, source: setting.source, kind: setting.from?.object?.first?.name ?? "")
      }
      for file in declared.files { try file.contents() }
      values = ChartValues(declared: declared)
      if options?.isOfChart == true { given = settings.set.filter { $0.source == "--set" }.map(\.text) }
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
        + values.arguments.dropFirst(files.count) + given.map { "--set=\($0)" } + settings.overridePorts)
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

  /// The values as arguments of helm.
  var arguments: [String] { values.arguments + given.map { "--set=\($0)" } }

  var imageReference: String { "\(image.repository):\(image.tag)" }

  /// The order for podman.
  var play: Play {
    Play(app: app, image: image, chart: chart, settings: settings, digest: digest, timeout: options.timeout, call: call)
  }

  /// The rendered chart.
  func rendering() throws -> Rendering { try Rendering(chart, for: app, values: arguments, call: call) }
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

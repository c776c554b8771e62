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

  package init(
    app: App, image: Image, chart: Chart, settings: Settings, engine: Engine, options: ReleaseOptions? = nil,
    note: TaskNote? = nil, call: Call
  ) throws {
    self.app = app
    self.image = image
    self.chart = chart
    self.settings = settings
    self.call = call
    self.note = note
    guard let values = ChartValues(app: app, image: image, settings: settings) else {
      throw ReleaseError.badImage(reference: "\(image.repository):\(image.tag)")
    }
    self.values = values
    self.options = try options ?? ReleaseOptions()
    let facts: JSON = .strings(
      ["1", engine.name, app.name, app.namespace, chart.payload.digest] + values.arguments + settings.overridePorts)
    digest = SHA256.digest(facts.bytes)
  }

  var imageReference: String { "\(image.repository):\(image.tag)" }

  /// The order for podman.
  var play: Play {
    Play(app: app, image: image, chart: chart, settings: settings, digest: digest, timeout: options.timeout, call: call)
  }

  /// The rendered chart.
  func rendering() throws -> Rendering { try Rendering(chart, for: app, values: values.arguments, call: call) }
}

import Archives
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
  /// Seconds to wait for the application to be ready.
  let timeout: Int
  /// `sha256:` over chart, values, name, namespace and engine.
  package let digest: String
  /// Written when the release begins to change something; nil if no task runs after it.
  let note: TaskNote?

  package init(app: App, image: Image, chart: Chart, settings: Settings, engine: Engine, note: TaskNote? = nil, call: Call) throws {
    self.app = app
    self.image = image
    self.chart = chart
    self.settings = settings
    self.call = call
    self.note = note
    values = try ChartValues(app: app, image: image, settings: settings)
    timeout = try Order.timeout(call)
    let facts: JSON = .strings(["1", engine.name, app.name, app.namespace, chart.payload.digest] + values.arguments + settings.overridePorts)
    digest = SHA256.digest(facts.bytes)
  }

  static func timeout(_ call: Call) throws(ReleaseError) -> Int {
    guard let text = call.arguments["timeout"] else { return 300 }
    guard let seconds = Int(text), (1...86_400).contains(seconds) else { throw .badTimeout(text) }
    return seconds
  }

  var imageReference: String { "\(image.repository):\(image.tag)" }

  /// The order for podman.
  var play: Play {
    Play(app: app, image: image, chart: chart, settings: settings, digest: digest, timeout: timeout, call: call)
  }

  /// The rendered chart.
  func rendering() throws -> Rendering { try Rendering(chart, for: app, values: values.arguments, call: call) }
}

import Archives
import Charts
import Command
import OCI
import Helm
import Podman
import Records
import Settings
import Tasks

/// What is asked for: everything an engine needs, and the digest that tells whether it is already so.
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
  /// Left when the release begins to change something; nil when nothing is to be run after it.
  let note: TaskNote?

  package init(app: App, image: Image, chart: Chart, settings: Settings, engine: Engine, note: TaskNote? = nil, call: Call) throws {
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

  /// For podman.
  var play: Play {
    Play(app: app, image: image, chart: chart, settings: settings, digest: digest, timeout: timeout, call: call)
  }

  /// What the chart makes of it.
  func rendering() throws -> Rendering { try Rendering(chart, for: app, values: values.arguments, call: call) }
}

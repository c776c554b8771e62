import Command
import OCI
import Records
import Settings

/// What podman is to run: an application with its chart and its image.
package struct Play {
  package let app: App
  package let image: Image
  package let chart: Chart
  package let settings: Settings
  /// The digest of everything requested; shows whether it already runs.
  package let digest: String
  /// Seconds to wait for the application to be ready.
  package let timeout: Int
  package let call: Call

  package init(app: App, image: Image, chart: Chart, settings: Settings, digest: String, timeout: Int, call: Call) {
    self.app = app
    self.image = image
    self.chart = chart
    self.settings = settings
    self.digest = digest
    self.timeout = timeout
    self.call = call
  }

  /// Seconds that a call of podman may take; what podman does itself is not part of the timeout.
  package var patience: Int { timeout + 10 }

  package var imageReference: String { "\(image.repository):\(image.tag)" }

  /// The image's name in podman's store.
  package var localReference: String { Reference.stored(imageReference) }
}

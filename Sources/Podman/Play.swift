import Command
import OCI
import Records
import Settings

/// What podman is to play: an application by its chart and its image.
package struct Play {
  package let app: App
  package let image: Image
  package let chart: Chart
  package let settings: Settings
  /// Of all that was asked for; tells whether it is already so.
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

  /// Seconds a call of podman's may take: what it does itself is no part of what is waited for.
  package var patience: Int { timeout + 10 }

  package var imageReference: String { "\(image.repository):\(image.tag)" }

  /// The image under the name podman knows it by.
  package var localReference: String { Reference.stored(imageReference) }
}

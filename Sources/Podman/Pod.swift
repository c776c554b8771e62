import Records

/// A pod as it is passed to podman.
package struct Pod {
  /// `web-3`; outside the namespace `default`: `staging.web-3`.
  package var name: String
  package var revision: Int
  package var ports: [PublishedPort]
  /// Images of its containers, each once.
  package var images: [String]
  /// Names of its containers, without init containers.
  package var containers: [String]
  /// The init containers in order.
  package var first: [First] = []
  /// Directories of the draft home that it mounts.
  package var files: [String] = []
  /// podman volumes that are removed with it.
  package var scratch: [String] = []
  /// Seconds its containers have to stop, if the chart sets them.
  package var grace: Int?
  package var json: JSON

  /// An init container. One with `stays` is a sidecar: it keeps running, and the next container waits for its startup
  /// probe.
  package struct First {
    package var name: String
    var stays: Bool
    var probe: JSON?
  }

  /// A document of a YAML stream; JSON is valid YAML.
  package var document: [UInt8] { Array("---\n".utf8) + json.bytes + [0x0A] }

  /// The container that declares the port, else the first one.
  func containerOf(_ port: PublishedPort) -> String? {
    json["spec"]?["containers"]?.array?.first { container in
      container["ports"]?.array?.contains { $0["hostPort"]?.integer == port.host } == true
    }?["name"]?.string ?? containers.first
  }
}

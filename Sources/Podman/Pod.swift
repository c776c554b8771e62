import Records

/// A pod as it is handed to podman.
package struct Pod {
  /// `web-3`, in another namespace than `default` `staging.web-3`.
  package var name: String
  package var revision: Int
  package var ports: [PublishedPort]
  /// Images of its containers, each once.
  package var images: [String]
  /// Names of its containers without the init containers.
  package var containers: [String]
  /// The init containers in their order.
  package var first: [First] = []
  /// Directories of the draft home that it mounts.
  package var files: [String] = []
  /// Volumes of podman's that go with it.
  package var scratch: [String] = []
  /// Seconds that its containers have to end in, where the chart says so.
  package var grace: Int?
  package var json: JSON

  /// An init container. One that stays runs beside the others; who comes after it waits for its startup probe.
  package struct First {
    package var name: String
    var stays: Bool
    var probe: JSON?
  }

  /// A document of its own in a YAML stream, of which JSON is a part.
  package var document: [UInt8] { Array("---\n".utf8) + json.bytes + [0x0A] }

  /// The container that declares the port; the first one when none does.
  func containerOf(_ port: PublishedPort) -> String? {
    json["spec"]?["containers"]?.array?.first { container in
      container["ports"]?.array?.contains { $0["hostPort"]?.integer == port.host } == true
    }?["name"]?.string ?? containers.first
  }
}

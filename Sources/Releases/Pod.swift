import Records

/// A pod as it is handed to podman.
struct Pod {
  /// `web-3`, in another namespace than `default` `staging.web-3`.
  var name: String
  var revision: Int
  var ports: [PublishedPort]
  /// Images of its containers, each once.
  var images: [String]
  /// Names of its containers without the init containers.
  var containers: [String]
  var json: JSON

  /// A document of its own in a YAML stream, of which JSON is a part.
  var document: [UInt8] { Array("---\n".utf8) + json.bytes + [0x0A] }

  /// The container that declares the port; the first one when none does.
  func containerOf(_ port: PublishedPort) -> String? {
    json["spec"]?["containers"]?.array?.first { container in
      container["ports"]?.array?.contains { $0["hostPort"]?.integer == port.host } == true
    }?["name"]?.string ?? containers.first
  }
}

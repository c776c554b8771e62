import Command
import Glibc
import Records
import Settings
import YAML

/// The kubeconfig files, merged as kubectl does: the first file that sets a value wins, and a missing file counts as
/// empty.
/// Source: https://kubernetes.io/docs/concepts/configuration/organize-cluster-access-kubeconfig/
package struct KubeConfig {
  package let files: [String]
  package private(set) var current: String?
  private var contexts: [String: JSON] = [:]
  private var clusters: [String: JSON] = [:]

  /// Reads `$KUBECONFIG`, a list with colons, else `~/.kube/config`.
  package init() throws {
    files = KubeNamespace.files()
    for file in files { try add(file) }
  }

  /// Reads these texts, for tests.
  package init(texts: [String]) throws {
    files = texts.indices.map { "\($0)" }
    for (file, text) in zip(files, texts) { try merge(file, Array(text.utf8)) }
  }

  private mutating func add(_ file: String) throws {
    var status = stat()
    // KUBECONFIG=/dev/null is a common way to have none.
    guard stat(file, &status) == 0, status.st_mode & S_IFMT != Glibc.S_IFCHR else { return }
    try merge(file, try Files.read(file, limit: 16 << 20))
  }

  private mutating func merge(_ file: String, _ bytes: [UInt8]) throws {
    let config: JSON
    do throws(YAMLError) { config = try json(yaml: bytes).first ?? .null } catch {
      throw ClusterError.kubeConfig(path: file, reason: error.place)
    }
    if current == nil, let name = config["current-context"]?.string, !name.isEmpty { current = name }
    for (list, key) in [("contexts", "context"), ("clusters", "cluster")] {
      for entry in config[list]?.array ?? [] {
        guard let name = entry["name"]?.string, let value = entry[key] else { continue }
        if key == "context", contexts[name] == nil { contexts[name] = value }
        if key == "cluster", clusters[name] == nil { clusters[name] = value }
      }
    }
  }

  /// A context by name; nil if there is none.
  package func context(_ name: String) -> KubeContext? {
    guard let context = contexts[name] else { return nil }
    let cluster = context["cluster"]?.string
    let entry = cluster.flatMap { clusters[$0] }
    return KubeContext(
      name: name, cluster: cluster ?? "", server: entry?["server"]?.string,
      isIndirect: [entry?["proxy-url"]?.string, entry?["tls-server-name"]?.string].contains { $0?.isEmpty == false })
  }
}

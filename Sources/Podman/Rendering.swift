import Cluster
import Command
import Helm
import Records
import YAML

/// The objects of a rendered chart that podman is to run.
package struct Rendering {
  /// Without the hooks.
  package let manifests: [JSON]

  /// `Deployment/web`, in the order of the manifest.
  package var objects: [String] { manifests.compactMap(objectName) }

  /// - Parameters:
  ///   - yaml: what `helm template` prints for the chart.
  ///   - call: warns of hooks, which podman does not run; nil for no warnings.
  /// - Throws: ``HelmError/doesNotRender(chart:said:)`` for what is not YAML.
  package init(yaml: [UInt8], chart: String, call: Call?) throws {
    let all: [JSON]
    do throws(YAMLError) { all = try json(stream: yaml) } catch {
      throw HelmError.doesNotRender(chart: chart, said: "\(error.file.map { "\($0): " } ?? "")\(error.place)")
    }
    var kept: [JSON] = []
    for object in all.flatMap({ $0["kind"]?.string == "List" ? $0["items"]?.array ?? [] : [$0] })
    where object["kind"] != nil {
      if let hook = object["metadata"]?["annotations"]?["helm.sh/hook"]?.string {
        if !hook.hasPrefix("test") {
          call?.warn("podman does not run hooks: \(objectName(object) ?? "an object") is left out")
        }
      } else {
        kept.append(object)
      }
    }
    manifests = kept
  }

  package func of(_ kinds: String...) -> [JSON] { manifests.filter { kinds.contains($0["kind"]?.string ?? "") } }
}

import Cluster
import Command
import Records
import YAML

/// The objects of a chart, rendered by `helm template`.
package struct Rendering {
  /// Without the hooks.
  package let manifests: [JSON]

  /// `Deployment/web`, in the order of the manifest.
  package var objects: [String] { manifests.compactMap(objectName) }

  /// - Parameter values: as options of helm.
  package init(_ chart: Chart, for app: App, values: [String], call: Call) throws {
    let words = ["template", app.name, chart.payload.path, "--namespace=\(app.namespace)"] + values
    call.debug("helm template \(app.name) \(chart.payload.path)")
    // A broken kubeconfig does not affect rendering.
    let result = try HelmProgram.run(words, environment: ["KUBECONFIG": "/dev/null"])
    guard result.succeeded else {
      let failure = HelmFailure(result.errorText)
      throw failure.chartError(chart.name) ?? .doesNotRender(chart: chart.name, said: failure.said)
    }
    try self.init(yaml: result.output, chart: chart.name, call: call)
  }

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

import Cluster
import Command
import OCI
import Records
import Settings
import YAML

/// Applies files of objects with kubectl, as they are, in the line's kube context. An object that names no namespace
/// goes into that of the line. Objects that a file no longer has stay in the cluster.
/// - Throws: ``ReleaseError``, ``ClusterError``, and ``ProgramMissing`` for a missing kubectl.
public func apply(_ app: App, resources: Resources, settings: Settings, call: Call) throws -> Release {
  guard case .helm(let context) = try Engine(settings: settings, call: call) else {
    throw ReleaseError.needsCluster(name: app.name)
  }
  let kubectl = Kubectl(context: context, call: call)
  var runs: [(isOwn: Bool, objects: [JSON])] = []
  for file in resources.files {
    for object in try json(yaml: try file.contents()) {
      // kubectl refuses an object of another namespace than that of its option.
      let isOwn = object["metadata"]?["namespace"]?.string != nil
      if runs.last?.isOwn == isOwn {
        runs[runs.count - 1].objects.append(object)
      } else {
        runs.append((isOwn, [object]))
      }
    }
  }
  if app.namespace != "default" { try Namespace(name: app.namespace, context: context, call: call).ensure() }
  var names: [String] = [], changed = false
  for run in runs {
    let input = run.objects.map { $0.bytes + [0x0A] }.joined(separator: Array("---\n".utf8))
    let words = ["apply", "--filename=-"]
    let result = try Kubectl.run(
      run.isOwn ? words + ["--context=\(context.name)"] : kubectl.words(words, namespace: app.namespace),
      input: Array(input), slow: context.sayWaiting(call), call: call, about: "resources of '\(app.name)'")
    for line in result.outputText.lines {
      guard let (name, state) = line.cut(at: " ") else { continue }
      names.append(name)
      if state != "unchanged" {
        changed = true
        call.say(String(line))
      }
    }
    guard result.succeeded else {
      throw ClusterFailure(result.errorText).error(context: context, doing: "apply the resources of '\(app.name)'")
    }
  }
  if !changed { call.say("Resources \"\(app.name)\" are up to date: nothing to do") }
  return Release(
    name: app.name, namespace: app.namespace, revision: 1, status: "applied", changed: changed, objects: names,
    engine: "kubectl", context: context.name)
}

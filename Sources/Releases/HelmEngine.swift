import Command
import Glibc
import Records

/// Releases through `helm upgrade --install`, so that people can go on with helm by hand at any time.
///
/// The order's digest is the release's description. A release whose newest revision is deployed under the same digest is left
/// alone; an upgrade or a rollback by hand writes a description of its own, and then we release again.
struct HelmEngine {
  let order: Order
  let context: KubeContext
  let lock: ReleaseLock

  private var app: App { order.app }
  private var description: String { "draft \(order.digest)" }

  func release() throws -> Release {
    let call = order.call
    call.say("Deploying to Kubernetes")
    call.debug("kube context '\(context.name)', namespace '\(app.namespace)', \(order.digest)")
    var newest = try HelmState.newest(app.name, namespace: app.namespace, context: context, call: call)
    if let state = newest, state.status.hasPrefix("pending-") { newest = try recover(state) }
    lock.end()

    if let state = newest, state.status == "deployed", state.description == description {
      call.say("Release \"\(app.name)\" is as it should be at revision \(state.revision): nothing to do")
      return try told(state, changed: false)
    }
    if newest == nil { call.pass("    Release \"\(app.name)\" does not exist. Installing it now.\n") }
    lock.begin(revision: (newest?.revision ?? 0) + 1)
    let state = try upgrade(isNew: newest == nil)
    lock.end()
    return try told(state, changed: true)
  }

  private func upgrade(isNew: Bool) throws -> HelmState {
    var arguments = ["upgrade", "--install", app.name, order.chart.payload.path, "--output=json", "--description=\(description)", "--timeout=\(order.timeout)s"]
    // Helm would ask for the right to create it even when it is there.
    if isNew, app.namespace != "default" { arguments.append("--create-namespace") }
    if order.settings.wait { arguments.append("--wait") }
    let result = try helm(arguments + order.values.arguments, doing: "release '\(app.name)'")
    return try HelmState(parsing: result.output, name: app.name)
  }

  /// A release of ours that was killed on its way is put back to where it was; anybody else's is left alone.
  private func recover(_ state: HelmState) throws -> HelmState? {
    guard lock.unfinished == state.revision else {
      throw ReleaseError.pending(name: app.name, namespace: app.namespace, status: state.status, revision: state.revision)
    }
    order.call.say("Release \"\(app.name)\" was interrupted at revision \(state.revision): putting it right")
    if state.status == "pending-install" {
      _ = try helm(["uninstall", app.name], doing: "remove the interrupted release '\(app.name)'")
    } else {
      _ = try helm(["rollback", app.name], doing: "roll the interrupted release '\(app.name)' back")
    }
    return try HelmState.newest(app.name, namespace: app.namespace, context: context, call: order.call)
  }

  private func helm(_ arguments: [String], doing: String) throws -> Child.Result {
    let argv = ["helm", arguments[0], "--namespace=\(app.namespace)", "--kube-context=\(context.name)"] + arguments.dropFirst()
    // Not the values: a password among them has no place in a log.
    order.call.debug(argv.filter { !$0.hasPrefix("--set") }.joined(separator: " "))
    let result = try Child.run(argv, inputFile: lock.descriptor, output: .capture, errors: .capture)
    guard result.succeeded else {
      throw try HelmFailure(result.errorText).error(order: order, context: context, doing: doing)
    }
    order.call.debug(result.errorText.trimmed)
    return result
  }

  /// Prints status, notes and addresses, and makes the member.
  private func told(_ state: HelmState, changed: Bool) throws -> Release {
    let call = order.call
    let objects = (try? json(yaml: Array(state.manifest.utf8))) ?? []
    let urls = Addresses(objects: objects, namespace: app.namespace, context: context, call: call).urls()
    if changed {
      call.say("Status: \(state.status.uppercased())")
      if let notes = state.notes { call.say("Notes:"); call.pass(notes.indented(by: 5)) }
    }
    for url in urls { call.say("\(app.name) answers at \(url)") }
    return Release(
      name: app.name, namespace: app.namespace, revision: state.revision, status: state.status, changed: changed,
      objects: objects.compactMap(objectName), notes: state.notes, urls: urls, engine: "helm")
  }
}

/// `Deployment/web`
func objectName(_ object: JSON) -> String? {
  guard let kind = object["kind"]?.string, let name = object["metadata"]?["name"]?.string else { return nil }
  return "\(kind)/\(name)"
}

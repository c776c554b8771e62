import Cluster
import Command
import Records
import Releases
import Settings

/// What ``installServer(_:_:kubeContext:call:)`` does about a server.
public enum ServerStep: Sendable { case install, upgrade, uninstall }

/// `draft init --server`: installs, upgrades or removes the server in a cluster.
/// - Throws: ``RemoteError``.
public func installServer(_ plan: ServerPlan, _ step: ServerStep, kubeContext: String?, call: Call) throws {
  var settings = Settings(name: Server.name)
  settings.kubeContext = kubeContext ?? call.variable("DRAFT_KUBE_CONTEXT")
  let context = try contextName(settings)
  let there = try Server.find(context: context, namespace: plan.namespace)
  if step == .uninstall { return try uninstall(plan, context: context, call: call) }
  guard there == nil || step == .upgrade else { throw RemoteError.isThere(namespace: plan.namespace) }
  if there == nil, step == .upgrade { throw RemoteError.isNotThere(namespace: plan.namespace) }
  var plan = there.map(plan.updating) ?? plan
  plan.makesNamespace = try !isOthers(plan, context: context)
  try kubectl(["apply", "-f", "-"], context: context, input: plan.manifests.bytes, plan, call)
  call.say("Waiting for the server's pod")
  try waitForPod(
    of: Server.name, namespace: plan.namespace, selector: "app.kubernetes.io/name=\(Server.name)", context: context,
    seconds: 300, call: call)
  try check(plan, context: context, call: call)
  call.say(
    "The server is in namespace '\(plan.namespace)': draft config set remote "
      + "kube\(plan.namespace == Server.defaultNamespace ? "" : ":" + plan.namespace)"
  )
}

/// The objects it would send to the cluster.
public func serverManifests(_ plan: ServerPlan) -> String { plan.manifests.text + "\n" }

/// Whether the namespace was not created by draft; then it is neither labelled nor removed.
private func isOthers(_ plan: ServerPlan, context: String) throws -> Bool {
  let words = [
    "--context=\(context)", "get", "namespace", plan.namespace, "--ignore-not-found", "--request-timeout=20s", "-o",
    "json"
  ]
  let result = try Kubectl.run(words)
  // Without the right to read it, assume that it exists and is not ours.
  guard result.succeeded, let json = try? JSON(parsing: result.output) else { return !result.succeeded }
  return json["metadata"]?["labels"]?["app.kubernetes.io/managed-by"]?.string != "draft"
}

private func uninstall(_ plan: ServerPlan, context: String, call: Call) throws {
  let mine = "app.kubernetes.io/name=\(Server.name),app.kubernetes.io/managed-by=draft"
  // In all namespaces, since the server may have been allowed to release to any of them.
  try kubectl(["delete", "rolebindings", "-A", "-l", mine, "--ignore-not-found"], context: context, plan, call)
  try kubectl(
    [
      "delete", "--cascade=foreground", "deployment,serviceaccount,configmap,role", "-n", plan.namespace, "-l", mine,
      "--ignore-not-found"
    ], context: context, plan, call)
  // A namespace that draft did not create lacks the label, and stays.
  try kubectl(
    ["delete", "namespace", "-l", mine, "--field-selector=metadata.name=\(plan.namespace)", "--ignore-not-found"],
    context: context, plan, call)
}

/// Whether buildah works there, which depends on the kernel and the node. If it cannot get more user ids, it goes on
/// with one and fails at the first file of another user; so ask how many it has.
private func check(_ plan: ServerPlan, context: String, call: Call) throws {
  let words = [
    "--context=\(context)", "exec", "-n", plan.namespace, "deployment/\(Server.name)", "--", "buildah", "unshare",
    "cat", "/proc/self/uid_map"
  ]
  let result = try Kubectl.run(words)
  let ids = result.outputText.lines.reduce(0) { $0.plus($1.split(separator: " ").last.flatMap { Int($0) } ?? 0) }
  if result.succeeded, ids >= 65_536 { return }
  let said = result.errorText.split(whereSeparator: \.isNewline).first.map(String.init) ?? "it has \(ids) user ids"
  call.warn(
    """
    buildah cannot create a user namespace there: \(said)
      the node must allow it: user.max_user_namespaces, and no policy may deny the pod SETUID, SETGID or \
    the right to gain them
    """)
}

private func kubectl(_ words: [String], context: String, input: [UInt8]? = nil, _ plan: ServerPlan, _ call: Call) throws
{
  let result = try Kubectl.run(["--context=\(context)"] + words, input: input, output: .lines { call.pass($0) })
  guard result.succeeded else { throw RemoteError.cannotInstall(doing: words[0], said: lastLine(result.errorText)) }
}

import Archives
import Cluster
import Command
import Glibc
import Records
import Registry
import YAML

/// The login for the image's registry in the release's namespace: a Secret, and the pods' service accounts that refer
/// to it.
///
/// Created only if this machine has a login and the registry requires one; updated with every release, since logins
/// change and tokens expire. It is passed to kubectl on standard input, and is in no argument, log or record. If RBAC
/// forbids this, a warning is printed and the release goes on: the nodes may have a login of their own.
struct PullSecret {
  static let name = "draft-pullsecret"

  let order: Order
  let context: KubeContext

  private var namespace: String { order.app.namespace }

  /// - Returns: whether the login or the service accounts that use it have changed.
  @discardableResult
  func ensure(accounts: [String]) throws -> Bool {
    if order.isExact { return false }
    let registry: String, entry: JSON
    switch try pullLogin(for: order.image, call: order.call) {
    case .notNeeded: return false
    case .identityToken(let registry):
      order.call.warn(
        "no pull secret for '\(registry)': the login is an identity token, and Kubernetes needs a user and a "
          + "password\n  log in with an access token as the password"
      )
      return false
    case .entry(let key, let value): (registry, entry) = (key, value)
    }
    guard Kubectl.isThere else {
      order.call.warn("no pull secret for '\(registry)': cannot find kubectl")
      return false
    }
    let there = try read(accounts)
    var changed = try write(registry, entry, there: there[PullSecret.name])
    for account in accounts where try add(to: account, there: there["ServiceAccount/\(account)"]) { changed = true }
    return changed
  }

  /// The Secret by name and the service accounts by kind and name; what may not be read counts as missing.
  private func read(_ accounts: [String]) throws -> [String: JSON] {
    let result = try kubectl(
      ["get", "secret/\(PullSecret.name)"] + accounts.map { "serviceaccount/\($0)" } + [
        "--ignore-not-found", "--output=json"
      ])
    guard !result.output.isEmpty, let answer = try? JSON(parsing: result.output) else { return [:] }
    var found: [String: JSON] = [:]
    for object in answer["items"]?.array ?? [answer] {
      guard let kind = object["kind"]?.string, let name = object["metadata"]?["name"]?.string else { continue }
      found[kind == "Secret" ? name : "\(kind)/\(name)"] = object
    }
    return found
  }

  /// Sets the entry of one registry; the Secret's entries for others stay.
  private func write(_ registry: String, _ entry: JSON, there: JSON?) throws -> Bool {
    let old = there?["data"]?[".dockerconfigjson"]?.string.flatMap { Base64.decode($0) }.flatMap {
      try? JSON(parsing: $0)
    }
    var entries = old?["auths"] ?? .members([:])
    if entries[registry] == entry { return false }
    entries[registry] = entry
    let secret: JSON = .members([
      "apiVersion": .string("v1"), "kind": .string("Secret"), "type": .string("kubernetes.io/dockerconfigjson"),
      "metadata": .members(["name": .string(PullSecret.name), "namespace": .string(namespace)]),
      "stringData": .members([
        ".dockerconfigjson": .string(String(decoding: JSON.members(["auths": entries]).bytes, as: UTF8.self))
      ])
    ])
    let result = try kubectl(
      ["apply", "--server-side", "--force-conflicts", "--field-manager=draft", "--filename=-"], input: secret.bytes)
    guard result.succeeded else {
      refused(
        "create the pull secret '\(PullSecret.name)'", result,
        "if the image cannot be pulled, ask for the right to create Secrets")
      return false
    }
    order.call.say("Pull secret \"\(PullSecret.name)\" for \(registry): \(there == nil ? "created" : "updated")")
    return true
  }

  /// Adds the Secret to a service account, so that its pods use it.
  private func add(to account: String, there: JSON?) throws -> Bool {
    if there?["imagePullSecrets"]?.array?.contains(where: { $0["name"]?.string == PullSecret.name }) == true {
      return false
    }
    // Every other kind of patch replaces the whole list, which may have entries of others. If there is no list, create
    // it, unless it has just been created by someone else.
    let value = "{\"name\":\"\(PullSecret.name)\"}"
    let append = "[{\"op\":\"add\",\"path\":\"/imagePullSecrets/-\",\"value\":\(value)}]"
    let begin =
      "[{\"op\":\"test\",\"path\":\"/imagePullSecrets\",\"value\":null},"
      + "{\"op\":\"add\",\"path\":\"/imagePullSecrets\",\"value\":[\(value)]}]"
    func patch(_ text: String) throws -> Child.Result {
      try kubectl(["patch", "serviceaccount", account, "--type=json", "--patch=\(text)"])
    }
    func isGone(_ result: Child.Result) -> Bool { result.errorText.contains("NotFound") }

    var result = try patch(there?["imagePullSecrets"]?.array == nil ? begin : append)
    // A new namespace gets its service account after a moment.
    for _ in 0..<10 where !result.succeeded && account == "default" && isGone(result) {
      usleep(500_000)
      result = try patch(begin)
    }
    if !result.succeeded, !isGone(result), !ClusterFailure(result.errorText).isForbidden { result = try patch(append) }
    guard result.succeeded else {
      // A service account of the chart will exist at the next release.
      if isGone(result) { return false }
      refused(
        "make service account '\(account)' use the pull secret", result,
        "name '\(PullSecret.name)' in the chart's imagePullSecrets, or ask for the right to change service accounts")
      return false
    }
    awaitPods(of: account)
    return true
  }

  /// The API server gives a pod the secrets of its service account, but from a cache: a pod created right now might not
  /// get them, and its image pull would be refused. So create pods with a dry run until they have the secrets.
  private func awaitPods(of account: String) {
    let pod: JSON = .members([
      "apiVersion": .string("v1"), "kind": .string("Pod"), "metadata": .members(["name": .string(PullSecret.name)]),
      "spec": .members([
        "serviceAccountName": .string(account),
        "containers": .array([.members(["name": .string("none"), "image": .string(order.imageReference)])])
      ])
    ])
    for _ in 0..<20 {
      let result = try? kubectl(
        ["create", "--dry-run=server", "--output=jsonpath={.spec.imagePullSecrets[*].name}", "--filename=-"],
        input: pod.bytes)
      // Without the right to create pods there is nothing to wait for.
      guard let result, result.succeeded, !result.outputText.split(separator: " ").contains(PullSecret.name[...]) else {
        return
      }
      usleep(100_000)
    }
  }

  private func refused(_ doing: String, _ result: Child.Result, _ advice: String) {
    order.call.warn(
      "cannot \(doing) in namespace '\(namespace)': \(ClusterFailure(result.errorText).said)\n  \(advice)")
  }

  private func kubectl(_ words: [String], input: [UInt8]? = nil) throws -> Child.Result {
    let words = words + ["--namespace=\(namespace)", "--context=\(context.name)"]
    return try Kubectl.run(words, input: input, call: order.call)
  }

  /// The service accounts of the pods in a manifest; `default` if a pod names none, and before the first release.
  static func accounts(in manifest: String?) -> [String] {
    let objects = manifest.flatMap { try? json(stream: Array($0.utf8)) } ?? []
    let specs = objects.compactMap { object -> JSON? in
      object["kind"]?.string == "Pod"
        ? object["spec"]
        : object["spec"]?["jobTemplate"]?["spec"]?["template"]?["spec"] ?? object["spec"]?["template"]?["spec"]
    }
    let names = Set(specs.map { $0["serviceAccountName"]?.string ?? "default" }).filter { name in
      name.utf8.first != UInt8(ascii: "-") && !name.isEmpty
        && name.utf8.allSatisfy {
          (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: ".")
        }
    }
    return names.isEmpty ? ["default"] : names.sorted()
  }
}

import Archives
import Cluster
import Command
import Glibc
import Records
import Registry
import YAML

/// The login for the image's registry, in the namespace of the release: a Secret, and the service accounts of the pods that name it.
///
/// Made only when there is a login on this machine and the registry wants one; brought up to date whenever something is released,
/// since logins change and tokens expire. It goes to kubectl by standard input, and is in no argument, log or record. Whoever may
/// not do this is told so, and the release goes on: the nodes may have a login of their own.
struct PullSecret {
  static let name = "draft-pullsecret"

  let order: Order
  let context: KubeContext

  private var namespace: String { order.app.namespace }

  /// - Returns: whether the login or who uses it has changed.
  @discardableResult
  func ensure(accounts: [String]) throws -> Bool {
    let registry: String, entry: JSON
    switch try pullLogin(for: order.image, call: order.call) {
    case .notNeeded: return false
    case .identityToken(let registry):
      order.call.warn(
        "no pull secret for '\(registry)': the login is an identity token, and Kubernetes takes a user and a password\n  log in with an access token as the password")
      return false
    case .entry(let key, let value): (registry, entry) = (key, value)
    }
    guard Kubectl.isThere else {
      order.call.warn("no pull secret for '\(registry)': there is no kubectl")
      return false
    }
    let there = try read(accounts)
    var changed = try write(registry, entry, there: there[PullSecret.name])
    for account in accounts where try add(to: account, there: there["ServiceAccount/\(account)"]) { changed = true }
    return changed
  }

  /// The Secret by its name, the service accounts by kind and name; what may not be read is not there.
  private func read(_ accounts: [String]) throws -> [String: JSON] {
    let result = try kubectl(
      ["get", "secret/\(PullSecret.name)"] + accounts.map { "serviceaccount/\($0)" } + ["--ignore-not-found", "--output=json"])
    guard !result.output.isEmpty, let answer = try? JSON(parsing: result.output) else { return [:] }
    var found: [String: JSON] = [:]
    for object in answer["items"]?.array ?? [answer] {
      guard let kind = object["kind"]?.string, let name = object["metadata"]?["name"]?.string else { continue }
      found[kind == "Secret" ? name : "\(kind)/\(name)"] = object
    }
    return found
  }

  /// Sets the entry of one registry; what the Secret has for others stays.
  private func write(_ registry: String, _ entry: JSON, there: JSON?) throws -> Bool {
    let old = there?["data"]?[".dockerconfigjson"]?.string.flatMap { Base64.decode($0) }.flatMap { try? JSON(parsing: $0) }
    var entries = old?["auths"] ?? .members([:])
    if entries[registry] == entry { return false }
    entries[registry] = entry
    let secret: JSON = .members([
      "apiVersion": .string("v1"), "kind": .string("Secret"), "type": .string("kubernetes.io/dockerconfigjson"),
      "metadata": .members(["name": .string(PullSecret.name), "namespace": .string(namespace)]),
      "stringData": .members([".dockerconfigjson": .string(String(decoding: JSON.members(["auths": entries]).bytes, as: UTF8.self))]),
    ])
    let result = try kubectl(["apply", "--server-side", "--force-conflicts", "--field-manager=draft", "--filename=-"], input: secret.bytes)
    guard result.succeeded else {
      refused("make the pull secret '\(PullSecret.name)'", result, "if the image cannot be pulled, ask for the right to make Secrets")
      return false
    }
    order.call.say("Pull secret \"\(PullSecret.name)\" for \(registry): \(there == nil ? "made" : "refreshed")")
    return true
  }

  /// Has the pods of a service account use the Secret.
  private func add(to account: String, there: JSON?) throws -> Bool {
    if there?["imagePullSecrets"]?.array?.contains(where: { $0["name"]?.string == PullSecret.name }) == true { return false }
    // The list is replaced as a whole by every other kind of patch, and it may hold what others have put there. Without one it is
    // begun, unless somebody else begins it this moment.
    let value = "{\"name\":\"\(PullSecret.name)\"}"
    let append = "[{\"op\":\"add\",\"path\":\"/imagePullSecrets/-\",\"value\":\(value)}]"
    let begin = "[{\"op\":\"test\",\"path\":\"/imagePullSecrets\",\"value\":null},{\"op\":\"add\",\"path\":\"/imagePullSecrets\",\"value\":[\(value)]}]"
    func patch(_ text: String) throws -> Child.Result { try kubectl(["patch", "serviceaccount", account, "--type=json", "--patch=\(text)"]) }
    func isGone(_ result: Child.Result) -> Bool { result.errorText.contains("NotFound") }

    var result = try patch(there?["imagePullSecrets"]?.array == nil ? begin : append)
    // A namespace made a moment ago gets its service account in a moment.
    for _ in 0..<10 where !result.succeeded && account == "default" && isGone(result) {
      usleep(500_000)
      result = try patch(begin)
    }
    if !result.succeeded, !isGone(result), !ClusterFailure(result.errorText).isForbidden { result = try patch(append) }
    guard result.succeeded else {
      // One that the chart makes is there when the next release comes.
      if isGone(result) { return false }
      refused(
        "have service account '\(account)' use the pull secret", result, "name '\(PullSecret.name)' in the chart's imagePullSecrets, or ask for the right to change service accounts")
      return false
    }
    awaitPods(of: account)
    return true
  }

  /// A pod is given the secrets of its service account by the API server, which knows the account from a cache of its own: one that
  /// is made this moment might go without, and would be refused its image. So one is made that stays on paper, until it has them.
  private func awaitPods(of account: String) {
    let pod: JSON = .members([
      "apiVersion": .string("v1"), "kind": .string("Pod"), "metadata": .members(["name": .string(PullSecret.name)]),
      "spec": .members([
        "serviceAccountName": .string(account), "containers": .array([.members(["name": .string("none"), "image": .string(order.imageReference)])]),
      ]),
    ])
    for _ in 0..<20 {
      let result = try? kubectl(["create", "--dry-run=server", "--output=jsonpath={.spec.imagePullSecrets[*].name}", "--filename=-"], input: pod.bytes)
      // Whoever may make no pods, even so, has none to wait for.
      guard let result, result.succeeded, !result.outputText.split(separator: " ").contains(PullSecret.name[...]) else { return }
      usleep(100_000)
    }
  }

  private func refused(_ doing: String, _ result: Child.Result, _ advice: String) {
    order.call.warn("cannot \(doing) in namespace '\(namespace)': \(ClusterFailure(result.errorText).said)\n  \(advice)")
  }

  private func kubectl(_ words: [String], input: [UInt8]? = nil) throws -> Child.Result {
    let words = words + ["--namespace=\(namespace)", "--context=\(context.name)"]
    return try Kubectl.run(words, input: input, call: order.call)
  }

  /// The service accounts of the pods in a manifest; the namespace's own where it names none, and before the first release.
  static func accounts(in manifest: String?) -> [String] {
    let objects = manifest.flatMap { try? json(stream: Array($0.utf8)) } ?? []
    let specs = objects.compactMap { object -> JSON? in
      object["kind"]?.string == "Pod" ? object["spec"] : object["spec"]?["jobTemplate"]?["spec"]?["template"]?["spec"] ?? object["spec"]?["template"]?["spec"]
    }
    let names = Set(specs.map { $0["serviceAccountName"]?.string ?? "default" }).filter { name in
      name.utf8.first != UInt8(ascii: "-") && !name.isEmpty && name.utf8.allSatisfy { (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: ".") }
    }
    return names.isEmpty ? ["default"] : names.sorted()
  }
}

import Command
import Records

/// Calls of kubectl in one context. Reading goes by `get --raw`: the API's own JSON, with its resource versions.
package struct Kubectl: Sendable {
  package let context: KubeContext
  package let call: Call

  package init(context: KubeContext, call: Call) {
    self.context = context
    self.call = call
  }

  package static var isThere: Bool { Child.find(program) != nil }

  private static let program = "kubectl"

  /// Starts kubectl; nothing else does.
  /// - Parameters:
  ///   - call: is told the words, with --debug.
  ///   - about: what is in the input, for whoever wants to know what is done.
  package static func run(
    _ words: [String], input: [UInt8]? = nil, inputFile: Int32? = nil, output: Child.Output = .capture,
    errors: Child.Output = .capture, handle: Child.Handle? = nil, patience: Int = 5, slow: (() -> Void)? = nil,
    call: Call? = nil, about: String = ""
  ) throws -> Child.Result {
    call?.debug(argv(words).joined(separator: " ") + (about.isEmpty ? "" : ": \(about)"))
    return try Child.run(
      argv(words), input: input, inputFile: inputFile, output: output, errors: errors, handle: handle,
      patience: patience, slow: slow)
  }

  /// The whole call, for who runs its own kind of child with it.
  package static func argv(_ words: [String]) -> [String] { [program] + words }

  /// The words of a call: `VERB … --context=NAME`, and what may begin with a hyphen last.
  package func words(_ words: [String], namespace: String, operands: [String] = []) -> [String] {
    words + ["--namespace=\(namespace)", "--context=\(context.name)"] + (operands.isEmpty ? [] : ["--"] + operands)
  }

  /// The API's answer for a path: `/api/v1/namespaces/default/pods`. Throws ``ClusterError``.
  package func get(_ path: String, doing: String) throws -> JSON {
    let words = ["get", "--raw", path, "--context=\(context.name)", "--request-timeout=20s"]
    let result = try Kubectl.run(words, slow: context.sayWaiting(call), call: call)
    guard result.succeeded else { throw ClusterFailure(result.errorText).error(context: context, doing: doing) }
    do { return try JSON(parsing: result.output) } catch { throw ClusterError.kubectl(doing: doing, said: error.reason) }
  }

  /// Whether the API server says anything at all within two seconds, be it no.
  package var answers: Bool {
    let words = ["get", "--raw", "/version", "--context=\(context.name)", "--request-timeout=20s"]
    let handle = Child.Handle()
    // kubectl itself goes by its time only when it is connected.
    let result = try? Kubectl.run(words, output: .discard, handle: handle, patience: 2, slow: handle.stop)
    if handle.stopped { return false }
    guard let result, !result.succeeded else { return true }
    if case .unreachable = ClusterFailure(result.errorText).error(context: context, doing: "") { return false }
    return true
  }

  /// What `kubectl get` finds of these, in full, and why not all can be told. What is not there is left out.
  /// Throws ``ClusterError`` when the cluster cannot be asked at all.
  /// - Parameter about: what is in the input, for whoever wants to know what is done.
  package func objects(_ words: [String], input: [UInt8]? = nil, about: String = "") throws -> (found: [JSON], error: ClusterError?) {
    let (result, error) = try find(words + ["--output=json"], input: input, about: about)
    // Nothing found is nothing said.
    guard !result.outputText.trimmed.isEmpty else { return ([], error) }
    let answer: JSON
    do { answer = try JSON(parsing: result.output) } catch { throw ClusterError.kubectl(doing: Kubectl.reading, said: error.reason) }
    return (LiveObjects.flat([answer]), error)
  }

  /// The same by name: `service/web`, `deployment.apps/web`. The server keeps everything but the metadata for itself.
  func titles(_ words: [String], namespace: String) throws -> (found: [String], error: ClusterError?) {
    let (result, error) = try find(words + ["--namespace=\(namespace)", "--no-headers", "--show-kind"])
    let lines = result.outputText.lines
    return (lines.compactMap { $0.split(separator: " ").first.map(String.init) }, error)
  }

  /// The pods of a selector. Throws ``ClusterError``.
  package func pods(_ selector: String, namespace: String) throws -> [ClusterPod] {
    let (found, error) = try objects(["pods", "--selector=\(selector)", "--namespace=\(namespace)"])
    if let error { throw error }
    return found.compactMap(ClusterPod.init)
  }

  private static let reading = "read what runs"

  private func find(_ words: [String], input: [UInt8]? = nil, about: String = "") throws -> (Child.Result, ClusterError?) {
    let words = ["get"] + words + ["--ignore-not-found", "--context=\(context.name)", "--request-timeout=20s"]
    let result = try Kubectl.run(words, input: input, slow: context.sayWaiting(call), call: call, about: about)
    if result.succeeded { return (result, nil) }
    let error = ClusterFailure(result.errorText).error(context: context, doing: Kubectl.reading)
    switch error {
    case .unreachable, .notLoggedIn: throw error
    default: return (result, error)
    }
  }

  /// RFC 3986 §2.1, for a part of a query.
  package static func escaped(_ text: String) -> String {
    let plain = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~".utf8), digits = Array("0123456789ABCDEF")
    return text.utf8.map { plain.contains($0) ? String(UnicodeScalar($0)) : "%\(digits[Int($0 >> 4)])\(digits[Int($0 & 15)])" }.joined()
  }
}

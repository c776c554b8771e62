import Command
import Records

/// Calls of kubectl in one context. Reads use `get --raw`: the API's own JSON, with its resource versions.
package struct Kubectl: Sendable {
  package let context: KubeContext
  package let call: Call

  package init(context: KubeContext, call: Call) {
    self.context = context
    self.call = call
  }

  package static var isThere: Bool { Child.find(program) != nil }

  private static let program = "kubectl"

  /// Runs kubectl; nothing else does.
  /// - Parameters:
  ///   - call: logs the command line with --debug.
  ///   - about: what the input is, for the log.
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

  /// The whole command line, for callers that run kubectl in their own way.
  package static func argv(_ words: [String]) -> [String] { [program] + words }

  /// Arguments of a call: `VERB … --context=NAME`, with operands that may begin with a hyphen last.
  package func words(_ words: [String], namespace: String, operands: [String] = []) -> [String] {
    words + ["--namespace=\(namespace)", "--context=\(context.name)"] + (operands.isEmpty ? [] : ["--"] + operands)
  }

  /// The API's answer for a path such as `/api/v1/namespaces/default/pods`. Throws ``ClusterError``.
  package func get(_ path: String, doing: String) throws -> JSON {
    let words = ["get", "--raw", path, "--context=\(context.name)", "--request-timeout=20s"]
    let result = try Kubectl.run(words, slow: context.sayWaiting(call), call: call)
    guard result.succeeded else { throw ClusterFailure(result.errorText).error(context: context, doing: doing) }
    do { return try JSON(parsing: result.output) } catch {
      throw ClusterError.kubectl(doing: doing, said: error.reason)
    }
  }

  /// Whether the API server answers within two seconds, even with an error.
  package var answers: Bool {
    let words = ["get", "--raw", "/version", "--context=\(context.name)", "--request-timeout=20s"]
    let handle = Child.Handle()
    // kubectl's own timeout starts only when it is connected.
    let result = try? Kubectl.run(words, output: .discard, handle: handle, patience: 2, slow: handle.stop)
    if handle.stopped { return false }
    guard let result, !result.succeeded else { return true }
    if case .unreachable = ClusterFailure(result.errorText).error(context: context, doing: "") { return false }
    return true
  }

  /// What `kubectl get` finds of these, in full, and the error if some could not be read. Objects that do not exist are
  /// left out. Throws ``ClusterError`` if the cluster cannot be asked at all.
  /// - Parameter about: what the input is, for the log.
  package func objects(_ words: [String], input: [UInt8]? = nil, about: String = "") throws -> (
    found: [JSON], error: ClusterError?
  ) {
    let (result, error) = try find(words + ["--output=json"], input: input, about: about)
    // kubectl prints nothing if it finds nothing.
    guard !result.outputText.trimmed.isEmpty else { return ([], error) }
    let answer: JSON
    do { answer = try JSON(parsing: result.output) } catch {
      throw ClusterError.kubectl(doing: Kubectl.reading, said: error.reason)
    }
    return (LiveObjects.flat([answer]), error)
  }

  /// The same, but only names: `service/web`, `deployment.apps/web`. The server sends only the metadata.
  func titles(_ words: [String], namespace: String) throws -> (found: [String], error: ClusterError?) {
    let (result, error) = try find(words + ["--namespace=\(namespace)", "--no-headers", "--show-kind"])
    let lines = result.outputText.lines
    return (lines.compactMap { $0.split(separator: " ").first.map(String.init) }, error)
  }

  /// The pods that a selector matches. Throws ``ClusterError``.
  package func pods(_ selector: String, namespace: String) throws -> [ClusterPod] {
    let (found, error) = try objects(["pods", "--selector=\(selector)", "--namespace=\(namespace)"])
    if let error { throw error }
    return found.compactMap(ClusterPod.init)
  }

  private static let reading = "read what runs"

  private func find(_ words: [String], input: [UInt8]? = nil, about: String = "") throws -> (
    Child.Result, ClusterError?
  ) {
    let words = ["get"] + words + ["--ignore-not-found", "--context=\(context.name)", "--request-timeout=20s"]
    let result = try Kubectl.run(words, input: input, slow: context.sayWaiting(call), call: call, about: about)
    if result.succeeded { return (result, nil) }
    let error = ClusterFailure(result.errorText).error(context: context, doing: Kubectl.reading)
    switch error {
    case .unreachable, .notLoggedIn: throw error
    default: return (result, error)
    }
  }

  /// Percent-encodes a part of a query (RFC 3986 §2.1).
  package static func escaped(_ text: String) -> String {
    let plain = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~".utf8),
      digits = Array("0123456789ABCDEF")
    return text.utf8.map {
      plain.contains($0) ? String(UnicodeScalar($0)) : "%\(digits[Int($0 >> 4)])\(digits[Int($0 & 15)])"
    }.joined()
  }
}

import Cluster
import Command

/// Runs helm on the releases of a namespace; nothing else starts helm.
package struct HelmProgram {
  package let context: KubeContext
  package let namespace: String
  /// The descriptor of the release's lock file, which helm keeps open while it runs.
  package let lock: Int32
  package let call: Call

  package init(context: KubeContext, namespace: String, lock: Int32, call: Call) {
    self.context = context
    self.namespace = namespace
    self.lock = lock
    self.call = call
  }

  private static let program = "helm"

  package static var isThere: Bool { path != nil }

  /// Where it is found.
  static var path: String? { Child.find(program) }

  /// Runs helm with these arguments and no others.
  package static func run(
    _ words: [String], inputFile: Int32? = nil, errors: Child.Output = .capture, environment: [String: String?] = [:],
    handle: Child.Handle? = nil, isShort: Bool = false, slow: (() -> Void)? = nil, seconds: Double? = nil
  ) throws -> Child.Result {
    try Child.run(
      [program] + words, inputFile: inputFile, output: .capture, errors: errors, environment: environment,
      handle: handle, isShort: isShort, slow: slow, seconds: seconds)
  }

  package enum Outcome {
    case done(Child.Result)
    case failed(HelmFailure, said: String)
  }

  /// - Parameter newest: the release that is upgraded; nil for a command that is the same in all versions of helm.
  package func run(_ arguments: [String], newest: HelmState? = nil) throws -> Outcome {
    let result = try started(newest == nil ? arguments : HelmDialect.spoken.words(arguments, newest: newest))
    call.debug(result.errorText.trimmed)
    return result.succeeded ? .done(result) : .failed(HelmFailure(result.errorText), said: result.errorText)
  }

  /// - Parameter words: arguments for the helm on PATH; see ``HelmDialect``.
  package func started(
    _ words: [String], handle: Child.Handle? = nil, isShort: Bool = false, slow: (() -> Void)? = nil
  ) throws -> Child.Result {
    let all = [words[0], "--namespace=\(namespace)", "--kube-context=\(context.name)"] + words.dropFirst()
    // Do not log values: a password may be among them.
    call.debug(([HelmProgram.program] + all).filter { !$0.hasPrefix("--set") }.joined(separator: " "))
    return try HelmProgram.run(all, inputFile: lock, handle: handle, isShort: isShort, slow: slow)
  }
}

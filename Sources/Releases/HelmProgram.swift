import Command

/// helm on a release that is there already.
struct HelmProgram {
  let subject: Subject
  let context: KubeContext
  let lock: ReleaseLock
  let call: Call

  enum Outcome {
    case done(Child.Result)
    case failed(HelmFailure, said: String)
  }

  /// - Parameter newest: the release that is upgraded; nil for a command that all helms take alike.
  func run(_ arguments: [String], newest: HelmState? = nil) throws -> Outcome {
    let words = newest == nil ? arguments : HelmDialect.spoken.words(arguments, newest: newest)
    let argv = ["helm", words[0], "--namespace=\(subject.namespace)", "--kube-context=\(context.name)"] + words.dropFirst()
    call.debug(argv.filter { !$0.hasPrefix("--set") }.joined(separator: " "))
    // The lock is helm's as well; see ReleaseLock.
    let result = try Child.run(argv, inputFile: lock.descriptor, output: .capture, errors: .capture)
    call.debug(result.errorText.trimmed)
    return result.succeeded ? .done(result) : .failed(HelmFailure(result.errorText), said: result.errorText)
  }
}

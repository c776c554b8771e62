import Records

/// Any error as a diagnosis. An error without a message is a bug of ours; its type name in the sources is shown only
/// when debugging.
public func diagnosis(of error: any Error, by name: String = "") -> any Diagnosis {
  if let diagnosis = error as? any Diagnosis { return diagnosis }
  let isDebugging = environmentVariable("DRAFT_DEBUG") != nil || CommandLine.arguments.contains("--debug")
  return Failure(
    by: name, code: .software,
    message: "internal error" + (isDebugging ? ": \(String(reflecting: error))" : ""),
    hint: "this is a bug in draft; please report it, with the output of --debug")
}

/// The message of an error, to quote in another sentence.
public func sentence(_ error: any Error) -> String { diagnosis(of: error).message }

extension JSONError: Diagnosis {
  public var exitCode: ExitCode { .badData }
  public var message: String { "cannot read JSON: column \(column): \(reason)" }
  public var hint: String? { nil }
}

extension DetachedEnded: Diagnosis {
  public var exitCode: ExitCode { .unavailable }
  public var message: String { "the program ended with status \(status)" }
  public var hint: String? { nil }
}

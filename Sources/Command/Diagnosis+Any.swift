import Records

/// Any error as one that can be told. What has no sentence is a fault of ours, and its name in the sources tells the
/// user nothing: that is for who looks for the fault.
public func diagnosis(of error: any Error, by name: String = "") -> any Diagnosis {
  if let diagnosis = error as? any Diagnosis { return diagnosis }
  let isDebugging = environmentVariable("DRAFT_DEBUG") != nil || CommandLine.arguments.contains("--debug")
  return Failure(
    by: name, code: .software,
    message: "something went wrong that draft has no words for" + (isDebugging ? ": \(String(reflecting: error))" : ""),
    hint: "this is a bug of draft; please report it, with what --debug adds")
}

/// What an error says, for a sentence about something else.
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

import Records

/// An error with a message for the user. The messages of a library are in one file per error type, named `+Diagnosis`.
public protocol Diagnosis: Error {
  var exitCode: ExitCode { get }
  /// What failed first, lower case, the subject in single quotes, no full stop.
  var message: String { get }
  /// What to try.
  var hint: String? { get }
  /// Whether it is about settings or the start of a line: then the command that the user called signs it.
  var isOfSettings: Bool { get }
}

extension Diagnosis {
  public var isOfSettings: Bool { false }
}

extension Failure: Diagnosis {
  public var exitCode: ExitCode { code }
}

extension RecordError: Diagnosis {
  public var exitCode: ExitCode { if case .unreadable = self { .inputOutput } else { .badData } }
  public var hint: String? {
    switch self {
    case .malformed: "each line is one JSON object, as draft-records(5) describes"
    case .truncated: "the command before this one may have died; run it again"
    case .version: "use the same version of draft on both sides of the pipe"
    case .member(_, let name, _):
      name == App.name
        ? "start the record with a command that takes a directory, as in 'draft detect DIRECTORY'"
        : "see draft-records(5)"
    case .unreadable: nil
    }
  }
}

extension WriteError: Diagnosis {
  public var exitCode: ExitCode { .inputOutput }
  public var hint: String? { nil }
}

/// Wrong usage: exit code 64.
public struct UsageError: Diagnosis, Equatable {
  public var message: String
  public var hint: String?
  public var exitCode: ExitCode { .usage }

  public init(_ message: String, hint: String? = nil) {
    self.message = message
    self.hint = hint
  }
}

/// A failed system call, with what was being done: `cannot create 'x': Permission denied`.
public struct SystemError: Diagnosis, Equatable {
  public var doing: String
  public var number: Int32
  public var exitCode: ExitCode
  public var hint: String?

  /// - Parameter code: nil derives it from the error number, see ``ExitCode/init(errno:)``.
  public init(_ doing: String, _ number: Int32, code: ExitCode? = nil, hint: String? = nil) {
    self.doing = doing
    self.number = number
    self.hint = hint
    exitCode = code ?? ExitCode(errno: number)
  }

  public var message: String { "\(doing): \(errnoText(number))" }
}

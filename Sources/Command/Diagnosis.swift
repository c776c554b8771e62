import Records

/// An error that can be told to a person. Each library's errors say it in one file, named after the error with `+Diagnosis`.
public protocol Diagnosis: Error {
  var exitCode: ExitCode { get }
  /// What failed first, lower case, the subject in single quotes, no full stop.
  var message: String { get }
  /// What to try.
  var hint: String? { get }
  /// Whether it is about settings or where a line begins: what the command that the user called has to answer for.
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
      name == App.name ? "a line is begun by a command with a directory, as in 'draft detect DIRECTORY'" : "see draft-records(5)"
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

/// An error of the operating system, with what was being done: `cannot create 'x': Permission denied`.
public struct SystemError: Diagnosis, Equatable {
  public var doing: String
  public var number: Int32
  public var exitCode: ExitCode
  public var hint: String?

  /// - Parameter code: nil chooses by the error number: 66 for what is not there, 77 for what is forbidden, 74 otherwise.
  public init(_ doing: String, _ number: Int32, code: ExitCode? = nil, hint: String? = nil) {
    self.doing = doing
    self.number = number
    self.hint = hint
    exitCode = code ?? ExitCode(errno: number)
  }

  public var message: String { "\(doing): \(errnoText(number))" }
}

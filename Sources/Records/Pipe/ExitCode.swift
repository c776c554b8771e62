/// The exit codes of every command: those of sysexits(3), and 1 for a failed record. draft(7) has a table of them.
public enum ExitCode: Int32, Sendable {
  case done = 0
  /// Some record carries a failure, or a check said no.
  case failed = 1
  case usage = 64
  case badData = 65
  case noInput = 66
  /// A service or a tool is missing or not responding.
  case unavailable = 69
  /// A bug in draft.
  case software = 70
  case cannotCreate = 73
  case inputOutput = 74
  case tryAgain = 75
  case protocolViolation = 76
  case noPermission = 77
  case configuration = 78
}

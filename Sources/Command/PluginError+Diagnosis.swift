import Records

/// Why a plugin's program has not added its member.
enum PluginError: Error {
  /// - status: the exit status, or 128 plus the signal's number.
  /// - message, hint: from its last lines, if there were any.
  case failed(program: String, status: Int32, message: String?, hint: String?)
  case notJSON(program: String, reason: String)
  case notText(variable: String)
}

extension PluginError: Diagnosis {
  var exitCode: ExitCode {
    switch self {
    // As in env(1) and the shells: 126 is found but not executable, 127 is not found.
    case .failed(_, 126, _, _): .noPermission
    case .failed(_, 127, _, _): .unavailable
    case .failed(_, let status, _, _): ExitCode(rawValue: status) ?? .failed
    case .notJSON, .notText: .badData
    }
  }

  var message: String {
    switch self {
    case .failed(_, _, let message?, _): message
    case .failed(let program, let status, nil, _) where status > 128: "'\(program)' was ended by signal \(status - 128)"
    case .failed(let program, let status, nil, _): "'\(program)' exited with status \(status)"
    case .notJSON(let program, let reason): "'\(program)' did not print one JSON value: \(reason)"
    case .notText(let variable): "cannot set \(variable): the value contains a NUL"
    }
  }

  var hint: String? {
    switch self {
    case .failed(_, _, _, let hint): hint
    case .notJSON: "its output becomes the member of the line; write messages to standard error"
    case .notText: nil
    }
  }
}

import Command
import Records

extension TaskError: Diagnosis {
  public var exitCode: ExitCode {
    switch self {
    case .syntax, .wrongKind, .nothing, .openQuote, .unset, .badVariable, .shell: .configuration
    case .failed: .failed
    case .cannotStart, .noPod: .unavailable
    }
  }

  public var message: String {
    switch self {
    case let .syntax(file, line, column, reason): "cannot read '\(file)': line \(line), column \(column): \(reason)"
    case let .wrongKind(name, place, wanted, found): "cannot use '\(name)' (\(place)): it takes \(wanted), not \(found)"
    case let .nothing(name, place): "task '\(name)' (\(place)) names no program"
    case let .openQuote(name, place, "\\"): "task '\(name)' (\(place)) ends in a backslash"
    case let .openQuote(name, place, quote): "task '\(name)' (\(place)) has a \(quote) that is not closed"
    case let .unset(name, place, variable):
      "task '\(name)' (\(place)) needs the variable '\(variable)', which is not set"
    case let .badVariable(name, place, text): "task '\(name)' (\(place)) has '\(text)', which is not a variable"
    case let .shell(name, place, text): "task '\(name)' (\(place)) has '\(text)', but tasks are not run by a shell"
    case let .failed(name, status, pod):
      "task '\(name)' "
        + "\(status > 128 && status < 160 ? "was ended by signal \(status - 128)" : "exited with status \(status)")"
        + "\(pod.map { " in pod '\($0)'" } ?? "")"
    case let .cannotStart(name, reason, _): "cannot run task '\(name)': \(reason)"
    case let .noPod(app, namespace):
      "no pod of '\(app)' runs in namespace '\(namespace)' to run its post-deploy tasks in"
    }
  }

  public var hint: String? {
    switch self {
    case .syntax, .wrongKind, .nothing, .openQuote, .badVariable: "see draft-tasks(1)"
    case .unset: "set it, or put the $ in single quotes to keep it"
    case .shell: "run it with sh -c '…', or quote it"
    case .failed: "its output is above; the tasks after it were not run"
    case let .cannotStart(_, _, hint): hint
    case .noPod: "make sure that its pods are running; with 'wait' on, a release waits for them"
    }
  }
}

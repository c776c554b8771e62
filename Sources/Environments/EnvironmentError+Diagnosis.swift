import Command
import Records

extension EnvironmentError: Diagnosis {
  package var exitCode: ExitCode {
    switch self {
    case .noFile, .noEnvironment, .noRelease, .noContext: .noInput
    case .unnamed: .usage
    case .badFile, .badGit, .cycle, .noNeed, .twice: .badData
    case .git, .login: .unavailable
    }
  }

  package var message: String {
    switch self {
    case .noFile(let path): "cannot find the environments: there is no '\(path)'"
    case .noEnvironment(let name, let file, _): "there is no environment '\(name)' in '\(file)'"
    case .noRelease(let name, let environment, _): "there is no release '\(name)' in environment '\(environment)'"
    case .noContext(let name, let environment, _):
      "cannot use environment '\(environment)': there is no kube context '\(name)'"
    case .login(let environment, let program, let said):
      "cannot get the kube context of environment '\(environment)': \(program): \(said)"
    case .unnamed(let file, let names): "which environment? '\(file)' has \(names.joined(separator: ", "))"
    case .badFile(let subject, let place, let message, _, let errors):
      "cannot use '\(subject)': \(place): \(message)" + (errors > 1 ? ", and \(errors - 1) more" : "")
    case .badGit(let text, let reason): "cannot use '\(text)': \(reason)"
    case .git(let text, let said): "cannot fetch '\(text)': \(said)"
    case .cycle(let names): "releases need each other: " + names.map { "'\($0)'" }.joined(separator: " needs ")
    case .noNeed(let name, let release, _):
      "release '\(release)' needs '\(name)', which is neither in the stream nor deployed"
    case .twice(let name): "release '\(name)' is in the stream twice"
    }
  }

  package var hint: String? {
    switch self {
    case .noFile: "name the file by --environments-file or $KUBECD_ENVIRONMENTS"
    case .noEnvironment(_, _, let near), .noRelease(_, _, let near):
      near.map { "did you mean '\($0)'?" } ?? "'draft env --list' prints those there are"
    case .noContext(_, let environment, let login):
      login.map { "'draft use --init \(environment)' has \($0) write it" }
        ?? "'kubectl config get-contexts' lists those there are"
    case .login: nil
    case .unnamed: "name some, or give --all"
    case .badFile(_, _, _, let advice, _): advice ?? "'draft env --check' lists all findings"
    case .badGit: "a file of another repository is git::URL//PATH?ref=COMMIT"
    case .git: "try it with git, which has the logins for it"
    case .cycle: "take one of the needs out"
    case .noNeed(_, _, let near): near.map { "did you mean '\($0)'?" } ?? "let the stream have it, or release it first"
    case .twice: "each line of a stream is another release"
    }
  }
}

import Command
import Records

extension RepositoryError: Diagnosis {
  var exitCode: ExitCode {
    switch self {
    case .unreachable, .tls, .missing, .noChart, .noVersion: .unavailable
    case .answer: .protocolViolation
    case .status(_, _, let status): [408, 429].contains(status) || status >= 500 ? .tryAgain : .protocolViolation
    case .login: .noPermission
    case .tooLarge, .badIndex, .digest, .other, .notAChart: .badData
    case .badURL, .noRepository, .noRepositories, .noCredential: .configuration
    case .exists, .taken, .published, .credentialTaken: .cannotCreate
    case .unsigned, .badName, .isRegistry, .badExpression, .badCredential: .usage
    case .badRepositories, .badCredentials: .configuration
    case .noDirectory: .noInput
    case .helper: .unavailable
    }
  }

  var message: String {
    switch self {
    case let .unreachable(what, host, reason): "cannot fetch \(what): no answer from \(host): \(reason)"
    case let .tls(what, host, reason): "cannot fetch \(what): no secure connection to \(host): \(reason)"
    case let .answer(what, host, reason): "cannot fetch \(what): unexpected answer from \(host): \(reason)"
    case let .status(what, host, status): "cannot fetch \(what): \(status) from \(host)"
    case let .login(what, host, status, _, loggedIn):
      "cannot fetch \(what): \(status) from \(host): "
        + (status == 403 ? "not permitted" : loggedIn ? "the login is not accepted" : "not logged in")
    case let .missing(what, host, status): "cannot fetch \(what): \(status) from \(host)"
    case let .tooLarge(what, _, limit): "cannot fetch \(what): it is larger than \(limit >> 20) MB"
    case let .badIndex(url, reason): "'\(url)' is not a repository index: \(reason)"
    case let .badURL(url, reason): "cannot fetch from '\(url)': \(reason)"
    case let .noRepository(name, _): "helm has no repository '\(name)'"
    case let .noChart(name, index, _): "there is no chart '\(name)' in '\(index)'"
    case let .noVersion(name, wanted, newest, place, _):
      "no version of '\(name)' in '\(place)' matches '\(wanted)'"
        + (newest.map { ": the newest is \($0)" } ?? "")
    case let .digest(what, wanted, found): "cannot fetch \(what): its digest is \(found), not \(wanted)"
    case let .other(what, found): "cannot fetch \(what): it is \(found)"
    case let .notAChart(what, reason): "cannot fetch \(what): it is not a chart: \(reason)"
    case let .exists(path): "cannot unpack to '\(path)': it exists"
    case let .unsigned(path): "cannot verify '\(path)': only archives are signed"
    case .noRepositories: "helm knows no repository"
    case let .badName(name): "cannot name a repository '\(name)'"
    case let .taken(name, url): "cannot add '\(name)': it is there already, with '\(url)'"
    case let .isRegistry(url): "cannot add '\(url)': charts in a registry need no repository"
    case let .badExpression(text, reason): "'\(text)' is not a regular expression: \(reason)"
    case let .badRepositories(path, reason): "'\(path)' is not helm's list of repositories: \(reason)"
    case let .noDirectory(path): "there is no directory '\(path)'"
    case let .published(path): "cannot copy to '\(path)': another archive is there already"
    case let .noCredential(name, _): "there is no credential '\(name)'"
    case let .credentialTaken(name): "cannot add '\(name)': there is a credential of that name"
    case let .badCredential(what, reason): "cannot keep \(what): \(reason)"
    case let .badCredentials(path): "'\(path)' is not a file of credentials"
    case let .helper(program, reason): "cannot use '\(program)': \(reason)"
    }
  }

  var hint: String? {
    switch self {
    case .unreachable(_, let host, _):
      Host.isLoopback(host) ? "is the server running?" : "check the server's name and the network"
    case .tls(_, let host, _): "put the CA certificate into /etc/containers/certs.d/\(host)/ca.crt"
    case .status(_, _, let status): status >= 500 || [408, 429].contains(status) ? "try again in a while" : nil
    case let .login(_, _, _, repository, _):
      "try 'draft repo add --force-update -c CREDENTIAL \(repository ?? "NAME") URL', after 'draft credential add'"
    case .noRepository(_, let near):
      near.map { "did you mean '\($0)'?" } ?? "try 'draft repo list', or 'draft repo add NAME URL'"
    case .noChart(_, _, let repository), .noVersion(_, _, _, _, let repository):
      repository.map { "a newer index may have it: try 'draft repo update \($0)'" }
    case .digest: "do not use it: the server sent different bytes than were published"
    case .exists: "remove it first, or choose another directory with --destination"
    case .badIndex: "is the URL of the repository right?"
    case .noRepositories: "try 'draft repo add URL'"
    case .badName: "use letters, digits, '.', '_' and '-': it is the first part of REPO/NAME"
    case .taken: "take another name, or replace it with --force-update"
    case .isRegistry(let url): "name them as '\(url)/NAME', and log in with 'helm registry login'"
    case .badExpression: "they are written as for grep -E"
    case .published: "a version that is published stays as it is; remove the file, or copy to another place"
    case .noCredential(_, let near): near.map { "did you mean '\($0)'?" } ?? "try 'draft credential list'"
    case .credentialTaken(let name): "remove it first: draft credential rm \(name)"
    case .helper: "is the helper installed? 'draft config get credential-helper' names it"
    case .badCredentials: "remove it, and add the credentials again"
    case .badCredential, .badRepositories, .noDirectory: nil
    case .answer, .missing, .tooLarge, .badURL, .other, .notAChart, .unsigned: nil
    }
  }
}

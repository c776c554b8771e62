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
    case .badURL, .noRepository: .configuration
    case .exists: .cannotCreate
    case .unsigned: .usage
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
    }
  }

  var hint: String? {
    switch self {
    case .unreachable(_, let host, _):
      Host.isLoopback(host) ? "is the server running?" : "check the server's name and the network"
    case .tls(_, let host, _): "put the CA certificate into /etc/containers/certs.d/\(host)/ca.crt"
    case .status(_, _, let status): status >= 500 || [408, 429].contains(status) ? "try again in a while" : nil
    case let .login(_, _, _, repository, _):
      "try 'helm repo add --force-update \(repository ?? "NAME") URL --username USER --password-stdin'"
    case .noRepository(_, let near):
      near.map { "did you mean '\($0)'?" } ?? "try 'helm repo list', or 'helm repo add NAME URL'"
    case .noChart(_, _, let repository), .noVersion(_, _, _, _, let repository):
      repository.map { "a newer index may have it: try 'helm repo update \($0)'" }
    case .digest: "do not use it: the server sent different bytes than were published"
    case .exists: "remove it first, or choose another directory with --destination"
    case .badIndex: "is the URL of the repository right?"
    case .answer, .missing, .tooLarge, .badURL, .other, .notAChart, .unsigned: nil
    }
  }
}

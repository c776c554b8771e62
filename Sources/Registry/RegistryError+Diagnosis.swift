import Command
import Records

extension RegistryError: Diagnosis {
  var exitCode: ExitCode {
    switch self {
    case .unreachable, .tls, .helper: .unavailable
    case .status(_, _, let status, _):
      switch status {
      case 404, 410: .unavailable
      case 413, 507: .cannotCreate
      case 408, 429, 500...: .tryAgain
      default: .protocolViolation
      }
    case .login: .noPermission
    case .answer: .protocolViolation
    case .digest, .image: .badData
    case .unreadable: .inputOutput
    case .credentials: .configuration
    case .taken: .cannotCreate
    }
  }

  var message: String {
    switch self {
    case let .unreachable(purpose, host, reason): "cannot \(purpose): no answer from \(host): \(reason)"
    case let .tls(purpose, host, reason): "cannot \(purpose): no secure connection to \(host): \(reason)"
    case let .status(purpose, host, status, detail):
      "cannot \(purpose): \(status) from \(host)\(detail.map { ": " + $0 } ?? "")"
    case let .login(purpose, host, status, detail, loggedIn):
      "cannot \(purpose): \(status) from \(host): "
        + (detail ?? (status == 403 ? "not permitted" : loggedIn ? "the login is not accepted" : "not logged in"))
    case let .answer(purpose, host, reason): "cannot \(purpose): \(host) does not answer like a registry: \(reason)"
    case let .digest(purpose, host, path):
      "cannot \(purpose): \(host) rejects '\(path)', which is damaged: its content does not match its digest"
    case let .unreadable(purpose, path): "cannot \(purpose): '\(path)' changed while it was read"
    case let .credentials(path, reason): "cannot read the logins in '\(path)': \(reason)"
    case let .helper(program, registry, reason): "cannot get the login for '\(registry)' from '\(program)': \(reason)"
    case let .image(reason): "cannot push the image: \(reason)"
    case let .taken(reference): "cannot push '\(reference)': another image has this version"
    }
  }

  var hint: String? {
    switch self {
    case .unreachable(_, let host, _):
      Host.isLoopback(host) ? "is the registry running?" : "check the registry's name and the network"
    case .tls(_, let host, _):
      "put the CA certificate into /etc/containers/certs.d/\(host)/ca.crt, or set DRAFT_PLAIN_HTTP=\(host) "
        + "for a registry without TLS"
    case let .status(_, _, status, _):
      switch status {
      case 404: "the repository or its project may have to be created first"
      case 413: "the registry does not accept a blob of this size"
      case 408, 429, 500...: "try again in a while"
      default: nil
      }
    case let .login(_, host, status, _, loggedIn):
      status == 403 && loggedIn
        ? "log in as a user who may write there: \(RegistryError.login(host))" : RegistryError.login(host)
    case .answer: "is there a registry at this address?"
    case .digest(_, _, let path): "remove '\(path)' and build again"
    case .unreadable: "build again while nothing else writes there"
    case .credentials(let path, _): "fix or remove '\(path)', then log in again"
    case .helper: "log in again, or name another helper in ~/.docker/config.json"
    case .image: nil
    case .taken: "a published version is never replaced: give the image and its chart a new one"
    }
  }

  /// podman and buildah do without TLS only if they are told to.
  static func login(_ host: String) -> String {
    let name = host == "registry-1.docker.io" ? "docker.io" : host
    let isPlain = Host.isLoopback(host) || isNamedPlain(host, environmentVariable("DRAFT_PLAIN_HTTP"))
    let place = (isPlain ? "--tls-verify=false " : "") + name
    return "docker login \(name), or podman login \(place), or buildah login \(place)"
  }
}

extension Relay.Gone: Diagnosis {
  var exitCode: ExitCode { .unavailable }
  var message: String { "a layer of the base image cannot be copied: \(reason)" }
  var hint: String? { nil }
}

import Command
import Records

extension StorageError: Diagnosis {
  package var exitCode: ExitCode {
    switch self {
    case .unreachable, .tls, .noBucket: .unavailable
    case .status(_, _, let status, _):
      switch status {
      case 404, 410: .unavailable
      case 405, 409, 413, 507: .cannotCreate
      case 408, 429, 500...: .tryAgain
      default: .protocolViolation
      }
    case .login, .noCredentials: .noPermission
    case .clock, .region, .badFile: .configuration
    case .answer: .protocolViolation
    case .tooLarge: .badData
    case .badDestination: .usage
    }
  }

  package var message: String {
    switch self {
    case let .unreachable(purpose, host, reason): "cannot \(purpose): no answer from \(host): \(reason)"
    case let .tls(purpose, host, reason): "cannot \(purpose): no secure connection to \(host): \(reason)"
    case let .status(purpose, host, status, detail):
      "cannot \(purpose): \(status) from \(host)" + (detail.map { ": " + $0 } ?? "")
    case let .login(purpose, host, status, detail, _):
      "cannot \(purpose): \(status) from \(host): " + (detail ?? (status == 403 ? "not permitted" : "not logged in"))
    case let .clock(purpose, host, ahead):
      "cannot \(purpose): the clock of this machine is \(StorageError.words(abs(ahead))) "
        + "\(ahead < 0 ? "behind" : "ahead of") that of \(host)"
    case let .answer(purpose, host, reason): "cannot \(purpose): \(host) does not answer as it should: \(reason)"
    case let .tooLarge(purpose, limit): "cannot \(purpose): it is larger than \(limit >> 20) MB"
    case let .region(purpose, bucket, region): "cannot \(purpose): bucket '\(bucket)' is in region \(region)"
    case let .noBucket(bucket): "there is no bucket '\(bucket)'"
    case let .badDestination(text, reason): "cannot publish to '\(text)': \(reason)"
    case let .noCredentials(place, reason, _): "no credentials for '\(place)': \(reason)"
    case let .badFile(path, reason): "cannot read '\(path)': \(reason)"
    }
  }

  package var hint: String? {
    switch self {
    case .unreachable(_, let host, _):
      Host.isLoopback(host) ? "is the server running?" : "check the server's name and the network"
    case .tls(_, let host, _): "put the authority's certificate into /etc/containers/certs.d/\(host)/ca.crt"
    case let .status(_, _, status, _):
      switch status {
      case 405, 501: "the server must accept PUT, as WebDAV does"
      case 413: "the server does not accept files of this size"
      case 507: "its disk is full"
      case 408, 429, 500...: "try again in a while"
      default: nil
      }
    case .login(_, _, _, _, let hint), .noCredentials(_, _, let hint): hint
    case .clock: "set the clock: signatures are accepted for fifteen minutes"
    case let .region(_, _, region): "try AWS_REGION=\(region)"
    case .noBucket: "make it first, or check its name"
    case .badDestination:
      "a destination is a directory, https://HOST/PATH, s3://BUCKET/PATH, gs://BUCKET/PATH or oci://HOST/PATH"
    case .answer, .tooLarge, .badFile: nil
    }
  }

  private static func words(_ seconds: Int) -> String {
    seconds < 120 ? "\(seconds) s" : seconds < 7200 ? "\(seconds / 60) min" : "\(seconds / 3600) h"
  }
}

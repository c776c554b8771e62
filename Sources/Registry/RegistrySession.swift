import Command
import Glibc
import HTTP
import Images
import OCI
import Synchronization

/// What a process knows about a repository from one push to the next: its tokens, and whether the registry uses TLS.
/// Discarded when a file with logins or the certificates have changed, and after a failed push.
final class RegistrySession: @unchecked Sendable {
  let authorizer: Authorizer
  private let lock = Lock()
  private var known: Address
  /// Whether TLS is still to be found out: registries on this machine speak plain HTTP, unless they say otherwise.
  private var mayTurnSecure: Bool
  private let stamp: String
  private var pushes = 0

  /// - Parameters:
  ///   - plainHTTP: use no TLS with a registry that is not on this machine.
  ///   - anonymous: use no login.
  ///   - logins: further files with logins.
  init(_ reference: Reference, plainHTTP: Bool, anonymous: Bool = false, logins: [String] = []) {
    stamp = RegistrySession.stamp(reference)
    authorizer = Authorizer(store: CredentialStore(reference: reference, further: logins), anonymous: anonymous)
    let isLocal = Host.isLoopback(reference.host)
    let hasCertificates = !Certificates.directories(for: reference.host).isEmpty
    known = Address(isSecure: !plainHTTP && !(isLocal && !hasCertificates), host: reference.host, target: "/")
    mayTurnSecure = isLocal && !plainHTTP && !hasCertificates
  }

  /// Whether an image has been pushed in it: then everything is known that a first request finds out.
  var isWarm: Bool { lock.locked { pushes > 0 } }
  func pushed() { lock.locked { pushes += 1 } }

  /// The registry's address without a path.
  var origin: Address { lock.locked { known } }

  /// Whether the registry turns out to use TLS. A TLS server on this machine answers plain HTTP with 400 and a message
  /// about HTTPS. Asked with GET, since an answer to HEAD has no body. Nothing secret has been sent by then.
  func turnsSecure(on connection: Connection) -> Bool {
    lock.locked {
      guard mayTurnSecure else { return known.isSecure }
      let probe = HTTPRequest(
        method: "GET", address: Address(isSecure: false, host: known.host, target: "/v2/"), purpose: "")
      guard let answer = try? connection.send(probe), answer.status == 400,
        String(decoding: answer.body, as: UTF8.self).contains("HTTPS")
      else { return false }
      mayTurnSecure = false
      known = Address(isSecure: true, host: known.host, target: "/")
      return true
    }
  }

  // MARK: sessions across pushes

  /// Those of a run of a command.
  final class Known: Sendable {
    private let sessions = Mutex<[String: RegistrySession]>([:])

    func session(_ reference: Reference, plainHTTP: Bool) -> RegistrySession {
      let key = key(reference, plainHTTP), now = RegistrySession.stamp(reference)
      return sessions.withLock { sessions in
        if let session = sessions[key], session.stamp == now {
          session.authorizer.lookAgain()
          return session
        }
        let session = RegistrySession(reference, plainHTTP: plainHTTP)
        sessions[key] = session
        return session
      }
    }

    func forget(_ reference: Reference, plainHTTP: Bool) {
      let key = key(reference, plainHTTP)
      sessions.withLock { $0[key] = nil }
    }

    private func key(_ reference: Reference, _ plainHTTP: Bool) -> String { "\(plainHTTP) \(reference.name)" }
  }

  private static func stamp(_ reference: Reference) -> String {
    fileStamp(CredentialStore.files + Certificates.directories(for: reference.host))
  }
}

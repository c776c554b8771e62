import CSystem
import Command
import Glibc

/// The authorities that TLS trusts, and our client certificate.
///
/// Besides the system's authorities: `*.crt` in `certs.d/HOST` of containers (`~/.config/containers`,
/// `/etc/containers`) and of Docker (`/etc/docker`), where `NAME.cert` with `NAME.key` is the client certificate.
/// `SSL_CERT_FILE` and `SSL_CERT_DIR` work as in OpenSSL.
/// Source: containers-certs.d(5), https://docs.docker.com/engine/security/certificates/
package final class Certificates: @unchecked Sendable {
  struct Material {
    /// PEM; trusted in addition to the directory.
    var authorities: [UInt8] = []
    var directory: String?
    var certificate: String?
    var key: String?
  }

  package static let shared = Certificates()

  /// The files that were named for a server, beside those found by its host.
  private let named: (host: String, authority: String?, certificate: String?, key: String?)?

  private init() { named = nil }

  /// - Parameters:
  ///   - host: the only server that the files are for; with its port, as in ``Address/host``.
  ///   - authority: PEM; trusted in addition.
  ///   - certificate: our own, with its key.
  package init(host: String, authority: String?, certificate: String?, key: String?) {
    named = (host, authority, certificate, key)
  }

  private let lock = Lock()
  private var known: [String: (material: Material, stamp: String, looked: UInt64)] = [:]

  /// Reads the files again if one has changed, which is checked at most once a second.
  func material(for host: String) -> Material {
    lock.locked {
      let now = csystem_nanoseconds(), old = known[host]
      if let old, now - old.looked < 1_000_000_000 { return old.material }
      let directories = Certificates.directories(for: host)
      let files = directories.flatMap { directory in ((try? Files.list(directory)) ?? []).map { "\(directory)/\($0)" } }
      let stamp = fileStamp(directories + files + [environmentVariable("SSL_CERT_FILE")].compactMap { $0 })
      var material = old?.stamp == stamp ? old!.material : Certificates.find(host)
      if let named, named.host == host, old?.stamp != stamp {
        if let file = named.authority {
          material.authorities += [0x0A] + ((try? Files.read(file, limit: 8 << 20)) ?? [])
        }
        if let certificate = named.certificate, let key = named.key {
          (material.certificate, material.key) = (certificate, key)
        }
      }
      known[host] = (material, stamp, now)
      return material
    }
  }

  /// The existing certificate directories for a host.
  package static func directories(for host: String) -> [String] {
    var roots = ["/etc/containers/certs.d", "/etc/docker/certs.d"]
    if let config = environmentVariable("XDG_CONFIG_HOME") ?? environmentVariable("HOME").map({ $0 + "/.config" }) {
      roots.insert(config + "/containers/certs.d", at: 0)
    }
    return roots.map { "\($0)/\(host)" }.filter(Files.isDirectory)
  }

  private static func find(_ host: String) -> Material {
    var material = Material()
    if let file = environmentVariable("SSL_CERT_FILE") {
      material.authorities += (try? Files.read(file, limit: 8 << 20)) ?? []
    }
    material.directory = environmentVariable("SSL_CERT_DIR")
    for directory in directories(for: host) {
      for name in (try? Files.list(directory)) ?? [] {
        let path = "\(directory)/\(name)"
        if name.hasSuffix(".crt") {
          material.authorities += [0x0A] + ((try? Files.read(path, limit: 8 << 20)) ?? [])
        } else if name.hasSuffix(".cert"), material.certificate == nil {
          let key = path.dropLast(5) + ".key"
          if Files.exists(String(key)) { (material.certificate, material.key) = (path, String(key)) }
        }
      }
    }
    return material
  }
}

/// A text that changes whenever one of the files changes, appears or disappears.
package func fileStamp(_ paths: [String]) -> String {
  paths.map { path in
    var status = stat()
    guard stat(path, &status) == 0 else { return "-" }
    return
      "\(status.st_dev) \(status.st_ino) \(status.st_size) \(status.st_mtim.tv_sec).\(status.st_mtim.tv_nsec) "
      + "\(status.st_ctim.tv_sec).\(status.st_ctim.tv_nsec)"
  }.joined(separator: "\n")
}

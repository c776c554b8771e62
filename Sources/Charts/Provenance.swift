import Command
import Glibc
import OCI
import Records
import YAML

/// The `.prov` beside an archive: what Chart.yaml says and the archive's digest, signed. gpg itself signs and checks,
/// so that agents, cards and keyboxes work. https://helm.sh/docs/topics/provenance/
package enum Provenance {
  /// Who signs, and with what.
  package struct Key: Sendable {
    /// The key: its fingerprint, or a part of its user ID; nil is gpg's default.
    package var name: String?
    /// A file of exported secret keys, instead of the user's own.
    package var keyring: String?
    package var passphraseFile: String?

    package init(name: String? = nil, keyring: String? = nil, passphraseFile: String? = nil) {
      (self.name, self.keyring, self.passphraseFile) = (name, keyring, passphraseFile)
    }
  }

  /// What is signed for an archive.
  static func text(_ chart: ChartMetadata, archive: String, digest: Digest) -> [UInt8] {
    let sums = JSON.object([("files", .object([(archive, .string("\(digest)"))]))])
    return YAML.text(chart.json) + Array("\n...\n".utf8) + YAML.text(sums)
  }

  /// Signs an archive: writes `ARCHIVE.prov`.
  /// - Returns: the fingerprint of the key.
  /// - Throws: ``ChartError/notSigned(path:reason:)``.
  package static func sign(_ chart: ChartMetadata, archive path: String, digest: Digest, by key: Key) throws -> String {
    let text = text(chart, archive: fileName(path), digest: digest)
    return try withHome(importing: key.keyring) { home in
      var argv = ["gpg", "--batch", "--no-tty", "--armor", "--digest-algo", "SHA512", "--status-fd", "2"]
      if let name = key.name { argv += ["--local-user", name] }
      if let file = key.passphraseFile { argv += ["--pinentry-mode", "loopback", "--passphrase-file", file] }
      let result = try Child.run(
        argv + ["--clearsign"], input: text, output: .capture, errors: .capture, environment: home)
      let status = Status(result.errorText)
      guard result.succeeded, let created = status["SIG_CREATED"]?.last, !result.output.isEmpty else {
        throw ChartError.notSigned(path: path, reason: status.words)
      }
      try Files.write(result.output, to: path + ".prov")
      return created
    }
  }

  /// Checks an archive against the `.prov` beside it.
  /// - Parameter keyring: a file of public keys, instead of the user's own.
  /// - Returns: the fingerprint of the key that signed it, and its user ID.
  /// - Throws: ``ChartError/notVerified(path:reason:)``.
  package static func verify(_ path: String, digest: Digest, keyring: String?) throws -> (
    fingerprint: String, user: String
  ) {
    guard Files.exists(path + ".prov") else {
      throw ChartError.notVerified(path: path, reason: "there is no '\(path).prov'")
    }
    return try verify(
      fileName(path), digest: digest, signed: try Files.read(path + ".prov", limit: limit), keyring: keyring,
      shown: path)
  }

  /// Of a `.prov`, in bytes.
  package static let limit = 1 << 20

  /// Checks an archive against its provenance.
  /// - Parameters:
  ///   - name: the archive's file name, which is signed as well.
  ///   - shown: what messages call it.
  package static func verify(
    _ name: String, digest: Digest, signed: [UInt8], keyring: String?, shown path: String
  ) throws -> (fingerprint: String, user: String) {
    try withHome(importing: keyring) { home in
      let argv = ["gpg", "--batch", "--no-tty", "--trust-model", "always", "--status-fd", "2", "--decrypt"]
      let result = try Child.run(argv, input: signed, output: .capture, errors: .capture, environment: home)
      let status = Status(result.errorText)
      let bad = ["BADSIG", "ERRSIG", "EXPSIG", "EXPKEYSIG", "REVKEYSIG", "NODATA"].first { status[$0] != nil }
      guard result.succeeded, bad == nil, status.count("GOODSIG") == 1, let good = status["GOODSIG"],
        let valid = status["VALIDSIG"]?.first
      else {
        throw ChartError.notVerified(
          path: path,
          reason: bad == "ERRSIG" && status["NO_PUBKEY"] != nil
            ? "the key of its signature is not in the keyring" : status.words)
      }
      // What stands outside of the signature is not in gpg's output.
      guard let sums = sums(result.output), let sum = sums[name]?.text else {
        throw ChartError.notVerified(path: path, reason: "its provenance says nothing of '\(name)'")
      }
      guard sum == "\(digest)" else {
        throw ChartError.notVerified(
          path: path, reason: "its digest is \(digest.short), not \(sum.prefix(19)), as was signed")
      }
      return (valid, good.dropFirst().joined(separator: " "))
    }
  }

  /// The digests by file: what stands after the line of three dots.
  private static func sums(_ text: [UInt8]) -> YAML? {
    let lines = text.split(separator: 0x0A, omittingEmptySubsequences: false).map {
      $0.last == 0x0D ? $0.dropLast() : $0
    }
    guard let dots = lines.firstIndex(where: { $0.elementsEqual("...".utf8) }) else { return nil }
    return (try? YAML(parsing: Array(lines[(dots + 1)...].joined(separator: [0x0A]))))?["files"]
  }

  private static func fileName(_ path: String) -> String {
    String(path[(path.lastIndex(of: "/").map { path.index(after: $0) } ?? path.startIndex)...])
  }

  /// Runs a body with the environment of a gpg that knows the keys of a file only; with the user's own without one.
  private static func withHome<T>(importing keyring: String?, _ body: ([String: String?]) throws -> T) throws -> T {
    guard let keyring else { return try body(["LC_ALL": "C.UTF-8"]) }
    let keys = try Files.read(keyring, limit: 64 << 20)
    // The socket of its agent is there too, so the path must be short.
    let home = try Temporary.directory()
    let environment: [String: String?] = ["GNUPGHOME": home, "LC_ALL": "C.UTF-8"]
    defer {
      _ = try? Child.run(["gpgconf", "--kill", "all"], output: .discard, errors: .discard, environment: environment)
      Temporary.remove(home)
    }
    let result = try Child.run(
      ["gpg", "--batch", "--no-tty", "--import"], input: keys, output: .discard, errors: .capture,
      environment: environment)
    guard result.succeeded else { throw ChartError.badKeyring(path: keyring, reason: Status(result.errorText).words) }
    return try body(environment)
  }

  /// The status lines of gpg, and its other words: https://github.com/gpg/gnupg/blob/master/doc/DETAILS
  private struct Status {
    private var lines: [(name: String, words: [String])] = []
    private(set) var words = ""

    init(_ text: String) {
      var said: [String] = []
      for line in text.lines {
        guard line.hasPrefix("[GNUPG:] ") else {
          said.append(String(line.hasPrefix("gpg: ") ? line.dropFirst(5) : line))
          continue
        }
        let parts = line.split(separator: " ").map(String.init)
        if parts.count > 1 { lines.append((parts[1], Array(parts.dropFirst(2)))) }
      }
      words = said.last ?? "gpg says nothing"
    }

    subscript(name: String) -> [String]? { lines.first { $0.name == name }?.words }
    func count(_ name: String) -> Int { lines.count { $0.name == name } }
  }
}

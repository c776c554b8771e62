import Archives
import Charts
import Command
import HTTP
import Registry
import Settings
import Storage

/// The destination that a draft.toml names: a URL, or a directory below that of the draft.toml, which is not trusted.
/// - Throws: ``ArchiveError`` for another directory.
package func publishDestination(_ text: String, setting: String, in directory: String) throws -> String {
  if text.contains("://"), !text.lowercased().hasPrefix("file:") { return text }
  let outside = ArchiveError.outside(setting: "publish.\(setting)", path: text, directory: directory)
  guard !text.hasPrefix("/"), !text.contains("://") else { throw outside }
  let root = try Files.resolve(directory)
  var place = root
  for part in text.split(separator: "/") where part != "." {
    guard part != ".." else { throw outside }
    place += "/" + part
    guard Files.exists(place) else { continue }
    place = try Files.resolve(place)
    guard Files.relative(place, to: root) != nil else { throw outside }
  }
  return place
}

/// Where charts are published.
enum Destination {
  case store(any ObjectStore)
  case registry(host: String, path: String)

  /// - Parameter text: a directory, or a URL of http, https, s3, gs or oci.
  /// - Throws: ``StorageError``.
  init(_ text: String, call: Call) throws {
    func bad(_ reason: String) -> StorageError { .badDestination(Destination.shown(text), reason: reason) }
    guard !text.isEmpty else { throw bad("it is empty") }
    guard text.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7F }) else {
      throw bad("it has control characters")
    }
    guard let scheme = text.firstRange(of: "://") else {
      self = .store(try DirectoryStore(text))
      return
    }
    let rest = text[scheme.upperBound...]
    let login = try HelmRepository.all().first { $0.covers(bucket: text) }?.login
    if let store = try bucketStore(text, login: login, call: call) {
      self = .store(store)
      return
    }
    switch text[..<scheme.lowerBound].lowercased() {
    case "file": self = .store(try DirectoryStore(String(rest)))
    case "http", "https":
      guard let address = Address(text) else { throw bad("it is not a URL without a user name") }
      let repository = try HelmRepository.all().first {
        var below = address
        below.target = address.target.prefix { $0 != "?" } + (address.target.hasSuffix("/") ? "" : "/") + "index.yaml"
        return $0.covers(below)
      }
      let certificates = repository.flatMap { repository in
        repository.authority == nil && repository.certificate == nil
          ? nil
          : Certificates(
            host: address.host, authority: repository.authority, certificate: repository.certificate,
            key: repository.key)
      }
      self = .store(
        try WebStore(
          address, authorization: repository?.authorization, certificates: certificates ?? .shared,
          login:
            "try 'helm repo add --force-update \(repository?.name ?? "NAME") \(address.withoutQuery) --username USER "
            + "--password-stdin'",
          call: call))
    case "oci":
      var place = text
      while place.hasSuffix("/") { place.removeLast() }
      let reference: ChartReference
      // A repository may be all of a registry.
      do { reference = try ChartReference(place + "/chart") } catch { throw bad("it is not a place in a registry") }
      guard case let .oci(host, path, nil, nil) = reference else { throw bad("it has a tag or a digest") }
      self = .registry(host: host, path: String(path.dropLast("chart".count)))
    default: throw bad("'\(text[..<scheme.lowerBound])' is not known")
    }
  }

  /// Without a query, which may hold a secret.
  fileprivate static func shown(_ text: String) -> String {
    text.contains("://") ? String(text.prefix { $0 != "?" }) : text
  }
}

/// The bucket that a URL of s3 or gs names; nil for another URL.
/// - Parameter login: a key of S3 and its secret, instead of those that ``AWSAccount`` finds.
/// - Throws: ``StorageError``.
func bucketStore(_ url: String, login: Login?, call: Call) throws -> (any ObjectStore)? {
  guard let scheme = url.firstRange(of: "://") else { return nil }
  let kind = url[..<scheme.lowerBound].lowercased()
  guard ["s3", "gs"].contains(kind) else { return nil }
  let rest = url[scheme.upperBound...]
  let bucket = String(rest.prefix { $0 != "/" }), path = String(rest.dropFirst(bucket.count + 1))
  let isBucket =
    (1...222).contains(bucket.utf8.count)
    && bucket.utf8.allSatisfy {
      (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0) || "-._".utf8.contains($0)
    }
  guard isBucket else {
    throw StorageError.badDestination(Destination.shown(url), reason: "'\(bucket)' is not the name of a bucket")
  }
  if kind == "gs" { return try GoogleStore(bucket: bucket, path: path, call: call) }
  let account = try AWSAccount(for: url, login: login.map { ($0.user, $0.secret) }, call: call)
  return try S3Store(bucket: bucket, path: path, account: account, call: call)
}

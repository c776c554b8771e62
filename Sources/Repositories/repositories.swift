import Charts
import Command
import Glibc
import HTTP
import Records

/// A repository to add.
package struct RepositoryOrder: Sendable {
  /// nil makes one from the URL.
  package var name: String?
  package var url: String
  /// helm keeps both, readable by the user alone.
  package var login: Login?
  /// Files for TLS: of an authority, of our certificate and of its key.
  package var authority: String?, certificate: String?, key: String?
  /// A repository of that name is replaced.
  package var replacing: Bool

  package init(
    name: String?, url: String, login: Login?, authority: String?, certificate: String?, key: String?, replacing: Bool
  ) {
    (self.name, self.url, self.login, self.replacing) = (name, url, login, replacing)
    (self.authority, self.certificate, self.key) = (authority, certificate, key)
  }
}

/// The repositories of helm's list, in its order.
package func listRepositories() throws -> [Repository] { try HelmRepository.all().map { $0.member() } }

/// Adds a repository to helm's list and stores its index, as `helm repo add` does: the index is fetched first, and
/// nothing is written if there is none.
/// - Returns: the repository, and false if it was there already, with the same URL and login.
/// - Throws: ``RepositoryError``.
package func addRepository(_ order: RepositoryOrder, call: Call) throws -> (repository: Repository, isNew: Bool) {
  if order.url.hasPrefix("oci://") { throw RepositoryError.isRegistry(order.url) }
  if order.url.hasPrefix("gs://"), order.login != nil {
    throw UsageError("Google's login is not a credential", hint: "try 'gcloud auth login'")
  }
  guard try Address(order.url) != nil || bucketStore(order.url, login: order.login, call: call) != nil else {
    throw RepositoryError.badURL(
      order.url, reason: "it is not a URL of http, https, s3 or gs without a user name")
  }
  if let name = order.name, !ChartReference.isName(name) { throw RepositoryError.badName(name) }
  let isBucket = HelmRepository.isBucket(order.url)
  func file(_ path: String?) throws -> String { try path.map(Files.resolve) ?? "" }
  // What helm writes, and what it writes where nothing is given.
  let fields: [(name: String, value: JSON)] = [
    ("caFile", .string(try file(order.authority))), ("certFile", .string(try file(order.certificate))),
    ("insecure_skip_tls_verify", .bool(false)), ("keyFile", .string(try file(order.key))),
    ("pass_credentials_all", .bool(false)), ("password", .string(order.login?.secret ?? "")),
    ("url", .string(order.url)), ("username", .string(order.login?.user ?? ""))
  ]
  /// The name of the new one, and whether it is there as it should be.
  func place(in list: [JSON]) throws -> (name: String, isThere: Bool) {
    // The names of both lists.
    let others = try HelmRepository.all().filter { HelmRepository.isBucket($0.url) != isBucket }
    if let other = others.first(where: { $0.name == order.name }) {
      throw RepositoryError.taken(other.name, url: other.url)
    }
    let known = list.map { $0.fieldText("name") } + others.map(\.name)
    guard
      let old = list.first(where: { item in
        order.name.map { $0 == item.fieldText("name") } ?? (item.fieldText("url") == order.url)
      })
    else { return (order.name ?? repositoryName(for: order.url, besides: known), false) }
    let name = old.fieldText("name")
    let same = fields.allSatisfy {
      old.fieldText($0.name) == ($0.value.string ?? $0.value.text) || $0.value.bool != nil
    }
    guard same || order.replacing else { throw RepositoryError.taken(name, url: old.fieldText("url")) }
    return (name, same && !order.replacing)
  }
  // Before the index is fetched; what counts is looked up again under the lock.
  var isThere: String?
  _ = try RepositoriesFile.change(buckets: isBucket) { file -> Bool? in
    let place = try place(in: file.repositories)
    if place.isThere { isThere = place.name }
    return nil
  }
  if let isThere, let known = try HelmRepository.all().first(where: { $0.name == isThere }) {
    return (known.member(), false)
  }
  let text = { (name: String) in fields.first { $0.name == name }?.value.string.flatMap { $0.isEmpty ? nil : $0 } }
  var repository = HelmRepository(
    name: order.name ?? "", url: order.url, login: order.login, authority: text("caFile"),
    certificate: text("certFile"), key: text("keyFile"))
  let index = try FetchedIndex(of: repository, call: call)
  _ = try RepositoriesFile.change(buckets: isBucket) { file -> Bool? in
    let name = try place(in: file.repositories).name
    repository.name = name
    try index.store(as: name)
    if let old = file.repositories.firstIndex(where: { $0.fieldText("name") == name }) {
      file.repositories[old] = file.repositories[old].setting(fields)
    } else {
      file.repositories.append(.object(fields + [("name", .string(name))]))
    }
    return true
  }
  return (repository.member(charts: index.charts.count), true)
}

/// Removes repositories from helm's list, and their indexes: all or, if one is unknown, none.
/// - Parameter named: names, or URLs.
/// - Throws: ``RepositoryError/noRepository(_:near:)``.
package func removeRepositories(_ named: [String]) throws -> [Repository] {
  let known = try HelmRepository.all()
  var removed: [HelmRepository] = []
  for wanted in named {
    let found = known.filter { one in
      one.name == wanted || one.url == wanted || one.url == wanted + "/" || one.url + "/" == wanted
    }
    guard !found.isEmpty else {
      throw RepositoryError.noRepository(wanted, near: nearest(to: wanted, among: known.map(\.name)))
    }
    removed += found
  }
  for isBucket in [false, true] {
    let names = removed.filter { HelmRepository.isBucket($0.url) == isBucket }.map(\.name)
    guard !names.isEmpty else { continue }
    _ = try RepositoriesFile.change(buckets: isBucket) { file -> Bool? in
      file.repositories.removeAll { names.contains($0.fieldText("name")) }
      for name in names where !name.utf8.contains(UInt8(ascii: "/")) {
        for kind in ["index.yaml", "charts.txt"] { unlink("\(HelmRepository.cache)/\(name)-\(kind)") }
      }
      return true
    }
  }
  return known.filter { one in removed.contains { $0.name == one.name } }.map {
    Repository(name: $0.name, url: $0.url, login: $0.authorization != nil, index: nil)
  }
}

/// Fetches indexes again, as `helm repo update` does. One that fails keeps its old index, and the others are updated.
/// - Parameters:
///   - names: of repositories; all if there are none.
///   - done: called with each, and the error of one that has failed.
/// - Throws: ``RepositoryError/noRepository(_:near:)``, ``RepositoryError/noRepositories``, and what `done` throws.
package func updateRepositories(
  _ names: [String], call: Call, done: (Repository, (any Diagnosis)?) throws -> Void
) throws {
  let known = try HelmRepository.all()
  guard !known.isEmpty else { throw RepositoryError.noRepositories }
  let wanted = try names.map { name in
    guard let found = known.first(where: { $0.name == name }) else {
      throw RepositoryError.noRepository(name, near: nearest(to: name, among: known.map(\.name)))
    }
    return found
  }
  for repository in names.isEmpty ? known.filter({ !$0.url.hasPrefix("oci://") }) : wanted {
    let updated: Repository
    do {
      let index = try FetchedIndex(of: repository, call: call)
      try index.store(as: repository.name)
      updated = repository.member(charts: index.charts.count)
    } catch let error as any Diagnosis {
      try done(repository.member(), error)
      continue
    }
    try done(updated, nil)
  }
}

extension HelmRepository {
  /// - Parameter charts: in an index that was fetched just now.
  package func member(charts: Int? = nil) -> Repository {
    Repository(name: name, url: url, login: authorization != nil, index: storedIndex, charts: charts)
  }
}

/// An index that has been fetched and read, beside its place in helm's cache until it is stored.
private struct FetchedIndex: ~Copyable {
  private let temporary: TemporaryFile
  /// Their names, in the order of the index.
  let charts: [[UInt8]]

  init(of repository: HelmRepository, call: Call) throws {
    try Files.makeDirectories(HelmRepository.cache)
    let temporary = try Temporary.file(beside: HelmRepository.cache + "/index.yaml")
    do {
      let shown = try FetchedIndex.fetch(repository, to: temporary.file, call: call)
      var charts: [[UInt8]] = []
      try ChartIndex.walk(fields: [], readingFrom: temporary.file.descriptor, shown: shown) {
        if $1 == nil { charts.append($0.filter { $0 != 0x0A }) }
      }
      self.charts = charts
    } catch {
      Temporary.remove(temporary.path)
      throw error
    }
    self.temporary = temporary
  }

  /// - Returns: the address of the index, for messages.
  private static func fetch(_ repository: HelmRepository, to file: borrowing OpenFile, call: Call) throws -> String {
    if let store = try bucketStore(repository.url, login: repository.login, call: call) {
      let shown = store.address(of: IndexPublication.index)
      guard try IndexFragments.fetch(from: store, to: file) else {
        throw RepositoryError.missing(what: "'\(shown)'", host: store.shown, status: 404)
      }
      return shown
    }
    guard let address = repository.indexAddress else {
      throw RepositoryError.badURL(
        repository.url, reason: "it is not a URL of http, https, s3 or gs without a user name")
    }
    let what = "'\(address.withoutQuery)'", client = try WebClient(repository: repository, call: call)
    switch try client.get(
      address, what: what, headers: [("Accept-Encoding", "identity")], to: file.descriptor, limit: ChartIndex.limit)
    {
    case .missing(let status): throw RepositoryError.missing(what: what, host: address.host, status: status)
    case .unchanged: throw RepositoryError.status(what: what, host: address.host, status: 304)
    case .got: break
    }
    try client.mergeFragments(beside: address, into: file)
    return address.withoutQuery
  }

  /// Stores the index and the names of its charts, which helm completes with.
  func store(as name: String) throws {
    guard !name.utf8.contains(UInt8(ascii: "/")), !name.isEmpty else { throw RepositoryError.badName(name) }
    try Files.write(Array((charts + [[]]).joined(separator: [0x0A])), to: "\(HelmRepository.cache)/\(name)-charts.txt")
    let path = "\(HelmRepository.cache)/\(name)-index.yaml"
    guard fchmod(temporary.file.descriptor, 0o644) == 0 else { throw SystemError("cannot write '\(path)'", errno) }
    try Files.place(temporary, at: path)
  }

  deinit { Temporary.remove(temporary.path) }
}

/// A name made from a URL: the last part of its path or the first of its host that is not a word which many have.
///
///     https://example.com/charts          example
///     https://argoproj.github.io/argo-helm  argo-helm
func repositoryName(for url: String, besides known: [String]) -> String {
  let common = [
    "charts", "chart", "helm", "helm-charts", "helm-chart", "helm-repo", "repo", "repos", "repository", "repositories",
    "index", "stable", "public", "latest", "main", "master", "www", "com", "org", "net", "io", "dev"
  ]
  let rest = url.prefix { $0 != "?" }.split(separator: "/").dropFirst().map(String.init)
  let path = Array(rest.dropFirst())
  let host = (rest.first ?? "").prefix { $0 != ":" }.split(separator: ".").map(String.init)
  let isAddress = host.allSatisfy { $0.utf8.allSatisfy { (0x30...0x39).contains($0) } }
  let words = path.reversed() + (isAddress ? [host.joined(separator: "-")] : host)
  let plain = words.map { word in
    String(
      decoding: word.lowercased().utf8.map { ChartReference.isNameByte($0) ? $0 : UInt8(ascii: "-") }, as: UTF8.self)
  }.filter { ChartReference.isName($0) }
  let name = plain.first { !common.contains($0) } ?? plain.first ?? "repository"
  guard known.contains(name) else { return name }
  return (2...).lazy.map { "\(name)-\($0)" }.first { !known.contains($0) } ?? name
}

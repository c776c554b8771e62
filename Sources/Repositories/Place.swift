import Charts
import Command
import Glibc
import HTTP
import OCI
import Records
import Registry
import Settings
import Storage

/// Where an archive was found, and what is known about it.
struct Place {
  enum Source {
    case web(Address, WebClient)
    case registry(RegistryPull, layer: Descriptor, provenance: Descriptor?)
    case file(String)
    case store(any ObjectStore, key: String)
  }

  var source: Source
  /// To follow "cannot fetch".
  var what: String
  /// The archive's file name, if known before the chart is read.
  var fileName: String?
  var digest: Digest?
  /// What the chart in it must be.
  var name: String?
  var version: String?
  /// The reference to this version.
  var exact: ChartReference
}

/// Finds the archive of a reference.
struct Search {
  let home: Home
  /// The files for TLS of a repository that helm does not know.
  var repository: HelmRepository?
  let call: Call

  /// - Throws: ``RepositoryError``, ``RegistryError``, ``ChartError``.
  func place(of reference: ChartReference) throws -> Place {
    switch reference {
    case .path(let path):
      return Place(
        source: .file(path), what: "'\(path)'", fileName: path.split(separator: "/").last.map(String.init),
        exact: reference)
    case .url(let text):
      guard let address = Address(text) else {
        throw RepositoryError.badURL(text, reason: "it is not a URL without a user name")
      }
      let repository = try HelmRepository.all().first { $0.covers(address) }
      return Place(
        source: .web(address, try WebClient(repository: repository, call: call)), what: "'\(address.withoutQuery)'",
        fileName: fileName(address), exact: reference)
    case let .oci(host, path, version, digest):
      return try registry(host, path, version: version, digest: digest, exact: reference)
    case let .helm(host, path, version):
      let parts = path.split(separator: "/"), base = "\(host)/\(parts.dropLast().map { "\($0)/" }.joined())"
      let isPlain =
        isNamedPlain(host.lowercased(), call.variable("DRAFT_PLAIN_HTTP"))
        || (Host.isLoopback(host) && Certificates.directories(for: host).isEmpty)
      let url = (isPlain ? "http://" : "https://") + base
      guard let address = Address(url) else { throw RepositoryError.badURL(url, reason: "it is not a URL") }
      var given = repository
      given?.url = url
      let repository =
        try given
        ?? HelmRepository.all().first {
          $0.covers(Address(isSecure: address.isSecure, host: address.host, target: address.target + "index.yaml"))
        }
      return try indexed(
        String(parts[parts.count - 1]), version: version, in: address, repository: repository, stored: nil, reference)
    case let .repository(name, chart, version):
      let all = try HelmRepository.all()
      guard let repository = all.first(where: { $0.name == name }) else {
        throw RepositoryError.noRepository(name, near: nearest(to: name, among: all.map(\.name)))
      }
      return try place(
        of: chart, version: version, at: repository.url, repository, stored: repository.storedIndex, reference)
    }
  }

  /// The archive of a dependency: of a chart in the repository at a URL, by its index as it is now. The login is that
  /// of the one that helm knows by the same URL.
  func place(of chart: String, version: String, in url: String, _ repositories: [HelmRepository]) throws -> Place {
    func plain(_ url: String) -> Substring { url.hasSuffix("/") ? url.dropLast() : url[...] }
    let repository = repositories.first { plain($0.url) == plain(url) }
    // What it is called matters only to messages.
    let reference = ChartReference.repository(repository?.name ?? url, name: chart, version: version)
    return try place(of: chart, version: version, at: url, repository, stored: nil, reference)
  }

  private func place(
    of chart: String, version: String?, at url: String, _ repository: HelmRepository?, stored: String?,
    _ reference: ChartReference
  ) throws -> Place {
    if url.hasPrefix("oci://") {
      guard case let .oci(host, path, _, _) = try ChartReference(url) else {
        throw RepositoryError.badURL(url, reason: "it is not a registry")
      }
      return try registry(
        host, "\(path)/\(chart)", version: version, digest: nil,
        exact: .oci(host: host, path: "\(path)/\(chart)", version: version, digest: nil))
    }
    if let store = try bucketStore(url, login: repository?.login, call: call) {
      return try indexed(chart, version: version, in: store, repository: repository, stored: stored, reference)
    }
    guard var address = Address(url) else {
      throw RepositoryError.badURL(url, reason: "it is not a URL of http, https, s3 or gs without a user name")
    }
    let path = address.target.prefix { $0 != "?" }
    if !path.hasSuffix("/") { address.target = path + "/" + address.target.dropFirst(path.count) }
    return try indexed(chart, version: version, in: address, repository: repository, stored: stored, reference)
  }

  private func indexed(
    _ chart: String, version wanted: String?, in base: Address, repository: HelmRepository?, stored: String?,
    _ reference: ChartReference
  ) throws -> Place {
    let client = try WebClient(repository: repository, call: call)
    guard let index = base.resolving("index.yaml" + base.target.drop { $0 != "?" }) else {
      throw RepositoryError.badURL(base.text, reason: "it is not a URL")
    }
    let shown = stored ?? index.withoutQuery, versions: [IndexedVersion]
    if let stored {
      versions = try self.versions(of: chart, stored: stored)
    } else {
      versions = try IndexCache(home: home).with(index, client: client) {
        try ChartIndex.versions(of: chart, readingFrom: $0, shown: shown)
      }
    }
    let (chosen, url) = try choose(
      wanted, of: versions, chart, shown: shown, updates: stored == nil ? nil : repository?.name)
    let exact = reference.at(chosen.version.original)
    if url.hasPrefix("oci://") {
      guard case let .oci(host, path, tag, digest) = try ChartReference(url) else {
        throw RepositoryError.badURL(url, reason: "it is not a registry")
      }
      var place = try registry(host, path, version: tag ?? chosen.version.original, digest: digest, exact: exact)
      (place.name, place.version) = (chart, chosen.version.original)
      return place
    }
    guard let address = base.resolving(url) else {
      throw RepositoryError.badURL(url, reason: "it is not a URL of http or https")
    }
    guard address.isSecure || !base.isSecure else {
      throw RepositoryError.badURL(url, reason: "the index was fetched by https, and this is http")
    }
    return Place(
      source: .web(address, client), what: "'\(address.withoutQuery)'", fileName: fileName(address),
      digest: chosen.digest, name: chart,
      version: chosen.version.original, exact: exact)
  }

  /// The same in a bucket.
  private func indexed(
    _ chart: String, version wanted: String?, in store: any ObjectStore, repository: HelmRepository?, stored: String?,
    _ reference: ChartReference
  ) throws -> Place {
    let shown = stored ?? store.address(of: IndexPublication.index), versions: [IndexedVersion]
    if let stored {
      versions = try self.versions(of: chart, stored: stored)
    } else {
      let temporary = try Temporary.file(beside: try home.cache("indexes", limit: 32, bytes: 512 << 20).path("bucket"))
      defer { Temporary.remove(temporary.path) }
      guard try IndexFragments.fetch(from: store, to: temporary.file) else {
        throw RepositoryError.missing(what: "'\(shown)'", host: store.shown, status: 404)
      }
      versions = try ChartIndex.versions(of: chart, readingFrom: temporary.file.descriptor, shown: shown)
    }
    let (chosen, url) = try choose(
      wanted, of: versions, chart, shown: shown, updates: stored == nil ? nil : repository?.name)
    // Other publishers write whole URLs.
    let key = url.utf8.starts(with: (store.shown + "/").utf8) ? String(url.dropFirst(store.shown.count + 1)) : url
    guard !key.contains("://"), !key.hasPrefix("/"), !key.split(separator: "/").contains("..") else {
      throw RepositoryError.badURL(url, reason: "it is not in '\(store.shown)'")
    }
    let last = key.split(separator: "/").last.map(String.init) ?? ""
    return Place(
      source: .store(store, key: key), what: "'\(store.address(of: key))'",
      fileName: ChartReference.isFileName(last) && last.hasSuffix(".tgz") ? last : nil, digest: chosen.digest,
      name: chart, version: chosen.version.original, exact: reference.at(chosen.version.original))
  }

  private func versions(of chart: String, stored: String) throws -> [IndexedVersion] {
    let file = try OpenFile(stored, O_RDONLY) { SystemError("cannot read '\(stored)'", $0) }
    return try ChartIndex.versions(of: chart, readingFrom: file.descriptor, shown: stored)
  }

  /// The version that is wanted, and the URL of its archive.
  /// - Parameter updates: the repository whose index may be old.
  private func choose(
    _ wanted: String?, of versions: [IndexedVersion], _ chart: String, shown: String, updates: String?
  ) throws -> (version: IndexedVersion, url: String) {
    guard !versions.isEmpty else { throw RepositoryError.noChart(chart, index: shown, repository: updates) }
    guard let chosen = ChartIndex.choose(wanted, of: versions) else {
      throw RepositoryError.noVersion(
        chart, wanted: wanted ?? "*", newest: versions.map(\.version).max()?.original, place: shown, repository: updates
      )
    }
    guard let url = chosen.urls.first else {
      throw RepositoryError.badIndex(shown, reason: "it has no URL for \(chart) \(chosen.version.original)")
    }
    return (chosen, url)
  }

  /// A chart in a registry: https://helm.sh/docs/topics/registries/#oci-feature-support
  private func registry(_ host: String, _ path: String, version: String?, digest: Digest?, exact: ChartReference) throws
    -> Place
  {
    let repository = try Reference("\(host)/\(path)")
    let pull = try RegistryPull(repository, logins: [HelmRepository.registryLogins], call: call)
    let chart = path.split(separator: "/").last.map(String.init) ?? path
    var version = version, exact = exact
    if digest == nil, version.map({ Version($0) == nil && VersionConstraint($0) != nil }) ?? true {
      // Tags of a registry cannot have a `+`.
      let all = try pull.tags().compactMap { Version($0.replacing("_", with: "+")) }
      guard let best = VersionConstraint(version ?? "*")?.best(of: all) else {
        throw RepositoryError.noVersion(
          chart, wanted: version ?? "*", newest: all.max()?.original, place: "oci://\(host)/\(path)", repository: nil)
      }
      version = best.original
      exact = exact.at(best.original)
    }
    let name = digest.map { "\($0)" } ?? version!.replacing("+", with: "_")
    let what = "'oci://\(host)/\(path)\(digest.map { "@\($0.short)" } ?? ":" + version!)'"
    guard let bytes = try pull.manifest(name) else {
      throw RepositoryError.missing(what: what, host: host, status: 404)
    }
    func no(_ reason: String) -> RepositoryError { .notAChart(what: what, reason: reason) }
    let manifest: Manifest
    do { manifest = try Manifest(bytes) } catch { throw no("its manifest is not one of an image") }
    guard case let .image(config, layers) = manifest.kind,
      config.mediaType == "application/vnd.cncf.helm.config.v1+json"
    else { throw no("its manifest is of something else") }
    guard
      let layer = layers.first(where: {
        ["application/vnd.cncf.helm.chart.content.v1.tar+gzip", "application/tar+gzip"].contains($0.mediaType)
      })
    else {
      throw no("its manifest has no archive")
    }
    let provenance = layers.first { $0.mediaType == "application/vnd.cncf.helm.chart.provenance.v1.prov" }
    return Place(
      source: .registry(pull, layer: layer, provenance: provenance), what: what, digest: layer.digest, name: chart,
      version: digest == nil && version.flatMap(Version.init) != nil ? version : nil,
      exact: digest == nil ? exact : .oci(host: host, path: path, version: version, digest: digest))
  }

  /// The file name in a URL, if it is a plain one.
  private func fileName(_ address: Address) -> String? {
    let last = address.target.prefix { $0 != "?" }.split(separator: "/").last ?? ""
    let text = String(last).replacing("%2B", with: "+").replacing("%2b", with: "+")
    return ChartReference.isFileName(text) && text.hasSuffix(".tgz") ? text : nil
  }
}

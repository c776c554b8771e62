import Archives
import Charts
import Command
import Contexts
import Glibc
import Records
import Settings

/// Where charts are copied to.
package struct CopyOrder: Sendable {
  /// A directory, or what charts can be published to.
  let target: String
  /// A file of public keys, instead of the user's own.
  let keyring: String?
  let home: Home

  package init(target: String, keyring: String?, home: Home) {
    (self.target, self.keyring, self.home) = (target, keyring, home)
  }
}

/// A chart that was copied, or pushed.
package struct CopiedChart: Sendable {
  package var chart: Chart
  /// nil for one that was pushed.
  package var fetch: Fetch?
  /// nil for a directory.
  package var publish: Publish?

  /// Where it is now: a path, or an address.
  package var place: String { publish?.url ?? chart.payload.path }

  /// What the user is told.
  package var words: String {
    let isThere = publish?.existing ?? fetch?.kept ?? false, isPushed = fetch == nil
    let signer = fetch?.signer ?? publish?.signer
    return
      (isThere
      ? "Nothing to \(isPushed ? "push" : "copy"): '\(place)' is there"
      : "\(isPushed ? "Uploaded" : "Copied") to '\(place)'")
      + (signer.map { ", signed by \($0)" } ?? (isPushed ? "" : ", not signed"))
  }

  package func set(in record: inout Record) {
    record.set(chart)
    if let fetch { record.set(fetch) }
    if let publish { record.set(publish) }
  }
}

/// Copies the archive of a chart, and its provenance if it has one, byte for byte: to a directory, or with its entry in
/// the index to what ``publish(_:by:call:)`` takes. The provenance is checked first; what is published is not written
/// over.
package func copyChart(_ reference: String, by order: CopyOrder, call: Call) throws -> CopiedChart {
  let isDirectory = !order.target.contains("://")
  let scratch = isDirectory ? nil : try Temporary.directory(in: try order.home.directory("cache/fetched"))
  defer { if let scratch { Temporary.remove(scratch) } }
  var how = FetchOrder(
    destination: scratch ?? order.target, untar: false, verify: false, keyring: order.keyring, home: order.home)
  how.copies = true
  var (chart, fetch) = try fetch(ChartReference(reference), named: reference, by: how, call: call)
  guard !isDirectory else { return CopiedChart(chart: chart, fetch: fetch) }
  let path = chart.payload.path
  // A registry's manifest has the time of the archive: the same chart is to have the same manifest.
  let time = timeval(tv_sec: SourceDate.chart, tv_usec: 0)
  _ = utimes(path, [time, time])
  let publishing = PublishOrder(destination: order.target, keyring: order.keyring, home: order.home)
  let source = PublishSource(path: path, digest: chart.payload.digest)
  let done = try publish([source], by: publishing, call: call)[0]
  // The scratch directory is gone when this returns.
  let cache = try order.home.cache("fetched", limit: 400, bytes: 512 << 20)
  let name = "\(chart.payload.digest.split(separator: ":").last ?? "").tgz"
  if !Files.exists(cache.path(name)) { try cache.put(Files.read(path, limit: ChartLimits.total), as: name) }
  chart.payload.path = cache.path(name)
  fetch.provenance = nil
  fetch.kept = nil
  var published = done.publish
  published.from = nil
  return CopiedChart(chart: chart, fetch: fetch, publish: published)
}

/// Publishes archives to a repository that helm knows, together: all of them or none.
/// - Parameter repository: its name, or a URL as for ``publish(_:by:call:)``.
/// - Throws: ``RepositoryError/noRepository(_:near:)``, and as ``publish(_:by:call:)``.
package func pushCharts(
  _ paths: some Sequence<String>, to repository: String, keyring: String?, home: Home, call: Call
) throws -> [CopiedChart] {
  var url = repository
  if !repository.contains("://") {
    let known = try HelmRepository.all()
    guard let found = known.first(where: { $0.name == repository }) else {
      throw RepositoryError.noRepository(repository, near: nearest(to: repository, among: known.map(\.name)))
    }
    url = found.url
  }
  let order = PublishOrder(destination: url, keyring: keyring, home: home)
  return try publish(paths.map { PublishSource(path: $0) }, by: order, call: call).map {
    CopiedChart(chart: $0.chart, publish: $0.publish)
  }
}

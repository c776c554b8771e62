import Charts
import Command
import Glibc
import Records
import Settings

/// Brings charts/ of a chart up to date, as `helm dependency build` does by a lock that is of what Chart.yaml declares,
/// and as `helm dependency update` does without one: then the newest versions are taken, and the lock is written. A
/// chart in a directory (`file://…`) is packed from there; if it has another version than the lock, the lock does not
/// count. What charts/ has in the version of the lock is not fetched again.
/// - Parameters:
///   - order: how charts in directories are packed.
///   - now: the time for the lock, in seconds since 1970.
/// - Throws: ``ChartError``, ``RepositoryError``, ``RegistryError``; then charts/ is as it was.
package func updateDependencies(_ directory: String, by order: PackageOrder, now: Int, home: Home, call: Call) throws {
  try DependencyUpdate(
    order: order, now: now, home: home, repositories: HelmRepository.all(), urls: HelmRepository.urls(), call: call
  ).run(directory, above: [])
}

private struct DependencyUpdate {
  let order: PackageOrder
  let now: Int
  let home: Home
  let repositories: [HelmRepository]
  let urls: [String: String]
  let call: Call

  /// - Parameter above: the directories of the charts that this one is a dependency of. Locks are only written for the
  ///   outermost.
  func run(_ directory: String, above: [String]) throws {
    let chart = try LoadedChart(path: directory)
    let declared = chart.metadata.dependencies.map { $0.resolved(urls) }
    guard !declared.isEmpty else { return }
    let here = try Files.resolve(directory)
    guard !above.contains(here), above.count < ChartLimits.depth else {
      throw bad(directory, declared[0], "it depends on itself")
    }
    let locals = try declared.map { try local($0, of: directory) }
    let lock = lock(of: chart, declared, locals)
    let scratch = try Temporary.directory(in: try home.directory("cache/charts"))
    defer { Temporary.remove(scratch) }

    var locked: [ChartDependency] = [], kept: Set<String> = []
    for (index, dependency) in declared.enumerated() {
      var one = ChartDependency()
      (one.name, one.repository, one.version) = (dependency.name, dependency.repository, dependency.version)
      if let local = locals[index] {
        try run(local.source, above: above + [here])
        var inner = order
        (inner.version, inner.appVersion, inner.key, inner.update) = (nil, nil, nil, nil)
        inner.destination = scratch
        one.version = try packageChart(local.source, by: inner).chart.version
      } else if let there = try there(dependency, lock?.dependencies[index], in: chart) {
        kept.insert(there.file)
        if !dependency.repository.isEmpty { one.version = there.version }
      } else {
        one.version = try fetch(dependency, version: lock?.dependencies[index].version, to: scratch)
      }
      locked.append(one)
    }

    try place(scratch, in: directory, kept: kept, declared)
    guard lock == nil, above.isEmpty else { return }
    let new = ChartLock(
      of: declared, locked: locked, generated: Instant(seconds: now).text,
      file: chart.metadata.apiVersion == "v1" ? "requirements.lock" : "Chart.lock")
    if new.digest != chart.lock?.digest { try Files.write(new.packed, to: "\(directory)/\(new.file)") }
  }

  /// The lock, if it is of what is declared and of the charts in directories as they are.
  private func lock(
    of chart: LoadedChart, _ declared: [ChartDependency], _ locals: [(source: String, version: String)?]
  ) -> ChartLock? {
    guard let lock = chart.lock, chart.isLockCurrent(repositories: urls) == true,
      lock.dependencies.map(\.name) == declared.map(\.name),
      zip(lock.dependencies, locals).allSatisfy({ locked, local in local.map { $0.version == locked.version } ?? true })
    else { return nil }
    return lock
  }

  /// The directory of a dependency that is in one, and the version of the chart there. It has no versions to choose
  /// from: what there is must fit.
  private func local(_ dependency: ChartDependency, of directory: String) throws -> (source: String, version: String)? {
    guard let place = dependency.localPath else { return nil }
    let source = place.hasPrefix("/") ? place : directory + "/" + place
    guard Files.exists(source + "/Chart.yaml") else {
      throw bad(directory, dependency, "'\(source)' is not a chart: it has no Chart.yaml")
    }
    let found = try LoadedChart(path: source).metadata
    guard found.name == dependency.name else {
      throw bad(directory, dependency, "the chart in '\(source)' is called '\(found.name)'")
    }
    guard let version = Version(found.version), try constraint(dependency, of: directory).admits(version) else {
      throw bad(directory, dependency, "'\(source)' has version \(found.version), not \(dependency.version)")
    }
    return (source, found.version)
  }

  /// What charts/ has for a dependency and may stay: the version of the lock, a directory, and what is from nowhere.
  private func there(_ dependency: ChartDependency, _ locked: ChartDependency?, in chart: LoadedChart) throws -> (
    file: String, version: String
  )? {
    let constraint = try constraint(dependency, of: chart.path)
    func fits(_ version: String) -> Bool {
      if let locked, !dependency.repository.isEmpty { return version == locked.version }
      return version == dependency.version || Version(version).map(constraint.admits) ?? false
    }
    let named = chart.subcharts.filter { $0.metadata.name == dependency.name }
    let isFetched = !dependency.repository.isEmpty
    let found = named.first { one in
      fits(one.metadata.version) && (!isFetched || locked != nil || !one.place.hasSuffix(".tgz"))
    }
    if let found { return (String(found.place.dropFirst("charts/".count)), found.metadata.version) }
    // Helm would put the archive beside the directory, and then use one of them.
    if let other = named.first(where: { !isFetched || !$0.place.hasSuffix(".tgz") }) {
      throw bad(
        chart.path, dependency,
        "'\(other.shown(""))' has version \(other.metadata.version), not \(locked?.version ?? dependency.version)")
    }
    guard isFetched else { throw bad(chart.path, dependency, "it has no repository and is not in charts/") }
    return nil
  }

  /// Fetches the archive of a dependency.
  /// - Returns: its version.
  private func fetch(_ dependency: ChartDependency, version: String?, to directory: String) throws -> String {
    if let name = dependency.repositoryName {
      throw RepositoryError.noRepository(name, near: nearest(to: name, among: repositories.map(\.name)))
    }
    let place = try Search(home: home, call: call).place(
      of: dependency.name, version: version ?? dependency.version, in: dependency.repository, repositories)
    let order = FetchOrder(destination: directory, untar: false, verify: false, keyring: nil, home: home)
    let chart = try deliver(place, named: "\(place.exact)", by: order, call: call).chart
    return place.version ?? chart.version
  }

  /// Moves the archives into charts/, and removes those that no dependency needs, as helm does.
  private func place(_ scratch: String, in directory: String, kept: Set<String>, _ declared: [ChartDependency]) throws {
    let charts = directory + "/charts", new = try Files.list(scratch)
    if !new.isEmpty { try Files.makeDirectories(charts) }
    for file in new {
      let bytes = try Files.read(scratch + "/" + file, limit: ChartLimits.total), path = charts + "/" + file
      if (try? Files.read(path, limit: bytes.count)) != bytes { try Files.write(bytes, to: path) }
    }
    guard Files.isDirectory(charts) else { return }
    let own = Set(declared.filter(\.repository.isEmpty).map(\.name))
    for file in try Files.list(charts) where file.hasSuffix(".tgz") && !new.contains(file) && !kept.contains(file) {
      let path = charts + "/" + file
      guard let chart = try? LoadedChart(archive: path), !own.contains(chart.metadata.name) else { continue }
      unlink(path)
    }
  }

  private func constraint(_ dependency: ChartDependency, of directory: String) throws -> VersionConstraint {
    guard let constraint = VersionConstraint(dependency.version) else {
      throw bad(directory, dependency, "'\(dependency.version)' is neither a version nor a constraint")
    }
    return constraint
  }

  private func bad(_ directory: String, _ dependency: ChartDependency, _ reason: String) -> ChartError {
    .badDependency(path: directory, name: dependency.name, reason: reason)
  }
}

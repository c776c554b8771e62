import OCI
import Records

/// What is in charts/ for a dependency: the words of `helm dependency list`.
package enum DependencyState: String, Sendable {
  case ok, unpacked, missing
  case wrongVersion = "wrong version"
  case invalidVersion = "invalid version"
}

extension LoadedChart {
  /// What charts/ has for a dependency that Chart.yaml declares.
  package func state(of dependency: ChartDependency) -> DependencyState {
    let named = subcharts.filter { $0.metadata.name == dependency.name }
    guard !named.isEmpty else { return .missing }
    let constraint = VersionConstraint(dependency.version)
    let fitting =
      named.first { $0.metadata.version == dependency.version }
      ?? named.first { chart in Version(chart.metadata.version).map { constraint?.admits($0) ?? false } ?? false }
    guard let fitting else { return constraint == nil ? .invalidVersion : .wrongVersion }
    return fitting.place.hasSuffix(".tgz") ? .ok : .unpacked
  }

  /// The dependencies that charts/ has no chart for, by name. Helm packages and installs no chart that lacks one.
  package var missing: [ChartDependency] {
    metadata.dependencies.filter { dependency in !subcharts.contains { $0.metadata.name == dependency.name } }
  }

  /// Whether the lock was made of the dependencies as they are declared; nil without a lock.
  /// - Parameter repositories: the URLs of helm's repositories by name, for `@NAME` and `alias:NAME`.
  package func isLockCurrent(repositories: [String: String]) -> Bool? {
    guard let lock else { return nil }
    let resolved = metadata.dependencies.map { $0.resolved(repositories) }
    if lock.digest == ChartLock.digest(of: resolved, locked: lock.dependencies) { return true }
    // Helm 2 hashed the declarations alone, as they were written.
    guard metadata.apiVersion == "v1" else { return false }
    return lock.digest == ChartLock.digest(of: .object([("dependencies", .array(metadata.dependencies.map(\.json)))]))
  }
}

extension ChartLock {
  /// A lock as helm makes it.
  /// - Parameters:
  ///   - declared: the dependencies, with the URLs of their repositories.
  ///   - locked: the versions that were chosen for them, in the same order.
  package init(of declared: [ChartDependency], locked: [ChartDependency], generated: String, file: String) {
    (self.generated, self.file, dependencies) = (generated, file, locked)
    digest = ChartLock.digest(of: declared, locked: locked)
  }

  static func digest(of declared: [ChartDependency], locked: [ChartDependency]) -> String {
    digest(of: .array([.array(declared.map(\.json)), .array(locked.map(\.json))]))
  }

  /// The digest that helm writes: of JSON as Go spells it.
  static func digest(of json: JSON) -> String { SHA256.digest(goJSON(json)) }
}

/// JSON as Go spells it: with signs of comparison escaped.
package func goJSON(_ json: JSON) -> [UInt8] {
  var bytes: [UInt8] = []
  for byte in json.bytes {
    switch byte {
    case UInt8(ascii: "<"): bytes += Array(#"\u003c"#.utf8)
    case UInt8(ascii: ">"): bytes += Array(#"\u003e"#.utf8)
    case UInt8(ascii: "&"): bytes += Array(#"\u0026"#.utf8)
    default: bytes.append(byte)
    }
  }
  return bytes
}

extension ChartDependency {
  /// The name of the repository it is from, in helm's list: of `@stable` and `alias:stable`.
  package var repositoryName: String? {
    if repository.hasPrefix("@") { return String(repository.dropFirst()) }
    return repository.hasPrefix("alias:") ? String(repository.dropFirst("alias:".count)) : nil
  }

  /// The directory it is packed from, as it is declared: of `file://../common`.
  package var localPath: String? {
    repository.hasPrefix("file://") ? String(repository.dropFirst("file://".count)) : nil
  }

  /// With the URL of its repository instead of the repository's name, where that is known.
  package func resolved(_ repositories: [String: String]) -> ChartDependency {
    guard let name = repositoryName, let url = repositories[name] else { return self }
    var dependency = self
    dependency.repository = url
    return dependency
  }
}

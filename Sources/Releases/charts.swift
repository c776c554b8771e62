import Charts
import Cluster
import Command
import Helm
import Podman
import Records
import Settings

/// A release, and what is known of its chart.
public struct ChartInstance: Sendable {
  public var release: Release
  public var origin: ChartOrigin?
  public var name: String
  public var version: String?
  /// The charts in its chart, of any depth, as far as helm has stored them: `version` is what the chart asks for.
  var subcharts: [(name: String, version: String?)] = []

  /// A reference to the chart, or `web-0.1.0`.
  var chart: String { origin?.place ?? release.chart ?? name }

  init(_ release: Release, _ stored: StoredRelease) {
    self.release = release
    (name, version, origin) = (stored.chartName, stored.chartVersion, stored.origin)
    for dependency in stored.json["chart"]?["metadata"]?["dependencies"]?.array ?? [] {
      guard let name = dependency["name"]?.string else { continue }
      subcharts.append((name, dependency["version"]?.string))
    }
    // Those that no Chart.yaml names, and those of sub-charts, show where they made an object.
    for line in stored.state.manifest.lines where line.hasPrefix("# Source: ") {
      let parts = line.split(separator: "/")
      for (place, name) in zip(parts, parts.dropFirst()) where place == "charts" {
        if !subcharts.contains(where: { $0.name == name }) { subcharts.append((String(name), nil)) }
      }
    }
  }

  /// One of podman, which stores no chart.
  init(_ release: Release) {
    self.release = release
    name = release.chart.map(Standing.name(ofChart:)) ?? ""
    version = release.chart.map { String($0.dropFirst(name.count + 1)) }
  }
}

/// The releases in a cluster or in podman with their charts. Those that cannot be read are reported.
/// - Parameter everywhere: in all namespaces, not only in that of the settings.
/// - Returns: whether all could be read.
public func chartInstances(everywhere: Bool, settings: Settings, call: Call) throws -> (
  found: [ChartInstance], isWhole: Bool
) {
  let namespace = everywhere ? nil : settings.namespace
  switch try Engine(settings: settings, call: call, reading: true) {
  case .podman: return (try PodmanState.list(namespace: namespace).map { ChartInstance(Release($0)) }, true)
  case .helm(let context):
    let storage = try HelmStorage(context: context, call: call)
    var found: [ChartInstance] = [], isWhole = true
    let all = try storage.newest(namespace: namespace) { entry, body in
      StoredRelease.result(body, entry, kind: storage.kind).map { stored in
        let release = Release(
          entry, context, chart: stored.chart, appVersion: stored.appVersion, updated: stored.updated)
        return ChartInstance(release, stored)
      }
    }
    for (_, kept) in all {
      switch kept {
      case .success(let instance): found.append(instance)
      case .failure(let error):
        call.report(error)
        isWhole = false
      }
    }
    return (found, isWhole)
  }
}

/// The charts of releases, each version once, with the releases that are of it; by reference and version.
/// - Parameter newest: the newest version of a chart by its reference, if that is known.
public func chartsInUse(_ instances: [ChartInstance], newest: (String) -> String?) -> [ChartUse] {
  var uses: [String: ChartUse] = [:]
  for instance in instances {
    let key = "\(instance.chart)\n\(instance.version ?? "")"
    let new = ChartUse(
      chart: instance.chart, name: instance.name, version: instance.version, newest: newest(instance.chart))
    uses[key, default: new].releases.append("\(instance.release.namespace)/\(instance.release.name)")
  }
  return uses.sorted { $0.key < $1.key }.map(\.value)
}

/// The instances of a chart: the releases of it, with a record for each.
/// - Parameters:
///   - text: the name of the chart, or a reference to it, with a version or without.
///   - deep: also those that it is a sub-chart of.
/// - Throws: ``ChartError`` for what is neither.
public func instances(
  of text: String, in all: [ChartInstance], deep: Bool, newest: (String) -> String?
) throws -> [(instance: ChartInstance, use: ChartUse)] {
  let reference: ChartReference? =
    ChartReference.isName(text) && !Files.isDirectory(text) ? nil : try ChartReference(text)
  let place: String? =
    if case .path(let path)? = reference { try Files.resolve(path) } else { nil }
  let name = reference?.chartName ?? text
  var found: [(ChartInstance, ChartUse)] = []
  for instance in all {
    let own = "\(instance.release.namespace)/\(instance.release.name)"
    let isIt =
      if let place { instance.origin?.directory == place } else if let reference {
        instance.origin?.reference.flatMap { try? ChartReference($0) { _ in false } }.map(reference.admits) ?? false
      } else {
        instance.name == name
      }
    if isIt {
      let use = ChartUse(
        chart: instance.chart, name: instance.name, version: instance.version, newest: newest(instance.chart),
        releases: [own])
      found.append((instance, use))
    } else if deep, let sub = instance.subcharts.first(where: { $0.name == name }) {
      let use = ChartUse(
        chart: sub.name + (sub.version.map { "-" + $0 } ?? ""), name: sub.name, version: sub.version,
        parent: instance.release.chart, releases: [own])
      found.append((instance, use))
    }
  }
  return found
}

extension ChartReference {
  /// The name of the chart, as far as the reference says it.
  fileprivate var chartName: String? {
    switch self {
    case .helm(_, let path, _), .oci(_, let path, _, _): path.split(separator: "/").last.map(String.init)
    case .repository(_, let name, _): name
    case .url, .path: nil
    }
  }

  /// Whether another is a reference to the same chart, in the same version if this one has a version.
  fileprivate func admits(_ other: ChartReference) -> Bool {
    let isSame =
      switch (self, other) {
      case let (.helm(a, b, _), .helm(c, d, _)): a == c && b == d
      case let (.repository(a, b, _), .repository(c, d, _)): a == c && b == d
      case let (.oci(a, b, _, _), .oci(c, d, _, _)): a == c && b == d
      default: self == other
      }
    guard isSame, let version else { return isSame }
    guard let wanted = VersionConstraint(version), let there = other.version.flatMap({ Version($0) }) else {
      return version == other.version
    }
    return version == other.version || wanted.admits(there)
  }
}

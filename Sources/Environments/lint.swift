import Charts
import Command
import Records
import YAML

/// Checks charts with the values of all releases that have them, and the releases beside each other.
package final class ReleaseLint {
  private struct Release {
    var app: App
    var values: Values
    var name: String { "\(app.environment)/\(app.name)" }
    /// Some of its values come from elsewhere: what they are is not known.
    var isPartial: Bool { values.settings.contains { $0.from != nil } }

    /// A value from elsewhere is a text that stands for it.
    func all() -> ChartValues {
      ChartValues(declared: values) { "from-elsewhere-\($0.from?.object?.first?.name ?? "")" }
    }
  }

  private var order: [String] = []
  private var charts: [String: (named: String, releases: [Release])] = [:]

  package init() {}

  /// The number of charts.
  package var count: Int { order.count }

  /// Adds a release.
  /// - Parameters:
  ///   - named: what its chart is called.
  ///   - path: where its chart is.
  package func add(_ app: App, _ values: Values, chart named: String, at path: String) {
    if charts[path] == nil { order.append(path) }
    charts[path, default: (named, [])].releases.append(Release(app: app, values: values))
  }

  /// - Throws: ``ChartError``, and errors of the files with values.
  package func findings(by lint: LintOrder) throws -> [Finding] {
    var findings: [Finding] = [], routes: [String: (release: String, ingress: String)] = [:]
    for path in order {
      guard let (named, releases) = charts[path] else { continue }
      var order = lint
      order.given = try releases.map { (name: $0.name, bytes: try HandedValues($0.all().given).file) }
      let partial = Set(releases.filter(\.isPartial).map(\.name))
      findings += try lintChart(named, at: path, by: order)
        .filter { $0.rule != .schema || !partial.contains($0.values ?? "") }.map { Finding($0, of: named) }
      guard let chart = try? LoadedChart(path: path) else { continue }
      for release in releases {
        try findings += unread(release, chart)
        // A chart that does not render has been told.
        guard let objects = try? rendered(release, chart) else { continue }
        findings += images(release, objects) + conflicts(release, objects, &routes)
      }
    }
    return findings
  }

  private func finding(
    _ rule: Rule, _ severity: Finding.Severity, _ release: Release, at source: String?, _ message: String,
    _ advice: String?
  ) -> Finding {
    var (file, line) = (source ?? release.app.declaredIn ?? release.name, 0)
    if let source, let colon = source.lastIndex(of: ":"), let number = Int(source[source.index(after: colon)...]) {
      (file, line) = (String(source[..<colon]), number)
    }
    return Finding(
      chart: release.name, rule: rule.rawValue, severity: severity, file: file, line: line, column: 1,
      message: message.harmless, advice: advice, values: nil)
  }

  private func unread(_ release: Release, _ chart: LoadedChart) throws -> [Finding] {
    let uses = release.values.uses
    return try unreadValues(uses.map { ValueTree.names($0.key) }, in: chart).map { index in
      finding(
        .unused, .warning, release, at: uses[index].source,
        "no template of '\(chart.metadata.name)' reads '\(uses[index].key)'", "take it out, or correct its name")
    }
  }

  private func rendered(_ release: Release, _ chart: LoadedChart) throws -> [JSON] {
    guard let capabilities = Capabilities() else { return [] }
    var order = RenderOrder(capabilities: capabilities)
    // What it forbids has been told.
    (order.name, order.namespace, order.checksSchema) = (release.app.name, release.app.namespace, false)
    let values = try release.all().given.values()
    return try renderChart(chart, given: values, by: order).objects.flatMap { try json(yaml: $0.text) }
  }

  private func images(_ release: Release, _ objects: [JSON]) -> [Finding] {
    var seen: Set<String> = [], findings: [Finding] = []
    for object in objects {
      for image in ReleaseLint.images(in: object) where seen.insert(image).inserted && !image.contains("@") {
        let name = image.split(separator: "/", omittingEmptySubsequences: false).last.map(String.init) ?? image
        let tag = name.cut(at: ":")?.after
        guard tag == nil || tag == "" || tag == "latest" else { continue }
        let source = release.values.uses.first { use in
          use.value?.string.map { $0 == image || $0 == "latest" && tag == "latest" } ?? false
        }?.source
        findings.append(
          finding(
            .image, .warning, release, at: source,
            "image '\(image)' has \(tag == "latest" ? "the tag 'latest'" : "no tag"): what runs changes by itself",
            "set a version"))
      }
    }
    return findings
  }

  /// The images of the containers in an object, whatever it is.
  private static func images(in object: JSON) -> [String] {
    var images: [String] = [], rest = [object]
    while let next = rest.popLast() {
      if let items = next.array { rest += items.reversed() }
      for (name, value) in (next.object ?? []).reversed() {
        if ["containers", "initContainers"].contains(name), let containers = value.array {
          images += containers.compactMap { $0["image"]?.string }
        } else {
          rest.append(value)
        }
      }
    }
    return images
  }

  private func conflicts(
    _ release: Release, _ objects: [JSON], _ routes: inout [String: (release: String, ingress: String)]
  ) -> [Finding] {
    var findings: [Finding] = []
    for object in objects where object["kind"]?.string == "Ingress" {
      let name = object["metadata"]?["name"]?.string ?? "", spec = object["spec"]
      let kind =
        spec?["ingressClassName"]?.string ?? object["metadata"]?["annotations"]?["kubernetes.io/ingress.class"]?.string
      for rule in spec?["rules"]?.array ?? [] {
        let host = rule["host"]?.string ?? ""
        for path in rule["http"]?["paths"]?.array ?? [] {
          let place = path["path"]?.string ?? "/"
          let key = JSON.strings([release.app.context ?? release.app.environment, kind ?? "", host, place]).text
          guard let other = routes[key] else {
            routes[key] = (release.name, name)
            continue
          }
          // The same path twice in one Ingress is for its own chart to say.
          guard other.release != release.name || other.ingress != name else { continue }
          let source = release.values.uses.first { $0.value?.string == host && !host.isEmpty }?.source
          findings.append(
            finding(
              .ingress, .error, release, at: source,
              "Ingress '\(name)' has host '\(host)' and path '\(place)', as has Ingress '\(other.ingress)' of "
                + "'\(other.release)'", "one of them gets the requests; give it another host or path"))
        }
      }
    }
    return findings
  }
}

extension Environments {
  /// Whether an operand is a file of environments, or a directory with one and no chart.
  /// - Returns: its path; nil if it is not.
  package static func file(at operand: String) -> String? {
    if Files.isDirectory(operand) {
      let name = "environments.yaml"
      let path = operand == "." ? name : operand.hasSuffix("/") ? operand + name : "\(operand)/\(name)"
      return Files.exists(path) && !Files.exists(operand + "/Chart.yaml") ? path : nil
    }
    guard operand.hasSuffix(".yaml") || operand.hasSuffix(".yml"),
      let root = (try? Files.read(operand)).flatMap({ try? YAML(parsing: $0, file: operand) })
    else { return nil }
    return root["environments"] == nil ? nil : operand
  }
}

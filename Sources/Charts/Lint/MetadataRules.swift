import Records
import YAML

/// Helm's checks of Chart.yaml: `rules.Chartfile` of helm 3.17.
/// https://github.com/helm/helm/blob/v3.17.0/pkg/lint/rules/chartfile.go
struct MetadataRules {
  private let document: ChartDocument
  private let file: String
  private var findings: [LintFinding] = []

  /// - Throws: ``ChartError`` for a field of the wrong type, where helm stops too.
  static func findings(_ entry: ChartEntry, shown file: String) throws -> [LintFinding] {
    let document = try ChartDocument(entry, shown: file)
    var rules = MetadataRules(document: document, file: file)
    rules.check(try ChartMetadata(document, shown: file))
    return rules.findings
  }

  private init(document: ChartDocument, file: String) { (self.document, self.file) = (document, file) }

  private mutating func say(
    _ field: String, _ message: String, _ advice: String? = nil, rule: LintRule = .metadata,
    severity: Finding.Severity = .error, at node: YAML? = nil
  ) {
    let place = (node ?? document.yaml[field])?.start
    findings.append(LintFinding(rule, severity, file, place?.line ?? 0, place?.column ?? 1, message, advice))
  }

  private mutating func check(_ chart: ChartMetadata) {
    unknownFields()
    if chart.name.isEmpty {
      say("name", "the chart has no name", "add 'name'")
    } else if isPath(chart.name) {
      say("name", "the chart cannot be called '\(chart.name)'", "a name cannot be a path")
    }
    let api = document.yaml["apiVersion"]?.text ?? ""
    if api.isEmpty {
      say("apiVersion", "the chart has no apiVersion", "add 'apiVersion: v2'")
    } else if api != "v1", api != "v2" {
      say("apiVersion", "the apiVersion '\(api)' is not known", "use v2, or v1 for a chart of Helm 2")
    }
    if isText("version") { version(chart.version) }
    _ = isText("appVersion")
    maintainers(chart)
    for (place, source) in chart.sources.enumerated() where !WebAddress.isRequest(source) {
      say(
        "sources", "the source '\(source)' is not a URL", "write it with its scheme: https://…",
        at: document.yaml["sources"]?[place])
    }
    if chart.icon.isEmpty {
      say("icon", "the chart has no icon", "add 'icon' with the URL of an image", rule: .icon, severity: .info)
    } else if !WebAddress.isRequest(chart.icon) {
      say("icon", "the icon '\(chart.icon)' is not a URL", "write it with its scheme: https://…", rule: .icon)
    }
    let isSecond = chart.apiVersion == "v2"
    if !chart.type.isEmpty, !isSecond {
      say("type", "a chart with the apiVersion '\(chart.apiVersion)' has no type", "set 'apiVersion: v2'")
    }
    if !chart.dependencies.isEmpty, !isSecond {
      say(
        "dependencies", "a chart with the apiVersion '\(chart.apiVersion)' has no dependencies in Chart.yaml",
        "set 'apiVersion: v2', or move them to requirements.yaml", rule: .dependency)
    }
    for item in document.yaml["dependencies"]?.sequence ?? [] {
      if let text = item["version"]?.text, !text.isEmpty, VersionConstraint(text) == nil {
        say(
          "dependencies",
          "dependency '\(item["name"]?.text ?? "")' wants the version '\(text)', which is not a constraint",
          "write it like ^1.2.0", rule: .dependency, severity: .warning, at: item["version"])
      }
    }
    if !chart.kubeVersion.isEmpty, VersionConstraint(chart.kubeVersion) == nil {
      say(
        "kubeVersion", "the kubeVersion '\(chart.kubeVersion)' is not a constraint", "write it like '>=1.25.0-0'",
        severity: .warning)
    }
  }

  private func isPath(_ name: String) -> Bool { name.contains("/") || name == "." || name == ".." }

  private mutating func version(_ text: String) {
    if text.isEmpty {
      say("version", "the chart has no version", "add 'version: 0.1.0'")
    } else if Version(text) == nil {
      say("version", "the version '\(text)' is not a semantic version", "write it like 0.1.0")
    }
  }

  /// Helm requires a string: the number 1.10 would become 1.1.
  private mutating func isText(_ field: String) -> Bool {
    guard let value = document.yaml[field], value.string == nil else { return true }
    let what =
      value.isNull ? "empty" : value.bool != nil ? "a boolean" : value.scalar == nil ? "a list or mapping" : "a number"
    say(field, "'\(field)' is \(what), not a string", "put it into quotes: \(field): \"\(value.scalar?.text ?? "")\"")
    return !value.isNull && value.scalar != nil
  }

  private mutating func maintainers(_ chart: ChartMetadata) {
    for (place, person) in chart.maintainers.enumerated() {
      let node = document.yaml["maintainers"]?[place]
      if person.name.isEmpty {
        say("maintainers", "a maintainer has no name", "add 'name'", at: node)
      } else if !person.email.isEmpty, !WebAddress.isMail(person.email) {
        say(
          "maintainers", "'\(person.email)' of maintainer '\(person.name)' is not an email address", at: node?["email"])
      } else if !person.url.isEmpty, !WebAddress.isAddress(person.url) {
        say("maintainers", "'\(person.url)' of maintainer '\(person.name)' is not a URL", at: node?["url"])
      }
    }
  }

  private static let fields: Set<String> = [
    "name", "home", "sources", "version", "description", "keywords", "maintainers", "icon", "apiversion", "condition",
    "tags", "appversion", "deprecated",
    "annotations", "kubeversion", "dependencies", "type"
  ]

  private mutating func unknownFields() {
    for member in document.yaml.mapping ?? [] {
      guard let name = member.key.scalar?.text, !MetadataRules.fields.contains(name.lowercased()) else { continue }
      say(
        name, "Chart.yaml has no field '\(name)'", "put it under 'annotations', or remove it", severity: .warning,
        at: member.key)
    }
  }
}

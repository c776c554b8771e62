import Charts
import Command
import Helm
import OCI
import Records
import Settings

/// What is to be rendered, in the words of `helm template`.
package struct RenderRequest: Sendable {
  package var name = "release-name"
  package var namespace = "default"
  package var values = GivenValues()
  package var selection = RenderSelection()
  package var isUpgrade = false
  package var kubeVersion: String?
  package var apiVersions: [String] = []
  package var checksSchema = true
  /// Whether it is to be known what is made up.
  package var isTraced = false
  /// Whether each scalar is to say what it came from.
  package var isExplained = false
  /// Those of an order, which reach helm in a file.
  private var handed: ChartValues?

  package init() {}

  /// What draft-release would have helm render for a line: the chart with the image and the settings.
  /// - Throws: ``ReleaseError/badImage(reference:)``.
  package init(app: App, image: Image, settings: Settings) throws {
    guard let given = ChartValues(app: app, image: image, settings: settings) else {
      throw ReleaseError.badImage(reference: "\(image.repository):\(image.tag)")
    }
    (name, namespace, values) = (app.name, app.namespace, GivenValues(given))
  }

  init(_ order: Order) {
    (name, namespace, values) = (order.app.name, order.app.namespace, GivenValues(order.values))
    handed = order.values
  }

  /// Has helm do the same.
  func runHelm(_ path: String) throws -> Child.Result {
    let environment = ["KUBECONFIG": "/dev/null"]
    guard let handed else { return try HelmProgram.run(words(path), environment: environment) }
    var rest = self
    rest.values = GivenValues()
    return try handed.pass { try HelmProgram.run(rest.words(path) + $0, environment: environment) }
  }

  /// The same for helm.
  private func words(_ path: String) -> [String] {
    var words = ["template", name, path, "--namespace=\(namespace)"]
    words += values.files.map { "--values=\($0)" } + values.json.map { "--set-json=\($0)" }
    words += values.set.map { "--set=\($0)" } + values.strings.map { "--set-string=\($0)" }
    words += values.fromFiles.map { "--set-file=\($0)" } + values.literals.map { "--set-literal=\($0)" }
    words += selection.templates.map { "--show-only=\($0)" } + apiVersions.map { "--api-versions=\($0)" }
    if let kubeVersion { words.append("--kube-version=\(kubeVersion)") }
    if isUpgrade { words.append("--is-upgrade") }
    if !checksSchema { words.append("--skip-schema-validation") }
    if selection.withDefinitions { words.append("--include-crds") }
    if !selection.withHooks { words.append("--no-hooks") }
    if !selection.withTests { words.append("--skip-tests") }
    return words
  }
}

/// What `helm template` prints for a chart, and who made it.
package struct ChartText {
  package let text: [UInt8]
  /// Why helm had to: `genCA at web/templates/secret.yaml:7`; nil if draft rendered the chart itself.
  package let why: String?
  /// What it came from, if that was asked for and draft rendered the chart.
  package var trace: RenderTrace?
}

extension Dialect {
  /// That of the helm on PATH; helm 3 without one.
  static var spoken: Dialect { HelmDialect.spoken == .helm4 ? .helm4 : .helm3 }
}

/// Renders a chart as the helm on PATH does: by ourselves, or by helm where only helm can know the result.
/// - Parameter path: a directory or an archive.
/// - Throws: ``ChartError``, ``RenderError``, ``HelmError``, and errors of values files.
package func renderText(_ path: String, _ request: RenderRequest, call: Call) throws -> ChartText {
  guard
    let capabilities =
      Capabilities(kubeVersion: request.kubeVersion, apiVersions: request.apiVersions, .spoken)
  else {
    throw UsageError("option '--kube-version' does not take '\(request.kubeVersion ?? "")': write it like 1.30")
  }
  var order = RenderOrder(capabilities: capabilities)
  (order.name, order.namespace, order.isUpgrade) = (request.name, request.namespace, request.isUpgrade)
  order.checksSchema = request.checksSchema
  order.tracesRandom = request.isTraced
  if request.isExplained { order.traced = request.values }
  do {
    let given = try request.values.values()
    let rendered = try renderChart(try LoadedChart(path: path), given: given, by: order)
    return ChartText(text: try rendered.text(request.selection), why: nil, trace: rendered.trace)
  } catch RenderError.unknowable(let why) {
    guard HelmProgram.isThere else { throw RenderError.unknowable(why: why) }
    call.debug("rendered by helm: \(why)")
    let result = try request.runHelm(path)
    guard result.succeeded else {
      throw RenderError.chart(helmRefusal(result.errorText))
    }
    return ChartText(text: result.output, why: why)
  }
}

/// The objects in the text of a chart, one by one.
/// - Parameter named: what the user calls the chart.
package func renderedObjects(_ chart: ChartText, named: String, _ request: RenderRequest) throws -> [RenderedObject] {
  try manifests(of: chart.text).map { manifest in
    let origins = chart.trace?.origins(of: manifest) ?? []
    return RenderedObject(
      chart: named, release: request.name, namespace: request.namespace, template: manifest.path,
      apiVersion: manifest.apiVersion, kind: manifest.kind, object: manifest.name, hooks: manifest.hooks,
      digest: SHA256.digest(manifest.text), size: manifest.text.count,
      renderer: chart.why == nil ? "draft" : "helm", why: chart.why,
      random: (chart.trace?.random(in: manifest) ?? []).map { .init(start: $0.lowerBound, end: $0.upperBound) },
      because: origins.map { origin in
        .init(
          field: origin.field, template: origin.template, line: origin.line,
          values: origin.values.map { .init(path: $0.path, source: $0.place) })
      })
  }
}

/// What helm says behind its warnings and in front of its advice.
private func helmRefusal(_ text: String) -> String {
  let lines = text.trimmed.split(separator: "\n", omittingEmptySubsequences: false)
  guard let first = lines.firstIndex(where: { $0.hasPrefix("Error: ") }) else { return text.trimmed }
  let rest = lines[first...].prefix { !$0.hasPrefix("Use --debug flag") }
  return String(rest.joined(separator: "\n").dropFirst("Error: ".count)).trimmed
}

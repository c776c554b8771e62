import Charts
import Command
import Glibc
import Pipeline
import Records
import Releases
import Repositories

@main struct Entry {
  static func main() {
    Command(
      name: "draft-render", summary: "render charts as helm does, without helm",
      operands: Operands("[CHART...]", .directory, .file),
      reads: Flow(
        "charts: directories, archives or references; without any records with 'chart' and 'image', or the current "
          + "directory",
        ["app", "chart", "image"]),
      writes: Flow("a record with 'object' for each object", ["object"]),
      options: [
        Option("name", value: "NAME", help: "the name of the release (default: release-name)"),
        Option("namespace", "n", value: Option.Value("NAME", .namespace), help: "the namespace of the release"),
        Option(
          "values", "f", value: Option.Value("FILE", .file), repeats: true, help: "take values from FILE, a YAML file"),
        .set,
        Option("set-string", value: "KEY=VALUE", repeats: true, help: "set a chart value to a text"),
        Option("set-json", value: "KEY=JSON", repeats: true, help: "set a chart value to what is JSON"),
        Option("set-file", value: "KEY=FILE", repeats: true, help: "set a chart value to the contents of FILE"),
        Option("set-literal", value: "KEY=VALUE", repeats: true, help: "set a chart value to a text as it stands"),
        Option(
          "show-only", "s", value: "TEMPLATE", repeats: true,
          help: "only what TEMPLATE renders to, as in templates/service.yaml; it may be a pattern"),
        Option("include-crds", help: "also the custom resource definitions in crds/"),
        Option("skip-tests", help: "leave out the hooks that 'helm test' runs"),
        Option("no-hooks", help: "leave out all hooks"),
        Option("is-upgrade", help: "tell templates that the release is upgraded, not installed"),
        Option("skip-schema-validation", help: "do not check the values against values.schema.json"),
        Option(
          "because", help: "say of each scalar which values and which line of a template it came from"),
        Option("kube-version", value: "VERSION",
          help: "the version of Kubernetes to render for (default: 1.32; of helm 4, 1.36)"),
        Option(
          "api-versions", "a", value: "VERSION", repeats: true,
          help: "an API version that the cluster has, besides those of Kubernetes"),
        Option(
          "output", "o", value: "record|table|yaml",
          help: "force records or a table, or print the objects as 'helm template' does (default: records, unless "
            + "standard output is a terminal)"),
        .quiet
      ],
      examples: [
        "draft render charts/web | jq -r '.object | \"\\(.digest) \\(.kind)/\\(.object)\"'",
        "draft render --because charts/web | jq -c '.object.because[]'",
        "draft render --name web -f staging.yaml -o yaml charts/web"
      ]
    ).run { call in
      let writer: RecordWriter? = call.writesRecords ? RecordWriter() : nil
      let operands = call.arguments.operands
      if operands.isEmpty, readsRecords { return try renderLines(to: writer, call) }
      var code = ExitCode.done
      for operand in operands.isEmpty ? ["."] : operands {
        do {
          try render(localChart(operand, call: call), named: operand, request(call, RenderRequest()), to: writer, call)
        } catch {
          guard operands.count > 1, !(error is WriteError) else { throw error }
          call.report(diagnosis(of: error))
          code = .failed
        }
      }
      return code
    }
  }

  private static var readsRecords: Bool {
    isatty(STDIN_FILENO) == 0 && !Standard.wasClosed(STDIN_FILENO) && !Standard.isNull(STDIN_FILENO)
  }

  private static func renderLines(to writer: RecordWriter?, _ call: Call) throws -> ExitCode {
    var reader = RecordReader(), code = ExitCode.done
    while var record = try reader.next() {
      if record.has(Failure.name) { code = .failed; continue }
      do {
        let line = try Pipeline(record, call: call)
        guard let chart = try line.chart(of: &record) else { throw ReleaseError.noChart(directory: line.app.dir) }
        let image: Image = try record.required()
        try render(
          chart.payload.path, named: chart.name,
          request(call, RenderRequest(app: line.app, image: image, settings: line.settings)), to: writer, call)
      } catch {
        if error is WriteError { throw error }
        call.report(diagnosis(of: error))
        code = .failed
      }
    }
    return code
  }

  private static func render(
    _ path: String, named: String, _ request: RenderRequest, to writer: RecordWriter?, _ call: Call
  ) throws {
    let chart = try renderText(path, request, call: call)
    if call.arguments["output"] == "yaml" {
      if isatty(STDOUT_FILENO) == 1 { return try Standard.output(String(decoding: chart.text, as: UTF8.self)) }
      return try Standard.output(bytes: chart.text)
    }
    for object in try renderedObjects(chart, named: named, request) { try tell(object, to: writer) }
  }

  /// With what the options say.
  private static func request(_ call: Call, _ given: RenderRequest) -> RenderRequest {
    let arguments = call.arguments
    var request = given
    if let name = arguments["name"] { request.name = name }
    if let namespace = arguments["namespace"] { request.namespace = namespace }
    request.values.files += arguments.all("values")
    request.values.set += arguments.all("set")
    request.values.strings += arguments.all("set-string")
    request.values.json += arguments.all("set-json")
    request.values.fromFiles += arguments.all("set-file")
    request.values.literals += arguments.all("set-literal")
    request.selection.templates = arguments.all("show-only")
    request.selection.withDefinitions = arguments.has("include-crds")
    request.selection.withTests = !arguments.has("skip-tests")
    request.selection.withHooks = !arguments.has("no-hooks")
    request.isUpgrade = arguments.has("is-upgrade")
    request.checksSchema = !arguments.has("skip-schema-validation")
    request.isExplained = arguments.has("because") && arguments["output"] != "yaml"
    request.isTraced = arguments["output"] != "yaml" && call.writesRecords
    request.kubeVersion = arguments["kube-version"]
    request.apiVersions = arguments.all("api-versions")
    return request
  }

  private static func tell(_ object: RenderedObject, to writer: RecordWriter?) throws {
    if let writer {
      var record = Record()
      record.set(object)
      return try writer.write(record)
    }
    let name = "\(object.kind)/\(object.object)".harmless
    let digest = String(decoding: object.digest.utf8.dropFirst("sha256:".utf8.count).prefix(12), as: UTF8.self)
    try Standard.output("\(digest)  \(name)  \(object.template.harmless)\n")
    for origin in object.because {
      let values = origin.values.map { $0.path + ($0.source.map { " (\($0))" } ?? "") }.joined(separator: ", ")
      try Standard.output("    \(origin.field)  \(origin.template):\(origin.line)  \(values)".harmless + "\n")
    }
  }
}

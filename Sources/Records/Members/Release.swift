/// `release`: the application as it runs now. Written by draft-release.
public struct Release: Member, Equatable {
  public static let name = "release"

  public var name: String
  public var namespace: String
  public var revision: Int
  /// Helm's word: `deployed`.
  public var status: String
  /// False when the release was already what the line asks for.
  public var changed: Bool
  /// `Deployment/web`, in the order of the manifest.
  public var objects: [String]
  /// The chart's notes, when there are any.
  public var notes: String?
  /// Where the application answers.
  public var urls: [String]
  /// `helm` or `podman`.
  public var engine: String
  /// The kube context it went to; nil for podman.
  public var context: String?
  /// `web-0.1.0`.
  public var chart: String?
  public var appVersion: String?
  /// When it was last changed, as in `2026-11-21T04:31:08Z`.
  public var updated: String?
  /// What a GET of an address is answered with, of those that speak HTTP.
  public var answers: [Answer] = []

  public struct Answer: Equatable, Sendable {
    public var url: String
    public var status: Int

    public init(url: String, status: Int) {
      self.url = url
      self.status = status
    }
  }

  public init(
    name: String, namespace: String, revision: Int, status: String, changed: Bool, objects: [String] = [], notes: String? = nil,
    urls: [String] = [], engine: String, context: String? = nil, chart: String? = nil, appVersion: String? = nil, updated: String? = nil
  ) {
    self.name = name
    self.namespace = namespace
    self.revision = revision
    self.status = status
    self.changed = changed
    self.objects = objects
    self.notes = notes
    self.urls = urls
    self.engine = engine
    self.context = context
    self.chart = chart
    self.appVersion = appVersion
    self.updated = updated
  }

  public init(_ fields: Fields) throws(RecordError) {
    name = try fields.string("name")
    namespace = try fields.string("namespace")
    revision = try fields.integer("revision")
    status = try fields.string("status")
    changed = try fields.optionalBool("changed") ?? false
    objects = try fields.strings("objects")
    notes = try fields.optionalString("notes")
    urls = try fields.strings("urls")
    engine = try fields.optionalString("engine") ?? "helm"
    context = try fields.optionalString("context")
    chart = try fields.optionalString("chart")
    appVersion = try fields.optionalString("appVersion")
    updated = try fields.optionalString("updated")
    for field in try fields.objects("answers") {
      answers.append(Answer(url: try field.string("url"), status: try field.integer("status")))
    }
  }

  public var json: JSON {
    let answers: [JSON] = self.answers.map { .members(["url": .string($0.url), "status": .integer($0.status)]) }
    return .members([
      "name": .string(name), "namespace": .string(namespace), "revision": .integer(revision), "status": .string(status),
      "changed": .bool(changed), "objects": .strings(objects), "notes": notes.map(JSON.string), "urls": .strings(urls),
      "engine": .string(engine), "context": context.map(JSON.string), "chart": chart.map(JSON.string), "appVersion": appVersion.map(JSON.string), "updated": updated.map(JSON.string),
      "answers": answers.isEmpty ? nil : .array(answers),
    ])
  }
}

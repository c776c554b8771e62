/// `release`: the application as it is running.
public struct Release: Member, Equatable {
  public static let name = "release"
  public static let about = About(
    by: "draft-release, draft-remote, draft-list, draft-status, draft-redeploy",
    for: "draft-tasks, draft-status, draft-delete",
    "The current release of the application.")

  public var name: String
  public var namespace: String
  public var revision: Int
  /// Helm's word: `deployed`.
  public var status: String
  public var changed: Bool
  /// `Deployment/web`, in the order of the manifest.
  public var objects: [String]
  public var notes: String?
  public var urls: [String]
  public var engine: String
  /// The kube context it was released to; nil for podman.
  public var context: String?
  /// `web-0.1.0`.
  public var chart: String?
  public var appVersion: String?
  /// When it was last changed, as in `2026-11-21T04:31:08Z`.
  public var updated: String?
  public var answers: [Answer]

  /// The HTTP status that a URL of the release answers with.
  public struct Answer: Equatable, Shaped {
    public var url: String
    public var status: Int

    public init(url: String, status: Int) {
      self.url = url
      self.status = status
    }

    public init(_ shape: inout Shape<Self>) throws(RecordError) {
      url = try shape.required("url", \.url, "one of urls")
      status = try shape.required("status", \.status, "the HTTP status")
    }
  }

  public init(
    name: String, namespace: String, revision: Int, status: String, changed: Bool, objects: [String] = [],
    notes: String? = nil,
    urls: [String] = [], engine: String, context: String? = nil, chart: String? = nil, appVersion: String? = nil,
    updated: String? = nil
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
    answers = []
  }

  public init(_ shape: inout Shape<Self>) throws(RecordError) {
    name = try shape.required("name", \.name, "the name of the release")
    namespace = try shape.required("namespace", \.namespace, "the namespace of the release")
    revision = try shape.required("revision", \.revision, "from 1 on")
    status = try shape.required("status", \.status, "the status, as shown by helm")
    changed = try shape.optional("changed", \.changed, else: false, "false if the release was already up to date")
    objects = try shape.optional(
      "objects", \.objects, else: [], "kind/name of each object, in the order of the manifest")
    notes = try shape.optional("notes", \.notes, "the notes of the chart")
    urls = try shape.optional("urls", \.urls, else: [], "the URLs of the application")
    engine = try shape.optional(
      "engine", \.engine, else: "helm", as: .word(["helm", "podman", "kubectl"]),
      "what runs the release; kubectl for resource files")
    context = try shape.optional("context", \.context, "the kube context of the release")
    chart = try shape.optional("chart", \.chart, "name and version of the chart, as written by helm")
    appVersion = try shape.optional("appVersion", \.appVersion, "the app version of the chart")
    updated = try shape.optional("updated", \.updated, "when this revision was created")
    answers = try shape.list(
      "answers", \.answers, sparse: true, "the answer to a GET, for each URL that answers HTTP")
  }
}

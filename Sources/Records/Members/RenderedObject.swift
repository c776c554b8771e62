/// `object`: an object that a chart renders to.
public struct RenderedObject: Member {
  public static let name = "object"
  public static let about = About(
    by: "draft-render", for: "people, and tools that compare renderings",
    "An object that a chart renders to, one line for each, in the order in which helm installs them.")

  public var chart: String
  public var release: String
  public var namespace: String
  public var template: String
  public var apiVersion: String
  public var kind: String
  public var object: String
  public var hooks: [String]
  public var digest: String
  public var size: Int
  public var renderer: String
  public var why: String?

  public init(
    chart: String, release: String, namespace: String, template: String, apiVersion: String, kind: String,
    object: String, hooks: [String], digest: String, size: Int, renderer: String, why: String?
  ) {
    (self.chart, self.release, self.namespace, self.template) = (chart, release, namespace, template)
    (self.apiVersion, self.kind, self.object, self.hooks) = (apiVersion, kind, object, hooks)
    (self.digest, self.size, self.renderer, self.why) = (digest, size, renderer, why)
  }

  public init(_ shape: inout Shape<Self>) throws(RecordError) {
    chart = try shape.required("chart", \.chart, "as it was named")
    release = try shape.required("release", \.release, "the name of the release it was rendered for")
    namespace = try shape.required("namespace", \.namespace, "the namespace of the release")
    template = try shape.required("template", \.template, "where it is from: web/templates/service.yaml")
    apiVersion = try shape.required("apiVersion", \.apiVersion, "as it says itself")
    kind = try shape.required("kind", \.kind, "as it says itself")
    object = try shape.required("object", \.object, "its name")
    hooks = try shape.optional("hooks", \.hooks, else: [], sparse: true, "what 'helm.sh/hook' says, for a hook")
    digest = try shape.required("digest", \.digest, "of its text")
    size = try shape.count("size", \.size, "of its text, in bytes")
    renderer = try shape.required("renderer", \.renderer, "draft or helm")
    why = try shape.optional("why", \.why, "why helm had to render the chart: genCA at web/templates/secret.yaml:7")
  }
}

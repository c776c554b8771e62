/// `object`: an object that a chart renders to.
public struct RenderedObject: Member {
  public static let name = "object"
  public static let about = About(
    by: "draft-render", for: "people, and tools that compare renderings",
    "An object that a chart renders to, one line for each, in the order in which helm installs them.")

  /// Bytes that are made up.
  public struct Random: Shaped {
    public var start: Int
    public var end: Int

    public init(start: Int, end: Int) { (self.start, self.end) = (start, end) }

    public init(_ shape: inout Shape<Self>) throws(RecordError) {
      start = try shape.count("start", \.start, "the first byte of the text")
      end = try shape.count("end", \.end, "behind the last one")
    }
  }

  /// What a scalar came from.
  public struct Origin: Shaped {
    public struct Source: Shaped {
      public var path: String
      public var source: String?

      public init(path: String, source: String?) { (self.path, self.source) = (path, source) }

      public init(_ shape: inout Shape<Self>) throws(RecordError) {
        path = try shape.required("path", \.path, "where it is in the values: image.tag")
        source = try shape.optional("source", \.source, "what set it: web/values.yaml:3, or the option and the path")
      }
    }

    public var field: String
    public var template: String
    public var line: Int
    public var values: [Source]

    public init(field: String, template: String, line: Int, values: [Source]) {
      (self.field, self.template, self.line, self.values) = (field, template, line, values)
    }

    public init(_ shape: inout Shape<Self>) throws(RecordError) {
      field = try shape.required("field", \.field, "of the object: spec.ports[0].port")
      template = try shape.required("template", \.template, "that wrote it")
      line = try shape.count("line", \.line, "of that template, from 1")
      values = try shape.list("values", \.values, "that it came from")
    }
  }

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
  public var random: [Random]
  public var because: [Origin]

  public init(
    chart: String, release: String, namespace: String, template: String, apiVersion: String, kind: String,
    object: String, hooks: [String], digest: String, size: Int, renderer: String, why: String?,
    random: [Random] = [], because: [Origin] = []
  ) {
    (self.chart, self.release, self.namespace, self.template) = (chart, release, namespace, template)
    (self.apiVersion, self.kind, self.object, self.hooks) = (apiVersion, kind, object, hooks)
    (self.digest, self.size, self.renderer, self.why) = (digest, size, renderer, why)
    (self.random, self.because) = (random, because)
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
    random = try shape.list("random", \.random, sparse: true, "what of its text is another each time, as random names")
    because = try shape.list(
      "because", \.because, sparse: true, "with --because: what each of its scalars came from")
  }
}

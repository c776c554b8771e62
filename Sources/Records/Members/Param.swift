/// `param`: a value that can be set for a chart.
public struct Param: Member {
  public static let name = "param"
  public static let about = About(
    by: "draft-params", for: "people, and tools that check charts",
    "A value that can be set for a chart: what the chart says about it, and where its templates read it."
  )

  /// A place that reads the value.
  public struct Use: Shaped {
    public enum Kind: String, CaseIterable, Sendable { case read, tested, passed }

    public var file: String
    public var line: Int
    public var column: Int
    public var kind: Kind
    public var path: String?
    public var guards: [String]
    public var `default`: String?
    public var message: String?

    public init(
      file: String, line: Int, column: Int, kind: Kind, path: String?, guards: [String], `default`: String?,
      message: String?
    ) {
      (self.file, self.line, self.column, self.kind) = (file, line, column, kind)
      (self.path, self.guards, self.default, self.message) = (path, guards, `default`, message)
    }

    public init(_ shape: inout Shape<Self>) throws(RecordError) {
      file = try shape.required("file", \.file, "of the template, or the values file or Chart.yaml")
      line = try shape.count("line", \.line, "from 1")
      column = try shape.count("column", \.column, "from 1, in bytes")
      kind = try shape.required(
        "kind", \.kind, unknown: .read, "read; tested only for whether it is there; or passed to a variable or template"
      )
      path = try shape.optional("path", \.path, "what is read, if that is a part of the value or has it in it")
      guards = try shape.optional(
        "guards", \.guards, else: [], sparse: true, "the if, with and range around it, the outermost first")
      `default` = try shape.optional("default", \.default, "the default of the template, as it is written there")
      message = try shape.optional("message", \.message, "of required")
    }
  }

  public var chart: String
  public var path: String
  public var subchart: String?
  public var type: String?
  public var `default`: JSON?
  public var documentation: String?
  public var required: Bool
  public var set: Bool
  public var `enum`: JSON?
  public var file: String?
  public var line: Int?
  public var marks: [String]
  public var uses: [Use]

  public init(
    chart: String, path: String, subchart: String?, type: String?, `default`: JSON?, documentation: String?,
    required: Bool, set: Bool = false, `enum`: JSON?, file: String?,
    line: Int?, marks: [String], uses: [Use]
  ) {
    (self.chart, self.path, self.subchart, self.type, self.default, self.documentation) = (
      chart, path, subchart, type, `default`, documentation
    )
    (self.required, self.set, self.enum, self.file, self.line, self.marks, self.uses) = (
      required, set, `enum`, file, line, marks, uses
    )
  }

  public init(_ shape: inout Shape<Self>) throws(RecordError) {
    chart = try shape.required("chart", \.chart, "as it was named")
    path = try shape.required("path", \.path, "where it is in the values: image.tag")
    subchart = try shape.optional("subchart", \.subchart, "where the sub-chart is that declares or reads it")
    type = try shape.optional("type", \.type, "string, integer, number, boolean, array or object")
    `default` = try shape.optional("default", \.default, "in values.yaml, or what the release of --from was given")
    documentation = try shape.optional(
      "documentation", \.documentation, "from the comments of values.yaml, or the schema")
    required = try shape.optional(
      "required", \.required, else: false, sparse: true, "whether it must be set, having no default")
    set = try shape.optional(
      "set", \.set, else: false, sparse: true, "whether the default is what the release of --from was given")
    `enum` = try shape.optional("enum", \.enum, "a list: the values it may have")
    file = try shape.optional("file", \.file, "where it is declared")
    line = try shape.optional("line", \.line, "in that file, from 1")
    marks = try shape.optional("marks", \.marks, else: [], sparse: true, "of undeclared, unused, undocumented")
    uses = try shape.list("uses", \.uses, "where it is read, by file and line")
  }
}

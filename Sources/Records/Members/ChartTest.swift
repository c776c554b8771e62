/// `test`: a chart rendered with one values file.
public struct ChartTest: Member, Equatable {
  public static let name = "test"
  public static let about = About(
    by: "draft-test", for: "people", "Whether a chart renders with one values file: a record for each case.")

  public var chart: String
  public var values: String?
  public var passed: Bool
  public var objects: Int?
  public var message: String?

  public init(chart: String, values: String?, passed: Bool, objects: Int?, message: String?) {
    (self.chart, self.values, self.passed, self.objects, self.message) = (chart, values, passed, objects, message)
  }

  public init(_ shape: inout Shape<Self>) throws(RecordError) {
    chart = try shape.required("chart", \.chart, "the chart, as it was named")
    values = try shape.optional(
      "values", \.values, "the values file, as in the chart; none stands for the defaults alone")
    passed = try shape.required("passed", \.passed, "whether the chart renders with it")
    objects = try shape.optional("objects", \.objects, "how many objects were rendered, without hooks")
    message = try shape.optional("message", \.message, "what is wrong, in helm's words")
  }
}

/// `test`: a chart rendered with one values file, or a pod that tested a release.
public struct ChartTest: Member, Equatable {
  public static let name = "test"
  public static let about = About(
    by: "draft-test", for: "people",
    "Whether a chart renders with one values file: a record for each case. Or whether a release has passed a test "
      + "of its chart: a line for each pod.")

  public var chart: String
  public var values: String?
  public var passed: Bool
  public var objects: Int?
  public var message: String?
  public var release: String?
  public var pod: String?
  public var phase: String?
  public var code: Int?
  public var started: String?
  public var finished: String?
  public var log: String?

  public init(chart: String, values: String?, passed: Bool, objects: Int?, message: String?) {
    (self.chart, self.values, self.passed, self.objects, self.message) = (chart, values, passed, objects, message)
  }

  public init(_ shape: inout Shape<Self>) throws(RecordError) {
    chart = try shape.required("chart", \.chart, "the chart, as it was named; of a release NAME-VERSION")
    values = try shape.optional(
      "values", \.values, "the values file, as in the chart; none stands for the defaults alone")
    passed = try shape.required("passed", \.passed, "whether the chart renders with it, or the release has passed")
    objects = try shape.optional("objects", \.objects, "how many objects were rendered, without hooks")
    message = try shape.optional("message", \.message, "what is wrong, in helm's words")
    release = try shape.optional("release", \.release, "NAMESPACE/NAME, for a test of a release")
    pod = try shape.optional("pod", \.pod, "the pod that tested it")
    phase = try shape.optional("phase", \.phase, "Succeeded or Failed; of a pod that did not end, what it was then")
    code = try shape.optional("code", \.code, "the exit status of its container, of the first that failed")
    started = try shape.optional("started", \.started, "when its containers began")
    finished = try shape.optional("finished", \.finished, "when they had ended")
    log = try shape.optional("log", \.log, "what its containers have printed: the last 16 KB of each")
  }
}

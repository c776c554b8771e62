/// `finding`: what a check says of a chart.
public struct Finding: Member {
  public static let name = "finding"
  public static let about = About(
    by: "draft-env, draft-lint", for: "people, and tools that check charts",
    "A finding of a check on a chart or an environment: the place, the severity, and what to do.")

  public enum Severity: String, CaseIterable, Sendable { case info, warning, error }

  public var chart: String
  public var rule: String
  public var severity: Severity
  public var file: String
  public var line: Int
  public var column: Int
  public var message: String
  public var advice: String?
  public var values: String?

  public init(
    chart: String, rule: String, severity: Severity, file: String, line: Int, column: Int, message: String,
    advice: String?, values: String?
  ) {
    (self.chart, self.rule, self.severity, self.file, self.line, self.column) = (
      chart, rule, severity, file, line, column
    )
    (self.message, self.advice, self.values) = (message, advice, values)
  }

  public init(_ shape: inout Shape<Self>) throws(RecordError) {
    chart = try shape.required("chart", \.chart, "the chart as it was named; ENVIRONMENT/RELEASE for what declares one")
    rule = try shape.required("rule", \.rule, "the check: unused, schema, icon; see draft-lint(1) and draft-env(1)")
    severity = try shape.required("severity", \.severity, unknown: .warning, "error, warning or info")
    file = try shape.required("file", \.file, "a template or a values file of the chart, or a file of an environment")
    line = try shape.count("line", \.line, "from 1; 0 if it is about the whole file")
    column = try shape.count("column", \.column, "from 1, in bytes")
    message = try shape.required("message", \.message, "one sentence")
    advice = try shape.optional("advice", \.advice, "what to do")
    values = try shape.optional(
      "values", \.values, "the values file it was found with, where the defaults do not lead to it")
  }
}

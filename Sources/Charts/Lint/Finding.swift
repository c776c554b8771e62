import Records

/// What a check says of a chart.
package struct LintFinding: Sendable, Equatable {
  package var rule: LintRule
  package var severity: Finding.Severity
  /// The file as the user finds it, and the place in it from 1; line 0 if it is about the whole file. Columns count
  /// bytes.
  package var file: String
  package var line: Int
  package var column: Int
  package var message: String
  /// What to do.
  package var advice: String?
  /// The values it was found with; nil if they do not matter, or it is so with the defaults.
  package var values: String?

  package init(
    _ rule: LintRule, _ severity: Finding.Severity, _ file: String, _ line: Int = 0, _ column: Int = 1,
    _ message: String, _ advice: String? = nil
  ) {
    (self.rule, self.severity, self.file, self.line, self.column) = (rule, severity, file, line, column)
    (self.message, self.advice) = (message, advice)
  }
}

/// The checks. draft-lint(1) lists them.
package enum LintRule: String, CaseIterable, Sendable {
  // helm's.
  case chart, metadata, icon, dependency, values, schema, template
  // Those of the values and of what they lead to.
  case keyword, undeclared, unused, branch, fail, required, null
  // Those of the objects.
  case api, secret, selector, port
}

import Records

/// A finding of a check.
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
  /// The values file it was found with; nil for the defaults, or if values do not matter.
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
  // Values and what follows from them.
  case keyword, undeclared, unused, branch, fail, required, null
  // Objects.
  case api, secret, selector, port
}

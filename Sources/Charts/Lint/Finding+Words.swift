import Command
import Records

extension Finding {
  package init(_ finding: LintFinding, of chart: String) {
    self.init(
      chart: chart, rule: finding.rule.rawValue, severity: finding.severity, file: finding.file, line: finding.line,
      column: finding.column,
      message: finding.message, advice: finding.advice, values: finding.values)
  }

  /// `web/values.yaml:3:1: warning: no template reads 'a' [unused]`, and below it what to do, unless it is obvious.
  package var words: String {
    let place = line > 0 ? "\(file):\(line):\(column)" : file
    return "\(place): \(severity.rawValue): \(message) [\(rule)]".harmless + "\n"
      + (severity == .info ? "" : advice.map { "  \($0.harmless)\n" } ?? "")
  }
}

extension Finding.Severity {
  package var rank: Int {
    switch self {
    case .info: 0;
    case .warning: 1;
    case .error: 2
    }
  }
  package func plural(_ count: Int) -> String { self == .info ? "info" : count == 1 ? rawValue : rawValue + "s" }
}

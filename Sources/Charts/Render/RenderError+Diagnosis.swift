import Command
import Records

extension RenderError: Diagnosis {
  package var exitCode: ExitCode { .badData }

  package var message: String {
    switch self {
    case .chart(let text): "the chart does not render: \(text)"
    case .unknowable(let why): "the chart cannot be rendered without helm: \(why)"
    case .tooLarge(let chart, let what): "chart '\(chart)' does not render: more than \(what)"
    }
  }

  package var hint: String? {
    switch self {
    case .chart: nil
    case .unknowable: "install helm: what the function gives is different each time, or known only to helm"
    case .tooLarge: "a template repeats or includes without end"
    }
  }
}

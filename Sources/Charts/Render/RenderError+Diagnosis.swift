import Command
import Records

extension RenderError: Diagnosis {
  package var exitCode: ExitCode {
    switch self {
    case .chart, .tooLarge: .badData
    case .option: .usage
    case .unknowable: .unavailable
    }
  }

  package var message: String {
    switch self {
    case .chart(let text): "the chart does not render: \(RenderError.shortened(text))"
    case .option(let text): text
    case .unknowable(let why): "the chart cannot be rendered without helm: \(why)"
    case .tooLarge(let chart, let what): "chart '\(chart)' does not render: more than \(what)"
    }
  }

  package var hint: String? {
    switch self {
    case .chart: nil
    case .option:
      "the syntax is that of helm: https://helm.sh/docs/intro/using_helm/#the-format-and-limitations-of---set"
    case .unknowable: "install helm: what the function gives is different each time, or known only to helm"
    case .tooLarge: "a template repeats or includes without end"
    }
  }

  /// Helm names every template of an include that includes itself: a hundred thousand bytes of the same words.
  private static func shortened(_ text: String) -> String {
    let bytes = text.utf8, (start, end) = (1_500, 500)
    guard bytes.count > 2 * (start + end) else { return text }
    return
      "\(String(decoding: bytes.prefix(start), as: UTF8.self)) … \(String(decoding: bytes.suffix(end), as: UTF8.self))"
  }
}

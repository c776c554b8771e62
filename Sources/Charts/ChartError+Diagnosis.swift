import Command
import Records

extension ChartError: Diagnosis {
  package var exitCode: ExitCode {
    switch self {
    case .missing: .noInput
    case .notAChart, .bad, .tooLarge, .hostile, .badSubchart, .badTemplate: .badData
    }
  }

  package var message: String {
    switch self {
    case let .missing(path): "cannot find a chart at '\(path)'"
    case let .notAChart(path): "'\(path)' is not a chart: it has no Chart.yaml"
    case let .bad(file, line, reason): line > 0 ? "\(file):\(line): the chart \(reason)" : "'\(file)' \(reason)"
    case let .tooLarge(path, what): "cannot load chart '\(path)': it \(what)"
    case let .hostile(path, member, reason): "cannot load '\(member)' of chart '\(path)': \(reason)"
    case let .badTemplate(file, line, reason): "\(file):\(line): the template does not parse: \(reason)"
    case let .badSubchart(path, name, reason): "cannot load sub-chart '\(name)' of chart '\(path)': \(reason)"
    }
  }

  package var hint: String? {
    switch self {
    case .missing, .notAChart: "name a directory with a Chart.yaml, or a .tgz"
    case .tooLarge: "keep what the templates do not need out of it by .helmignore; draft-package(1) has the limits"
    case .hostile, .badSubchart, .bad, .badTemplate: nil
    }
  }
}

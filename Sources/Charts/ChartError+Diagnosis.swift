import Command
import Records

extension ChartError: Diagnosis {
  package var exitCode: ExitCode {
    switch self {
    case .missing: .noInput
    case .badVersion, .badReference: .usage
    case .notADirectory, .notAChart, .bad, .tooLarge, .hostile, .badSubchart, .badTemplate, .missingDependencies,
      .staleLock, .badDependency, .badKeyring, .mistyped:
      .badData
    case .notSigned: .noPermission
    case .notVerified: .failed
    }
  }

  package var message: String {
    switch self {
    case let .missing(path): "cannot find a chart at '\(path)'"
    case let .notAChart(path): "'\(path)' is not a chart: it has no Chart.yaml"
    case let .notADirectory(path): "cannot pack '\(path)': it is not a directory"
    case let .badReference(text, reason): "'\(text)' is not a reference to a chart: \(reason)"
    case let .badVersion(version, reason): "option '--version' does not take '\(version)': \(reason)"
    case let .bad(file, line, reason): line > 0 ? "\(file):\(line): the chart \(reason)" : "'\(file)' \(reason)"
    case let .tooLarge(path, what): "cannot load chart '\(path)': it \(what)"
    case let .hostile(path, member, reason): "cannot load '\(member)' of chart '\(path)': \(reason)"
    case let .badTemplate(file, line, reason): "\(file):\(line): the template does not parse: \(reason)"
    case let .badSubchart(path, name, reason): "cannot load sub-chart '\(name)' of chart '\(path)': \(reason)"
    case let .missingDependencies(path, names):
      "chart '\(path)' lacks in charts/ what it depends on: \(names.joined(separator: ", "))"
    case let .staleLock(path, file): "\(file) of chart '\(path)' does not match the dependencies it declares"
    case let .badDependency(path, name, reason): "cannot get dependency '\(name)' of chart '\(path)': \(reason)"
    case let .mistyped(chart, value): "the values for sub-chart '\(chart)' are not a mapping: \(value)"
    case let .notSigned(path, reason): "cannot sign '\(path)': \(reason)"
    case let .notVerified(path, reason): "cannot verify '\(path)': \(reason)"
    case let .badKeyring(path, reason): "cannot read the keys in '\(path)': \(reason)"
    }
  }

  package var hint: String? {
    switch self {
    case .badReference:
      "a chart is a directory, a .tgz, REPO/NAME, helm:HOST/PATH, oci://HOST/PATH or https://…/NAME-VERSION.tgz"
    case .notADirectory: "name the directory of the chart; --verify takes archives"
    case .missing, .notAChart: "name a directory with a Chart.yaml, or a .tgz"
    case .tooLarge: "keep what the templates do not need out of it by .helmignore; draft-package(1) has the limits"
    case let .missingDependencies(path, _): "try 'draft package --dependency-update \(path)'"
    case let .staleLock(path, _): "try 'helm dependency update \(path)'"
    case .notSigned: "name the key by --key; 'gpg --list-secret-keys' lists those there are"
    case .badKeyring: "'gpg --export' and 'gpg --export-secret-keys' write such files"
    case .badVersion, .hostile, .badSubchart, .bad, .badTemplate, .badDependency, .notVerified, .mistyped: nil
    }
  }
}

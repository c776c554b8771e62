import Charts
import Command
import Environments
import Records
import Repositories
import Settings

/// The releases among what draft-lint reads: of files of environments, and of records of draft-env.
struct DeclaredCharts {
  let lint = ReleaseLint()
  private let call: Call

  init(_ call: Call) { self.call = call }

  /// - Parameter tell: is given the findings of a file of environments.
  /// - Returns: false if it is a chart.
  func take(_ input: Input, _ tell: (Finding) throws -> Void) throws -> Bool {
    switch input {
    case .operand(let operand):
      guard let path = Environments.file(at: operand) else { return false }
      let environments = try Environments(path, home: Home(), call: call)
      try environments.findings.forEach(tell)
      for name in environments.names {
        let before = environments.findings.count
        var releases: [DeclaredRelease] = []
        try environments.read(name, checking: true) { releases.append($0) }
        try environments.findings[before...].forEach(tell)
        for release in releases {
          try release.findings.forEach(tell)
          // The failure is one of the findings.
          if !release.record.has(Failure.name) { _ = try take(release.record) }
        }
      }
      return true
    case .record(let record): return try take(record)
    }
  }

  private func take(_ record: Record) throws -> Bool {
    // Files of objects have no chart.
    if record.has(Resources.name) { return true }
    guard let values = try record.member(Values.self), values.exact else { return false }
    let path = try localChart(of: record, call: call)
    let name = try record.member(Fetch.self)?.reference ?? path
    lint.add(try record.required(), values, chart: Files.isDirectory(name) ? shown(name) : name, at: path)
    return true
  }

  /// A directory below the current one as it is found from there.
  private func shown(_ directory: String) -> String {
    (try? Files.resolve(".")).flatMap { Files.relative(directory, to: $0) } ?? directory
  }
}

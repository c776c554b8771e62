import Command
import Records
import Settings

extension ScaffoldPlan {
  /// Prints what was found, written and kept, and the next step, as one message, so that the lines stay together.
  func tell(_ scaffold: Scaffold, _ call: Call) {
    var lines = remarks
    lines.append("Found: language \(languageName ?? "none found"); port \(port); start command \(start)")
    let created = Self.grouped(scaffold.created, chart: chart)
    if scaffold.dryRun {
      // On a terminal the files follow, one per line.
      let isListed = !call.writesRecords && !scaffold.created.isEmpty
      lines.append(isListed ? "Would write:" : "Would write: \(created)")
    } else {
      lines.append("Wrote: \(created)")
    }
    if !scaffold.kept.isEmpty { lines.append("Kept: \(scaffold.kept.joined(separator: ", "))") }
    if !scaffold.dryRun { lines += ["Ready to sail", "Next: \(next)"] }
    call.say(lines.map(\.harmless).joined(separator: "\n--> "))
  }

  /// Lists the chart's files as one entry.
  private static func grouped(_ paths: [String], chart: String?) -> String {
    let parts = chart.map { chart in paths.filter { Files.relative($0, to: chart) != nil } } ?? []
    let rest = paths.filter { path in !parts.contains(path) }
    let whole = chart.map { parts.isEmpty ? [] : ["\($0)/ (\(parts.count) files)"] } ?? []
    return paths.isEmpty ? "nothing" : (whole + rest).joined(separator: ", ")
  }

  /// The command that deploys the application, ready to paste.
  private var next: String {
    var words = ["draft up"]
    if app.environment != environmentVariable("DRAFT_ENV") ?? "development" { words.append("-e \(app.environment)") }
    if app.dir != (try? Files.resolve(".")) { words.append(Self.pasted(app.dir)) }
    return words.joined(separator: " ")
  }

  private static func pasted(_ word: String) -> String {
    let plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-+@:,".utf8
    let isPlain = word.utf8.allSatisfy(plain.contains)
    return isPlain ? word : "'" + word.replacing("'", with: "'\\''") + "'"
  }
}

/// The files that a dry run would write, one per line; empty for the record of a real run.
public func plannedFiles(_ record: Record) throws -> String {
  guard let scaffold = try record.member(Scaffold.self), scaffold.dryRun else { return "" }
  return scaffold.created.map { $0.harmless + "\n" }.joined()
}

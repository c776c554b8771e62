import Command
import Records

extension YAMLError: Diagnosis {
  public var exitCode: ExitCode { .badData }
  public var message: String { "cannot read \(file.map { "'\($0)'" } ?? "YAML"): line \(line), column \(column): \(reason)" }
  public var hint: String? { "mend the file at that place, then run it again" }
}

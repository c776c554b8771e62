import Command
import Records

extension TOMLError: Diagnosis {
  public var exitCode: ExitCode { .badData }
  public var message: String { "cannot read TOML: line \(line), column \(column): \(reason)" }
  public var hint: String? { nil }
}

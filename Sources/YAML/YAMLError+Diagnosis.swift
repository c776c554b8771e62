import Command
import Records

extension YAMLError: Diagnosis {
  public var exitCode: ExitCode { .badData }
  public var message: String { "cannot read \(file.map { "'\($0)'" } ?? "YAML"): \(place)" }
  /// Without the file: `line 2, column 5: did not find expected key`.
  public var place: String { "line \(line), column \(column): \(reason)" }
  public var hint: String? { "fix the file at that position and run again" }
}

extension JSONStreamError: Diagnosis {
  package var exitCode: ExitCode { .badData }
  package var message: String { "cannot read JSON: line \(line), column \(column): \(reason)" }
  package var hint: String? { "it takes JSON values, one after the other" }
}

/// What can be wrong with the settings of an application. Files are named as the user would name them from where they are.
public enum SettingsError: Error, Equatable {
  /// Not TOML.
  case syntax(file: String, line: Int, column: Int, reason: String)
  case noEnvironment(String, file: String, available: [String])
  /// `place` is `draft.toml:7`, `$DRAFT_WAIT`, or `--wait`.
  case wrongKind(key: String, place: String, wanted: String, found: String)
  case wrongValue(key: String, place: String, reason: String, hint: String?)
  case twice(key: String, place: String, first: String)
  /// `build-tar` without `chart-tar`, or the other way round.
  case lonely(key: String, place: String, needs: String)
  case noDirectory(String)
  case notDirectory(String)
  case notText(String)
  /// A record whose `app` nobody could have begun.
  case badRecord(field: String, reason: String)
  case unsafeKey(String)
  /// config.toml is TOML, but written in a way an edit by byte range would break.
  case notEditable
}

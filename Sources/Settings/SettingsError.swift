/// What can be wrong with an application's settings. File paths are relative to the user's current directory.
public enum SettingsError: Error, Equatable {
  /// Not valid TOML.
  case syntax(file: String, line: Int, column: Int, reason: String)
  case noEnvironment(String, file: String, available: [String])
  /// `place` is `draft.toml:7`, `$DRAFT_WAIT`, or `--wait`.
  case wrongKind(key: String, place: String, wanted: String, found: String)
  case wrongValue(key: String, place: String, reason: String, hint: String?)
  case twice(key: String, place: String, first: String)
  /// `build-tar` without `chart-tar`, or the reverse.
  case lonely(key: String, place: String, needs: String)
  case noDirectory(String)
  case notDirectory(String)
  case notText(String)
  /// The `app` of a record is not valid.
  case badRecord(field: String, reason: String)
  case unsafeKey(String)
  /// config.toml is valid TOML, but laid out so that an edit by byte range would break it.
  case notEditable
}

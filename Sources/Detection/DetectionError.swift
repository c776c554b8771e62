/// What can go wrong while examining a source tree.
public enum DetectionError: Error, Equatable {
  /// The directory has no source files of a known language.
  case nothing(String)
}

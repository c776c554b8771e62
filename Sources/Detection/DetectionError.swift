/// What can go wrong while looking at a source tree.
public enum DetectionError: Error, Equatable {
  /// The directory holds no source of any language we know.
  case nothing(String)
}

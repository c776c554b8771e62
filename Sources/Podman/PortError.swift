/// A local port that is not available. Sentence and exit code: PortError+Diagnosis.swift.
public enum PortError: Error, Equatable, Sendable {
  case taken(port: Int)
}

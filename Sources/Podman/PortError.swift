/// A port of this machine that cannot be had. Sentence and exit code: PortError+Diagnosis.swift.
public enum PortError: Error, Equatable, Sendable {
  case taken(port: Int)
}

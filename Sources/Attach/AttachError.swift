/// Errors of logs and connect. Sentences and exit codes: AttachError+Diagnosis.swift.
public enum AttachError: Error, Equatable, Sendable {
  case noContainer(name: String, app: String)
  case noPrevious(app: String)
  /// No container declares a port.
  case noPorts(app: String)
  case forwardFailed(app: String, said: String)
}

/// A repository would do what it has not been allowed to. Sentence and exit code: TrustError+Diagnosis.swift.
public enum TrustError: Error, Equatable {
  /// - Parameter findings: what has not been allowed; one at least.
  case untrusted(directory: String, findings: [String])
}

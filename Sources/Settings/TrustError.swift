/// A repository would do something that is not allowed. Message and exit code: TrustError+Diagnosis.swift.
public enum TrustError: Error, Equatable {
  /// - Parameter findings: what is not allowed; at least one.
  /// - Parameter file: the file of environments they are in.
  case untrusted(directory: String, findings: [String], file: String? = nil)
}

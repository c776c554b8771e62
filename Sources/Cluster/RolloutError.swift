/// Why the pods of a release do not start. `back`: the revision that was restored in its place. Sentences and exit
/// codes: RolloutError+Diagnosis.swift.
public enum RolloutError: Error, Equatable, Sendable {
  /// `reason`: the kubelet's reason besides the status, as in `OOMKilled`.
  case crashes(container: String, pod: String, code: Int, reason: String?, log: [String], back: Int?)
  case image(String, pod: String, reason: String, back: Int?)
  case start(container: String, pod: String, reason: String, said: String, back: Int?)
}

/// Errors of environments. Sentences and exit codes: EnvironmentError+Diagnosis.swift.
package enum EnvironmentError: Error, Equatable, Sendable {
  case noFile(String)
  case noEnvironment(String, file: String, near: String?)
  case noRelease(String, environment: String, near: String?)
  /// The kubeconfig has no such context. `login`: the program that writes it.
  case noContext(String, environment: String, login: String?)
  case login(environment: String, program: String, said: String)
  /// Several environments, and none was named.
  case unnamed(file: String, names: [String])
  /// What was found has been told.
  case badFile(String, place: String, message: String, advice: String?, errors: Int)
  case badGit(String, reason: String)
  case git(String, said: String)
  /// Releases that need each other.
  case cycle([String])
  case noNeed(String, of: String, near: String?)
  case twice(String)
}

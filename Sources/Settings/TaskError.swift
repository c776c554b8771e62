/// What can go wrong with an application's tasks. Messages and exit codes: TaskError+Diagnosis.swift.
public enum TaskError: Error, Equatable {
  case syntax(file: String, line: Int, column: Int, reason: String)
  case wrongKind(name: String, place: String, wanted: String, found: String)
  case nothing(name: String, place: String)
  case openQuote(name: String, place: String, quote: String)
  case unset(name: String, place: String, variable: String)
  case badVariable(name: String, place: String, text: String)
  /// Syntax that only a shell understands.
  case shell(name: String, place: String, text: String)
  /// `pod` is the pod it ran in; nil for this machine.
  case failed(name: String, status: Int, pod: String?)
  case cannotStart(name: String, reason: String, hint: String?)
  /// No pod is running for a post-deploy task.
  case noPod(app: String, namespace: String)

  static func words(name: String, place: String, _ mistake: TaskWords.Mistake) -> TaskError {
    switch mistake {
    case .nothing: .nothing(name: name, place: place)
    case .openQuote(let quote): .openQuote(name: name, place: place, quote: String(quote))
    case .unset(let variable): .unset(name: name, place: place, variable: variable)
    case .badVariable(let text): .badVariable(name: name, place: place, text: text)
    case .shell(let text): .shell(name: name, place: place, text: text)
    }
  }
}

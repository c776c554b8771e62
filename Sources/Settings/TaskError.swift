/// What can go wrong with the tasks of an application. Sentences and exit codes: TaskError+Diagnosis.swift.
public enum TaskError: Error, Equatable {
  case syntax(file: String, line: Int, column: Int, reason: String)
  case wrongKind(name: String, place: String, wanted: String, found: String)
  case nothing(name: String, place: String)
  case openQuote(name: String, place: String, quote: String)
  case unset(name: String, place: String, variable: String)
  case badVariable(name: String, place: String, text: String)
  /// Something only a shell would understand.
  case shell(name: String, place: String, text: String)
  /// `pod` is where it ran; nil for this machine.
  case failed(name: String, status: Int, pod: String?)
  case cannotStart(name: String, reason: String, hint: String?)
  /// Nothing to run a post-deploy task in.
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

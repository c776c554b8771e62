import Command
import HTTP
import Records

extension Release {
  /// Requests every address of the release at once and records the HTTP status; see ``answers``. Takes two seconds at
  /// most.
  /// - Parameter isNew: whether it has just been released.
  mutating func ask(isNew: Bool = false) {
    let statuses = urls.map { url in Later { httpStatus(of: url, isNew: isNew) } }.map(\.value)
    answers = zip(urls, statuses).compactMap { url, status in status.map { Answer(url: url, status: $0) } }
  }

  func status(of url: String) -> Int? { answers.first { $0.url == url }?.status }

  /// After a release that has changed something: says what its addresses answer. A 4xx or 5xx is reported but is not a
  /// failure.
  /// - Parameter waited: whether the release was waited for, so that something should answer.
  mutating func askAndTell(waited: Bool, call: Call) {
    guard waited else {
      for url in urls { call.say("\(name) will answer at \(url)") }
      return
    }
    ask(isNew: true)
    for url in urls {
      switch status(of: url) {
      case .some(let status) where status >= 400: call.say("\(name) answers \(status) at \(url): draft logs \(name)")
      case .some: call.say("\(name) answers at \(url)")
      case nil: call.say("\(name) is at \(url), which does not answer a GET")
      }
    }
  }
}

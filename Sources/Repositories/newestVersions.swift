import Charts
import Command
import Records
import Settings

/// The newest versions of charts, by the references they are asked by, where those are `REPO/NAME#VERSION`: from the
/// stored indexes, without asking a repository.
package func newestVersions(of references: [String], home: Home, call: Call) throws -> [String: String] {
  var wanted: [String: [String]] = [:]
  for text in references {
    guard case .repository(let repository, let name, _)? = try? ChartReference(text, exists: { _ in false }) else {
      continue
    }
    wanted["\(repository)/\(name)", default: []].append(text)
  }
  guard !wanted.isEmpty, try !HelmRepository.all().isEmpty else { return [:] }
  let order = SearchOrder(words: [], areExpressions: false, constraint: nil, allVersions: false, development: false)
  var found: [String: String] = [:]
  _ = try search(order, home: home, call: call) { match in
    for text in wanted["\(match.repository)/\(match.chart)"] ?? [] { found[text] = match.version }
  }
  return found
}

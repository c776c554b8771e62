import Charts
import Command
import Glibc
import Records
import Settings

/// What charts are searched for.
package struct SearchOrder: Sendable {
  /// Each must be found; without any, every chart is.
  package var words: [String]
  /// The words are POSIX extended regular expressions.
  package var areExpressions: Bool
  package var constraint: VersionConstraint?
  /// Every version instead of the greatest.
  package var allVersions: Bool
  /// Pre-releases count as well.
  package var development: Bool

  package init(
    words: [String], areExpressions: Bool, constraint: VersionConstraint?, allVersions: Bool, development: Bool
  ) {
    (self.words, self.areExpressions, self.constraint) = (words, areExpressions, constraint)
    (self.allVersions, self.development) = (allVersions, development)
  }
}

/// Searches the indexes that `helm repo update` and `draft repo update` have stored, best matches first: a word that is
/// the name of a chart, that begins it, is in it, in the name of the repository, in a keyword, in the description.
/// Charts that are deprecated come last; what ranks the same is in the order of names.
/// - Parameter found: called with each match.
/// - Returns: whether each index could be searched; about those that could not be, the user has been told.
/// - Throws: ``RepositoryError``.
package func search(_ order: SearchOrder, home: Home, call: Call, found: (Match) throws -> Void) throws -> Bool {
  struct Hit {
    var rank: Int, repository: Int
    var chart: IndexSummary.Chart
    var name: String
  }
  let finder = try Finder(order)
  let repositories = try HelmRepository.all().filter { !$0.url.hasPrefix("oci://") }
  guard !repositories.isEmpty else { throw RepositoryError.noRepositories }
  var summaries: [IndexSummary?] = [], hits: [Hit] = [], isWhole = true
  for (number, repository) in repositories.enumerated() {
    summaries.append(nil)
    guard let path = repository.storedIndex else {
      call.warn("there is no index of '\(repository.name)'\n  try 'draft repo update \(repository.name)'")
      isWhole = false
      continue
    }
    do {
      let summary = try IndexSummary(of: path, home: home)
      summaries[number] = summary
      summary.charts { chart in
        let name = summary.text(chart.name)
        var best: Int?
        finder.forEach(of: chart, in: summary, repository: repository.name) { rank, _ in
          best = min(best ?? rank, rank)
          return order.allVersions && rank > 0
        }
        if let best { hits.append(Hit(rank: best, repository: number, chart: chart, name: name)) }
      }
    } catch let error as RepositoryError {
      call.report(error)
      isWhole = false
    }
  }
  hits.sort { ($0.rank, $0.name, $0.repository) < ($1.rank, $1.name, $1.repository) }
  for hit in hits {
    guard let summary = summaries[hit.repository] else { continue }
    let repository = repositories[hit.repository].name
    try finder.forEach(of: hit.chart, in: summary, repository: repository) { _, entry in
      let version = summary.text(entry.version)
      func optional(_ range: Range<Int>) -> String? { range.isEmpty ? nil : summary.text(range) }
      try found(
        Match(
          reference: "\(ChartReference.repository(repository, name: hit.name, version: version))",
          repository: repository, chart: hit.name, version: version, appVersion: optional(entry.appVersion),
          description: optional(entry.description), deprecated: entry.isDeprecated))
      return order.allVersions
    }
  }
  return isWhole
}

/// Finds words in the texts of a version.
private final class Finder {
  private let order: SearchOrder
  private let words: [[UInt8]]
  private var expressions: [regex_t] = []

  /// - Throws: ``RepositoryError/badExpression(_:reason:)``.
  init(_ order: SearchOrder) throws {
    self.order = order
    words = order.areExpressions ? [] : order.words.map { $0.utf8.map(Finder.lower) }.filter { !$0.isEmpty }
    guard order.areExpressions else { return }
    for word in order.words {
      var expression = regex_t()
      let code = regcomp(&expression, word, REG_EXTENDED | REG_ICASE)
      guard code == 0 else {
        var text = [CChar](repeating: 0, count: 256)
        regerror(code, &expression, &text, text.count)
        throw RepositoryError.badExpression(
          word, reason: String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self))
      }
      expressions.append(expression)
    }
  }

  deinit { for index in expressions.indices { regfree(&expressions[index]) } }

  /// Calls the body with each version that is wanted and matches, and its rank; it returns false to stop.
  func forEach(
    of chart: IndexSummary.Chart, in summary: IndexSummary, repository: String,
    _ body: (Int, IndexSummary.Entry) throws -> Bool
  ) rethrows {
    try summary.bytes.withUnsafeBufferPointer { bytes in
      let name = UnsafeBufferPointer(rebasing: bytes[chart.name])
      var known: (description: Range<Int>, keywords: Range<Int>, isDeprecated: Bool, rank: Int?)?
      try summary.versions(of: chart) { entry in
        if entry.isPreRelease, !order.development, order.constraint == nil { return true }
        // Words before the constraint: they are the same for most versions.
        let rank: Int?
        if let known, known.description == entry.description, known.keywords == entry.keywords,
          known.isDeprecated == entry.isDeprecated
        {
          rank = known.rank
        } else {
          rank = self.rank(
            name, repository, UnsafeBufferPointer(rebasing: bytes[entry.keywords]),
            UnsafeBufferPointer(rebasing: bytes[entry.description])
          ).map { $0 &+ (entry.isDeprecated ? 10_000 : 0) }
          known = (entry.description, entry.keywords, entry.isDeprecated, rank)
        }
        if let constraint = order.constraint {
          guard rank != nil, let version = Version(summary.text(entry.version)), constraint.admits(version) else {
            return true
          }
        }
        // Without a constraint the greatest version alone decides.
        guard let rank else { return order.allVersions }
        return try body(rank, entry)
      }
    }
  }

  /// The sum of the ranks of all words; nil if one is not found.
  private func rank(
    _ name: UnsafeBufferPointer<UInt8>, _ repository: String, _ keywords: UnsafeBufferPointer<UInt8>,
    _ description: UnsafeBufferPointer<UInt8>
  ) -> Int? {
    var sum = 0
    let full = Array(repository.utf8) + [UInt8(ascii: "/")] + name
    for word in words {
      guard
        let rank: Int = full.withUnsafeBufferPointer({ full in
          if let place = Finder.find(word, in: name) {
            return place > 0 ? 2 : name.count == word.count ? 0 : 1
          }
          if Finder.find(word, in: full) != nil { return 3 }
          if Finder.find(word, in: keywords) != nil { return 4 }
          return Finder.find(word, in: description) != nil ? 5 : nil
        })
      else { return nil }
      sum &+= rank
    }
    for index in expressions.indices {
      guard
        let rank: Int = full.withUnsafeBufferPointer({ full in
          if let found = match(index, in: name) {
            return found.lowerBound > 0 ? 2 : found.count == name.count ? 0 : 1
          }
          if match(index, in: full) != nil { return 3 }
          for keyword in keywords.split(separator: 0x0A)
          where match(index, in: UnsafeBufferPointer(rebasing: keyword)) != nil { return 4 }
          return match(index, in: description) != nil ? 5 : nil
        })
      else { return nil }
      sum &+= rank
    }
    return sum
  }

  private func match(_ index: Int, in text: UnsafeBufferPointer<UInt8>) -> Range<Int>? {
    guard let base = text.baseAddress else { return nil }
    var place = regmatch_t(rm_so: 0, rm_eo: regoff_t(clamping: text.count))
    // The text has no zero at its end; with REG_STARTEND its length counts.
    let code = base.withMemoryRebound(to: CChar.self, capacity: text.count) {
      regexec(&expressions[index], $0, 1, &place, REG_STARTEND)
    }
    guard code == 0, place.rm_so >= 0, place.rm_eo >= place.rm_so else { return nil }
    return Int(place.rm_so)..<Int(place.rm_eo)
  }

  private static func lower(_ byte: UInt8) -> UInt8 { (0x41...0x5A).contains(byte) ? byte | 0x20 : byte }

  /// Where a word in lower case is in a text, in any case.
  private static func find(_ word: [UInt8], in text: UnsafeBufferPointer<UInt8>) -> Int? {
    guard word.count <= text.count else { return nil }
    for start in 0...(text.count - word.count) {
      var index = 0
      while index < word.count, lower(text[start + index]) == word[index] { index += 1 }
      if index == word.count { return start }
    }
    return nil
  }
}

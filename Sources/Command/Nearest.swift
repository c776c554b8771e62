/// The candidate nearest to the word, if it is near enough to be a typing mistake.
public func nearest(to word: String, among candidates: [String]) -> String? {
  let limit = max(1, min(3, word.count / 3))
  let ranked = candidates.map { (distance: distance(Array(word.utf8.prefix(64)), Array($0.utf8)), word: $0) }.min {
    $0.distance < $1.distance
  }
  guard let ranked, ranked.distance <= limit else { return nil }
  return ranked.word
}

/// The insertions, deletions, changes and swaps between two words (optimal string alignment).
private func distance(_ a: [UInt8], _ b: [UInt8]) -> Int {
  var before = [Int](), last = Array(0...b.count)
  for i in 0..<a.count {
    var row = [i + 1]
    for j in 0..<b.count {
      var best = min(last[j] + (a[i] == b[j] ? 0 : 1), last[j + 1] + 1, row[j] + 1)
      if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { best = min(best, before[j - 1] + 1) }
      row.append(best)
    }
    before = last
    last = row
  }
  return last[b.count]
}

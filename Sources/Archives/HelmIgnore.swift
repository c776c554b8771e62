/// The rules of a `.helmignore`, as Helm applies them: https://helm.sh/docs/chart_template_guide/helm_ignore_file/
///
/// A rule without a slash is matched against the last part of a path, one with a slash against the whole path. A
/// leading slash anchors it at the top, a trailing one limits it to directories. There is no `**`. A matching `!` rule
/// wins wherever it stands, as in Helm 4; Helm 3 drops whatever does not match it, Chart.yaml included, so it packages
/// no chart that has such a rule. `.draftignore` has the same rules.
public struct HelmIgnore: Sendable {
  private struct Rule: Sendable {
    var pattern: PathPattern
    var negated: Bool
    var directoryOnly: Bool
    var wholePath: Bool
  }

  private var rules: [Rule] = []

  /// - Parameters:
  ///   - bytes: the file's contents.
  ///   - path: the file's name, for errors.
  public init(_ bytes: [UInt8], path: String) throws(ArchiveError) {
    for (index, line) in PathBytes.lines(bytes).enumerated() { try add(line, path: path, line: index + 1) }
  }

  /// Adds Helm's built-in rules, which apply to every chart.
  public mutating func addChartDefaults() throws(ArchiveError) {
    try add(Array("templates/.?*".utf8)[...], path: ".helmignore", line: 0)
  }

  private mutating func add(_ text: ArraySlice<UInt8>, path: String, line: Int) throws(ArchiveError) {
    var rule = PathBytes.trimmed(text)[...]
    guard let first = rule.first, first != UInt8(ascii: "#") else { return }
    func malformed(_ reason: String) -> ArchiveError {
      .badPattern(file: path, line: line, pattern: PathBytes.text(rule), reason: reason)
    }
    if zip(rule, rule.dropFirst()).contains(where: { $0 == UInt8(ascii: "*") && $1 == UInt8(ascii: "*") }) {
      throw malformed("'**' is not supported here")
    }
    // Helm validates the rule with its '!' and slashes on it.
    do { _ = try PathPattern(rule).matches("abc".utf8) } catch { throw malformed("it is not a pattern") }
    let negated = first == UInt8(ascii: "!")
    if negated { rule.removeFirst() }
    let directoryOnly = rule.last == UInt8(ascii: "/")
    if directoryOnly { rule.removeLast() }
    let wholePath = rule.contains(UInt8(ascii: "/"))
    if rule.first == UInt8(ascii: "/") { rule.removeFirst() }
    rules.append(Rule(pattern: PathPattern(rule), negated: negated, directoryOnly: directoryOnly, wholePath: wholePath))
  }

  /// - Parameter path: relative, with slashes.
  public func ignores(_ path: [UInt8], isDirectory: Bool) -> Bool {
    let name = path[((path.lastIndex(of: UInt8(ascii: "/")) ?? -1) + 1)...]
    var ignored = false
    for rule in rules where isDirectory || !rule.directoryOnly {
      // As in Helm, a rule that turns out to be malformed only now matches nothing.
      guard (try? rule.pattern.matches(rule.wholePath ? path[...] : name)) == true else { continue }
      if rule.negated { return false }
      ignored = true
    }
    return ignored
  }
}

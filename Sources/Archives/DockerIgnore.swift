/// The patterns of a `.dockerignore`: https://docs.docker.com/build/concepts/context/#dockerignore-files
///
/// The last pattern that matches a path or one of its parent directories decides. So an ignored directory still has to
/// be searched if an exception might match inside it; see ``mayHoldExceptions(under:)``.
public struct DockerIgnore: Sendable {
  /// The patterns that matched a directory, for the paths inside it.
  public struct Matches: Sendable {
    fileprivate var flags: [Bool] = []
    public init() {}
  }

  private var patterns: [DockerPattern] = []
  private var lines: [Int] = []
  private let path: String

  /// - Parameters:
  ///   - bytes: the file's contents.
  ///   - path: the file's name, for errors.
  public init(_ bytes: [UInt8], path: String) throws(ArchiveError) {
    self.path = path
    for (index, line) in PathBytes.lines(bytes).enumerated() where line.first != UInt8(ascii: "#") {
      var text = PathBytes.trimmed(line)
      guard let first = text.first else { continue }
      let inverted = first == UInt8(ascii: "!")
      if inverted { text = PathBytes.trimmed(text.dropFirst()) }
      if !text.isEmpty {
        text = PathBytes.cleaned(text)
        if text.count > 1, text[0] == UInt8(ascii: "/") { text.removeFirst() }
      }
      try add(PathBytes.cleaned(PathBytes.trimmed(inverted ? [UInt8(ascii: "!")] + text : text)), line: index + 1)
    }
  }

  private mutating func add(_ text: [UInt8], line: Int) throws(ArchiveError) {
    let isException = text[0] == UInt8(ascii: "!")
    guard !isException || text.count > 1 else {
      throw .badPattern(file: path, line: line, pattern: "!", reason: "nothing follows the '!'")
    }
    let text = isException ? Array(text.dropFirst()) : text
    do { _ = try PathPattern(text).matches(".".utf8) } catch { throw malformed(text, line: line) }
    patterns.append(DockerPattern(text, isException: isException))
    lines.append(line)
  }

  private func malformed(_ text: [UInt8], line: Int) -> ArchiveError {
    .badPattern(file: path, line: line, pattern: PathBytes.text(text), reason: "it is not a pattern")
  }

  /// Whether the path is kept out of the context, and the matches to pass on for its children.
  /// - Parameters:
  ///   - path: relative, with slashes.
  ///   - parent: the matches of its parent directory; a new value at the top.
  public func ignores(_ path: [UInt8], in parent: Matches) throws(ArchiveError) -> (ignored: Bool, matches: Matches) {
    var ignored = false
    var matches = Matches()
    matches.flags = Array(repeating: false, count: patterns.count)
    for (index, pattern) in patterns.enumerated() {
      var matched = index < parent.flags.count && parent.flags[index]
      if !matched {
        // Like docker, skip patterns that cannot change the result; they do not count as matched further down.
        guard pattern.isException == ignored else { continue }
        do { matched = try pattern.matches(path) } catch { throw malformed(pattern.text, line: lines[index]) }
      }
      matches.flags[index] = matched
      if matched { ignored = !pattern.isException }
    }
    return (ignored, matches)
  }

  public var isEmpty: Bool { patterns.isEmpty }

  /// Whether an exception might match something inside an ignored directory.
  public func mayHoldExceptions(under directory: [UInt8]) -> Bool {
    let inside = directory + [UInt8(ascii: "/")]
    return patterns.contains { $0.isException && ($0.head.starts(with: inside) || inside.starts(with: $0.head)) }
  }
}

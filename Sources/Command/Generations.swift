import Records

/// The latest results for one thing: a line each in a small file, newest last. A cache that keeps eight to sixteen for
/// each stays as small after two thousand edits as after twenty, and still has everything a record on its way refers
/// to.
public struct Generations {
  public static let kept = 8
  private let path: String

  /// - Parameter path: the file; a missing or unreadable one counts as empty.
  public init(_ path: String) { self.path = path }

  public var lines: [String] {
    (try? Files.readText(path, limit: 1 << 20))?.lines.map(String.init) ?? []
  }

  /// Adds a line, or moves it to the end if it is there.
  /// - Returns: the lines dropped, oldest first: none until there are twice as many as are kept, then all beyond those
  ///   kept.
  public func add(_ line: String) -> [String] {
    var all = lines
    if all.last == line { return [] }
    all.removeAll { $0 == line }
    all.append(line)
    let dropped = all.count > 2 * Generations.kept ? Array(all.dropLast(Generations.kept)) : []
    let text = all.dropFirst(dropped.count).joined(separator: "\n") + "\n"
    // If the file cannot be written, go on without it.
    do { try Files.write(Array(text.utf8), to: path, mode: 0o600, durable: false) } catch { return [] }
    return dropped
  }
}

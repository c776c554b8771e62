import Records

/// What was made of one thing, the last times: a line each in a small file, the newest last. A cache that keeps eight to sixteen of each
/// stays as small after two thousand edits as after twenty, and what a record that is still on its way speaks of is among them.
public struct Generations {
  public static let kept = 8
  private let path: String

  /// - Parameter path: the file; what is no such file counts as an empty one.
  public init(_ path: String) { self.path = path }

  public var lines: [String] {
    (try? Files.readText(path, limit: 1 << 20))?.lines.map(String.init) ?? []
  }

  /// Adds a line, or makes it the newest if it is there.
  /// - Returns: the lines that went, oldest first: none until there are twice as many as are kept, then all that are more.
  public func add(_ line: String) -> [String] {
    var all = lines
    if all.last == line { return [] }
    all.removeAll { $0 == line }
    all.append(line)
    let dropped = all.count > 2 * Generations.kept ? Array(all.dropLast(Generations.kept)) : []
    let text = all.dropFirst(dropped.count).joined(separator: "\n") + "\n"
    // A memory that cannot be written is one that is not had.
    do { try Files.write(Array(text.utf8), to: path, mode: 0o600, durable: false) } catch { return [] }
    return dropped
  }
}

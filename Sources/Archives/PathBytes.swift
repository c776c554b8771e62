/// Paths and lines as bytes, by the rules of Go's `strings.TrimSpace` and `filepath.Clean`, which both ignore formats
/// use.
public enum PathBytes {
  private static let spaces: [[UInt8]] = {
    let scalars: [UInt32] = [0x09, 0x0A, 0x0B, 0x0C, 0x0D, 0x20, 0x85, 0xA0, 0x1680] + Array(0x2000...0x200A) + [0x2028, 0x2029, 0x202F, 0x205F, 0x3000]
    return scalars.compactMap(Unicode.Scalar.init).map { Array(String(Character($0)).utf8) }
  }()

  static func trimmed(_ bytes: some Collection<UInt8>) -> [UInt8] {
    var rest = Array(bytes)[...]
    // Most lines begin and end with something printed.
    let isPrinted = { (byte: UInt8) in byte > 0x20 && byte < 0x7F }
    while let first = rest.first, !isPrinted(first), let space = spaces.first(where: { rest.starts(with: $0) }) { rest.removeFirst(space.count) }
    while let last = rest.last, !isPrinted(last), let space = spaces.first(where: { rest.count >= $0.count && rest.suffix($0.count).elementsEqual($0) }) { rest.removeLast(space.count) }
    return Array(rest)
  }

  /// The shortest equivalent path: no `.`, no `//`, no `a/..`; `.` if empty.
  public static func cleaned(_ path: [UInt8]) -> [UInt8] {
    guard let first = path.first else { return [UInt8(ascii: ".")] }
    let rooted = first == UInt8(ascii: "/")
    if !rooted, isClean(path) { return path }
    var parts: [ArraySlice<UInt8>] = []
    for part in path.split(separator: UInt8(ascii: "/")) {
      if part.elementsEqual(".".utf8) { continue }
      guard part.elementsEqual("..".utf8) else { parts.append(part); continue }
      if let last = parts.last, !last.elementsEqual("..".utf8) { parts.removeLast() } else if !rooted { parts.append(part) }
    }
    let joined = Array(parts.joined(separator: [UInt8(ascii: "/")]))
    if rooted { return [UInt8(ascii: "/")] + joined }
    return joined.isEmpty ? [UInt8(ascii: ".")] : joined
  }

  /// Whether a relative path is already as ``cleaned(_:)`` returns it, as most are.
  private static func isClean(_ path: [UInt8]) -> Bool {
    var start = true, dots = 0
    for byte in path {
      if byte == UInt8(ascii: "/") {
        if start || dots > 0 { return false }
        start = true
        continue
      }
      // Counts the dots of a part that has only dots so far; such a part takes the slow path.
      dots = byte == UInt8(ascii: ".") && (start || dots > 0) ? dots + 1 : 0
      start = false
    }
    return !start && dots == 0
  }

  /// The lines of a file without their ends (LF or CRLF) and without a byte order mark.
  static func lines(_ bytes: [UInt8]) -> [ArraySlice<UInt8>] {
    let text = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes[3...] : bytes[...]
    return text.split(separator: 0x0A, omittingEmptySubsequences: false).map { $0.last == 0x0D ? $0.dropLast() : $0 }
  }

  /// The path as text, for messages; bytes that are not UTF-8 are replaced.
  public static func text(_ path: some Collection<UInt8>) -> String { String(decoding: path, as: UTF8.self) }
}

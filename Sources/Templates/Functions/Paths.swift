// Go's path, and path/filepath on Linux, which is the same but for names that end in more than one slash.
// https://pkg.go.dev/path
extension Sprig {
  mutating func addPaths() {
    for prefix in ["", "os"] {
      func name(_ text: String) -> String {
        prefix.isEmpty ? text : prefix + text.prefix(1).uppercased() + text.dropFirst()
      }
      addText(name("base"), Paths.base)
      addText(name("dir"), Paths.directory)
      addText(name("clean"), Paths.clean)
      addText(name("ext"), Paths.suffix)
      add(name("isAbs"), takes: [.string]) { _, arguments in .bool(arguments[0].text.first == Paths.slash) }
    }
  }
}

enum Paths {
  static let slash = UInt8(ascii: "/")
  private static let dot = UInt8(ascii: ".")

  static func base(_ path: [UInt8]) -> [UInt8] {
    if path.isEmpty { return [dot] }
    var path = path[...]
    while path.last == slash { path.removeLast() }
    if path.isEmpty { return [slash] }
    return Array(path.lastIndex(of: slash).map { path[($0 + 1)...] } ?? path)
  }

  static func directory(_ path: [UInt8]) -> [UInt8] {
    clean(Array(path.lastIndex(of: slash).map { path[...$0] } ?? []))
  }

  static func suffix(_ path: [UInt8]) -> [UInt8] {
    guard let place = path.lastIndex(where: { $0 == dot || $0 == slash }), path[place] == dot else { return [] }
    return Array(path[place...])
  }

  /// The shortest path that is the same by its words: without `.`, and without `..` where a name is in front of it.
  static func clean(_ path: [UInt8]) -> [UInt8] {
    let isRooted = path.first == slash
    var names: [ArraySlice<UInt8>] = []
    for name in path.split(separator: slash) where name != [dot] {
      if name != [dot, dot] {
        names.append(name)
      } else if let last = names.last, last != [dot, dot] {
        names.removeLast()
      } else if !isRooted {
        names.append(name)
      }
    }
    let rest = Array(names.joined(separator: [slash]))
    return isRooted ? [slash] + rest : rest.isEmpty ? [dot] : rest
  }
}

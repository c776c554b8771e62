/// Finds the port that an application listens on, if its sources state it plainly: `app.run(port=8080)`,
/// `listen(3000)`, `os.environ.get("PORT", 8080)`. If they name two different ports, the result is nil.
struct PortSearch {
  let tree: SourceTree
  let entry: LanguageTable.Entry
  let table: LanguageTable

  /// The number of sources searched, the least deep first; only the beginning of each.
  private static let fileLimit = 40

  /// - Parameter main: the file where the application starts; it takes precedence.
  func port(main: String?) -> (port: Int, place: String)? {
    if let main, let found = only(in: [main]) { return found }
    let sources = tree.files.filter { file in
      guard let index = table.index(ofFile: String(file.name)), table.entries[index].name == entry.name else {
        return false
      }
      let path = file.path.lowercased()
      return !path.contains("test") && !path.contains("spec") && !path.contains("config.") && !table.isGenerated(path)
    }
    return only(in: sources.prefix(PortSearch.fileLimit).map(\.path))
  }

  private func only(in paths: [String]) -> (port: Int, place: String)? {
    var found: (port: Int, place: String)?
    for path in paths {
      for (number, line) in PortSearch.linesWithNumbers(tree.head(path, 65_536)) {
        guard let port = port(in: line) else { continue }
        if let found, found.port != port { return nil }
        if found == nil { found = (port, "\(path):\(number)") }
      }
    }
    return found
  }

  /// The lines of ordinary length that have two digits in a row, with their numbers, from 1.
  private static func linesWithNumbers(_ bytes: [UInt8]) -> [(number: Int, line: [UInt8])] {
    var lines: [(number: Int, line: [UInt8])] = []
    bytes.withUnsafeBufferPointer { bytes in
      var start = 0, number = 1, digits = 0, hasNumber = false
      for at in 0...bytes.count {
        if at == bytes.count || bytes[at] == 0x0A {
          if hasNumber, at - start < 500 { lines.append((number, Array(bytes[start..<at]))) }
          (start, number, digits, hasNumber) = (at + 1, number + 1, 0, false)
        } else if bytes[at] >= 0x30, bytes[at] <= 0x39 {
          digits += 1
          if digits == 2 { hasNumber = true }
        } else {
          digits = 0
        }
      }
    }
    return lines
  }

  private func port(in bytes: [UInt8]) -> Int? {
    let text = bytes.drop { $0 == 0x20 || $0 == 0x09 }
    if text.first == UInt8(ascii: "#") || text.first == UInt8(ascii: "*") || text.starts(with: Array("//".utf8)) {
      return nil
    }
    for needle in entry.ports {
      let needle = Array(needle.utf8)
      var at = 0
      while at + needle.count <= bytes.count {
        guard bytes[at] == needle[0] else { at += 1; continue }
        // `transport=` does not count as `port=`, but `server_port=` does.
        let isWord = at == 0 || !isWordByte(bytes[at - 1]) || !isWordByte(needle[0])
        if isWord, bytes[at...].starts(with: needle), let port = number(bytes[(at + needle.count)...]) { return port }
        at += 1
      }
    }
    return nil
  }

  /// The number after quotes, a conversion and a wildcard or local address: `int("8080"`, `"0.0.0.0:8080"`, `":8080"`.
  private func number(_ bytes: ArraySlice<UInt8>) -> Int? {
    var rest = bytes
    func skip(_ word: String) -> Bool {
      let word = Array(word.utf8)
      guard rest.starts(with: word) else { return false }
      rest = rest.dropFirst(word.count)
      return true
    }
    while skip(" ") || skip("\"") || skip("'") || skip("`") || skip("int(") || skip("Number(") || skip("parseInt(")
      || skip("0.0.0.0:")
      || skip("localhost:") || skip("127.0.0.1:") || skip("[::]:") || skip(":")
    {}
    let digits = rest.prefix { (0x30...0x39).contains($0) }
    guard (2...5).contains(digits.count), let port = Int(String(decoding: digits, as: UTF8.self)),
      (80...65_535).contains(port)
    else { return nil }
    if let next = rest.dropFirst(digits.count).first,
      next == UInt8(ascii: ".") || next == UInt8(ascii: "_") || isWordByte(next)
    {
      return nil
    }
    return table.notWeb.contains(port) ? nil : port
  }

  private func isWordByte(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
  }
}

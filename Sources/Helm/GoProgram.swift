import Command
import Glibc

/// What Go writes into the programs that it builds, in the section `.go.buildinfo`:
/// https://pkg.go.dev/debug/buildinfo
enum GoProgram {
  /// The path of the package that a program was built from, as in `helm.sh/helm/v4/cmd/helm`; nil if the file is no
  /// 64-bit ELF program of Go 1.18 or later.
  static func package(of path: String) -> String? {
    guard let file = try? OpenFile(path, O_RDONLY), let head = bytes(file, 0, 64),
      head.starts(with: [0x7F, 0x45, 0x4C, 0x46, 2, 1])
    else { return nil }
    let size = number(head, 58, 2), count = number(head, 60, 2)
    guard size == 64, count > 0, let table = bytes(file, number(head, 40, 8), size * count),
      number(head, 62, 2) < count
    else { return nil }
    let names = number(head, 62, 2) * size
    guard let texts = bytes(file, number(table, names + 24, 8), number(table, names + 32, 8)) else { return nil }
    let wanted = Array(".go.buildinfo\0".utf8)
    for section in 0..<count {
      let name = number(table, section * size, 4)
      guard name < texts.count, texts[name...].starts(with: wanted) else { continue }
      let length = min(number(table, section * size + 32, 8), 4_096)
      guard let info = bytes(file, number(table, section * size + 24, 8), length) else { return nil }
      // Behind the magic, the flag for texts in place; then Go's version and the modules, each behind its length.
      guard info.starts(with: Array("\u{FF} Go buildinf:".unicodeScalars.map { UInt8($0.value) })), info.count > 34,
        info[15] & 2 != 0
      else { return nil }
      let mark = Array("path\t".utf8)
      for start in 32..<info.count where info[start] == mark[0] && info[start...].starts(with: mark) {
        return String(decoding: info[(start + mark.count)...].prefix { $0 != 0x0A }, as: UTF8.self)
      }
    }
    return nil
  }

  /// nil if there are not as many.
  private static func bytes(_ file: borrowing OpenFile, _ offset: Int, _ count: Int) -> [UInt8]? {
    guard offset >= 0, (0...1 << 20).contains(count) else { return nil }
    var done = 0
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, size in
      done = (try? file.fill(UnsafeMutableRawBufferPointer(buffer), at: offset)) ?? 0
      size = done
    }
    return done == count ? bytes : nil
  }

  /// A number with the lowest byte first; -1 for one that is too large.
  private static func number(_ bytes: [UInt8], _ place: Int, _ size: Int) -> Int {
    let value = bytes[place..<(place + size)].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    return Int(exactly: value) ?? -1
  }
}

/// `$(NAME)` in the variables, the command and the arguments of a container, expanded as Kubernetes does (its package
/// `expansion`).
enum References {
  /// Replaces every `$(NAME)` of a known name by its value, which is not expanded again; others stay. `$$` is a plain
  /// dollar sign.
  static func expanded(_ text: String, _ value: (String) -> String?) -> String {
    let bytes = Array(text.utf8), dollar = UInt8(ascii: "$")
    guard bytes.contains(dollar) else { return text }
    var out: [UInt8] = [], at = 0
    while at < bytes.count {
      guard bytes[at] == dollar, at + 1 < bytes.count else {
        out.append(bytes[at])
        at += 1
        continue
      }
      switch bytes[at + 1] {
      case dollar:
        out.append(dollar)
        at += 2
      case UInt8(ascii: "("):
        guard let end = bytes[(at + 2)...].firstIndex(of: UInt8(ascii: ")")) else {
          out += bytes[at..<(at + 2)]
          at += 2
          continue
        }
        out +=
          value(String(decoding: bytes[(at + 2)..<end], as: UTF8.self)).map { Array($0.utf8) } ?? Array(bytes[at...end])
        at = end + 1
      default:
        out += bytes[at..<(at + 2)]
        at += 2
      }
    }
    return String(decoding: out, as: UTF8.self)
  }
}

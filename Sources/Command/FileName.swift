/// A file name for a context, whose name may hold slashes or any other character.
package func fileName(_ text: String) -> String {
  String(
    decoding: text.utf8.prefix(100).flatMap { byte -> [UInt8] in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"):
        [byte]
      default: Array("_\(byte)".utf8)
      }
    }, as: UTF8.self)
}

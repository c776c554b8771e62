import Command
import Glibc

/// A directory that is removed with it.
final class Scratch {
  let path: String

  init() throws {
    var template = Array("/tmp/draft-charts.XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw SystemError("cannot create a directory", errno) }
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  deinit { removeTree(path) }

  func write(_ name: String, _ text: String) throws { try write(name, Array(text.utf8)) }

  func write(_ name: String, _ bytes: [UInt8]) throws {
    let file = path + "/" + name
    try Files.makeDirectories(String(file[..<(file.lastIndex(of: "/") ?? file.startIndex)]))
    try Files.write(bytes, to: file, durable: false)
  }
}

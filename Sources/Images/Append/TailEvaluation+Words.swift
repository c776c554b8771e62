import Dockerfiles
import Records

/// The words of a tail's instructions, with quotes removed and variables expanded; only in forms that every builder
/// reads alike.
extension TailEvaluation {
  /// A word that depends on the head, before there is one.
  struct Unknown: Error {}

  func undivided(_ instruction: Dockerfile.Instruction, _ reason: String) -> Undivided {
    Undivided("line \(instruction.lines.lowerBound): \(reason)")
  }

  /// The whole text as one word, including spaces.
  func word(_ instruction: Dockerfile.Instruction) throws -> String {
    let value = try expand(instruction.text, instruction)
    guard !value.isEmpty else { throw undivided(instruction, "\(instruction.name) has no value") }
    return value
  }

  /// The names and values of ENV and LABEL.
  func pairs(_ instruction: Dockerfile.Instruction) throws -> [(String, String)] {
    let words = DockerfileWords.split(instruction.text, escape: split.escape)
    if let first = words.first, !first.contains("=") {
      guard words.count > 1 else { throw undivided(instruction, "'\(first)' has no value") }
      return [
        (
          try expand(first, instruction),
          try expand(String(Dockerfile.cut(Substring(instruction.text)).rest), instruction)
        )
      ]
    }
    return try DockerfileWords.pairs(instruction.text, escape: split.escape, oldForm: false).map { name, value in
      guard let value, !name.isEmpty, !name.contains("$") else {
        throw undivided(instruction, "'\(name)' has no value")
      }
      return (try expand(name, instruction), try expand(value, instruction))
    }
  }

  /// A word with variables expanded.
  func expand(_ text: String, _ instruction: Dockerfile.Instruction) throws -> String {
    let bytes = Array(text.utf8)
    try checkEscapes(bytes, instruction)
    let isName = { (byte: UInt8) in
      (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte) || byte == 0x5F
    }
    var at = 0, quote: UInt8?
    while at < bytes.count {
      let byte = bytes[at]
      at += 1
      if byte == split.escape, quote != UInt8(ascii: "'") { at += 1; continue }
      if byte == quote {
        quote = nil
      } else if quote == nil, byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
        quote = byte
      }
      guard byte == UInt8(ascii: "$"), quote != UInt8(ascii: "'") else { continue }
      var next = at
      let hasBrace = next < bytes.count && bytes[next] == UInt8(ascii: "{")
      if hasBrace { next += 1 }
      let name = String(decoding: bytes[next...].prefix(while: isName), as: UTF8.self)
      next += name.utf8.count
      let sign = bytes[next...].prefix(2)
      guard let first = name.utf8.first, !(0x30...0x39).contains(first),
        !hasBrace || sign.first == UInt8(ascii: "}") || sign.elementsEqual(":-".utf8) || sign.elementsEqual(":+".utf8)
      else { throw undivided(instruction, "a variable has an unusual form") }
      guard value(name) == nil else { continue }
      if TailEvaluation.isBuilders(name) { throw undivided(instruction, "'\(name)' is known only to the builder") }
      // The base image may set it.
      if isRehearsal { throw Unknown() }
    }
    guard let word = DockerfileWords.expand(text, escape: split.escape, value: { value($0) }) else {
      throw DockerfileError.tooLong(line: instruction.lines.lowerBound)
    }
    return word
  }

  /// Escapes mean the same everywhere before a quote or a dollar sign, and outside quotes. With an escape character
  /// other than the backslash, builders differ.
  private func checkEscapes(_ bytes: [UInt8], _ instruction: Dockerfile.Instruction) throws {
    let backslash = UInt8(ascii: "\\"), backquote = UInt8(ascii: "`")
    guard bytes.contains(backslash) || bytes.contains(backquote) else { return }
    var at = 0, quote: UInt8?
    while at < bytes.count {
      let byte = bytes[at], next = at + 1 < bytes.count ? bytes[at + 1] : nil
      at += 1
      if byte == backquote || (byte == backslash && split.escape != backslash)
        || (byte == backslash && quote == UInt8(ascii: "'"))
      {
        throw undivided(instruction, "builders read an escape character in it differently")
      } else if byte == backslash {
        guard let next, next != backslash, quote == nil || next == UInt8(ascii: "\"") || next == UInt8(ascii: "$")
        else {
          throw undivided(instruction, "builders read an escape character in it differently")
        }
        at += 1
      } else if byte == quote {
        quote = nil
      } else if quote == nil, byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
        quote = byte
      }
    }
  }

  /// Arguments that builders set themselves.
  static func isBuilders(_ name: String) -> Bool {
    let upper = name.uppercased()
    return upper.hasPrefix("TARGET") || upper.hasPrefix("BUILD") || upper.hasSuffix("_PROXY")
  }

  private func value(_ name: String) -> String? {
    environment.last { $0.hasPrefix(name + "=") }.map { String($0.dropFirst(name.count + 1)) } ?? arguments[name]
  }
}

extension Split {
  /// Refuses an argument of the head that uses a variable of the base image: its value is not known from the file.
  func checkArguments(of stage: Dockerfile.Stage) throws {
    var known = Set(stage.global.keys)
    for instruction in stage.instructions where instruction.name == "ARG" || instruction.name == "ENV" {
      for (name, value) in DockerfileWords.pairs(instruction.text, escape: escape, oldForm: instruction.name == "ENV") {
        let names = NameList()
        _ = DockerfileWords.expand(value ?? "", escape: escape) { names.add($0) }
        if names.list.allSatisfy(known.contains) { known.insert(name); continue }
        known.remove(name)
        if instruction.name == "ARG" {
          throw Undivided("line \(instruction.lines.lowerBound): an ARG uses a variable of the base image")
        }
      }
    }
  }

  private final class NameList {
    var list: [String] = []
    func add(_ name: String) -> String? { list.append(name); return "x" }
  }
}

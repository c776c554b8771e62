/// A Dockerfile split in two: the head, which needs a builder, and the tail of its last stage, which is built without
/// one.
///
/// The head ends with the last instruction that only a builder can execute; after it come only copies of local files
/// and image configuration. Anything not fully understood belongs to the head. A Dockerfile that would gain nothing
/// from a split is not split: ``Undivided`` says why, and the builder builds it as a whole.
package struct Split: Sendable {
  /// The whole Dockerfile.
  package let text: String
  /// The head as a Dockerfile of its own: the first lines of the whole one, unchanged.
  package let headText: String
  package let head: Dockerfile
  /// In order; at least one of them is a copy.
  package let tail: [Dockerfile.Instruction]
  package let escape: UInt8
  /// Whether the head is just `FROM scratch`, so that nothing needs a builder.
  package let isFromNothing: Bool

  /// Splits a Dockerfile. Throws ``Undivided``, or ``DockerfileError`` for what no builder accepts.
  /// - Parameter file: the same parsed, where it has been.
  package init(_ text: String, _ file: Dockerfile? = nil) throws {
    self.text = text
    let file = try file ?? Dockerfile(text)
    guard let from = file.instructions.lastIndex(where: { $0.name == "FROM" }) else {
      throw Undivided("there is no FROM")
    }
    let stage = file.instructions[from...]
    let last = stage.lastIndex { Split.need(of: $0) != nil } ?? from
    let tail = Array(stage[(last + 1)...])
    guard tail.contains(where: { $0.name == "COPY" || $0.name == "ADD" }) else {
      guard last != from, let need = Split.need(of: stage[last]) else {
        throw Undivided("no file is copied into the last stage")
      }
      throw Undivided("no file is copied after line \(stage[last].lines.lowerBound), which needs the builder: \(need)")
    }
    isFromNothing = last == from && DockerfileWords.split(stage[from].text, escape: file.escape).first == "scratch"
    if isFromNothing, !stage[from].flags.isEmpty {
      throw Undivided("line \(stage[from].lines.lowerBound): 'FROM scratch' has an option")
    }
    // By scalars, as in the parser: "\r\n" is one Character.
    let lines = text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false).prefix(
      stage[last].lines.upperBound)
    headText = lines.map { String(Substring($0)) }.joined(separator: "\n") + "\n"
    head = try Dockerfile(headText)
    self.tail = tail
    escape = file.escape
  }

  /// Why an instruction needs a builder; nil if it does not.
  private static func need(of instruction: Dockerfile.Instruction) -> String? {
    switch instruction.name {
    case "ENV", "WORKDIR", "CMD", "ENTRYPOINT", "EXPOSE", "LABEL", "USER", "VOLUME", "HEALTHCHECK", "STOPSIGNAL",
      "SHELL", "MAINTAINER", "ARG":
      if instruction.name != "HEALTHCHECK", !instruction.flags.isEmpty { return "\(instruction.name) has an option" }
      return nil
    case "COPY", "ADD":
      if let flag = instruction.flags.first(where: { !["chown", "chmod", "link"].contains($0.name) }) {
        return "\(instruction.name) has --\(flag.name)"
      }
      if instruction.name == "ADD",
        instruction.text.contains("://") || instruction.text.contains("git@") || instruction.text.contains("$")
      {
        return "ADD has a source that is not a local file"
      }
      return nil
    case "RUN": return "RUN"
    default: return instruction.name
    }
  }
}

/// Why a builder must build the whole image; `image.why` in the record.
package struct Undivided: Error, Equatable {
  package var reason: String
  package init(_ reason: String) { self.reason = reason }
}

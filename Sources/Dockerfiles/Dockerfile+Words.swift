/// Improves builders' error messages where we know more.
extension Dockerfile {
  /// The line that a builder's message is about, and the error in one sentence; nil if nothing tells.
  /// - Parameters:
  ///   - step: the builder's last report of its step.
  ///   - lines: its last lines of output.
  package func fault(_ reason: String, program: String, step: String?, lines: [String]) -> Fault? {
    if let instruction = heredoc(takenApart: reason) {
      return Fault(line: instruction.lines.lowerBound, reason: instruction.noHeredoc("this '\(program)'"))
    }
    if let (instruction, rest) = instruction(saidBefore: reason) {
      let known = instruction.unknownFlag(rest, program) ?? instruction.missingSource(rest)
      return Fault(line: instruction.lines.lowerBound, reason: known ?? rest)
    }
    // A message without a step may still name an instruction and its options.
    let spelled = instructions.first { instruction in
      let opening = Dockerfile.squeezed(instruction.name + instruction.spelledFlags)
      return !instruction.flags.isEmpty && Dockerfile.squeezed(reason).hasPrefix(opening)
        || instruction.unknownFlag(reason, program) != nil
    }
    if let spelled {
      return Fault(line: spelled.lines.lowerBound, reason: spelled.unknownFlag(reason, program) ?? reason)
    }
    for opening in ["dockerfile parse error on line ", "dockerfile parse error line ", "Dockerfile parse error line "] {
      guard let start = reason.firstRange(of: opening)?.upperBound,
        let colon = reason[start...].firstRange(of: ": "), let line = Int(reason[start..<colon.lowerBound])
      else { continue }
      return Fault(line: line, reason: String(reason[colon.upperBound...]))
    }
    guard let line = step.flatMap(line(ofStep:)) ?? Dockerfile.quoted(lines) else { return nil }
    return Fault(line: line, reason: reason)
  }

  /// Parses `building at STEP "RUN make": …` into the instruction and the rest; if a program failed, the whole text.
  private func instruction(saidBefore reason: String) -> (Instruction, String)? {
    let opening = "building at STEP \""
    guard reason.hasPrefix(opening) else { return nil }
    let said = Dockerfile.squeezed(String(reason.dropFirst(opening.count)))
    let found = instructions.filter { said.hasPrefix(Dockerfile.squeezed($0.whole) + "\":") }
    guard let instruction = found.max(by: { $0.text.utf8.count < $1.text.utf8.count }) else { return nil }
    if instruction.name == "RUN", reason.contains("exit status ") { return (instruction, reason) }
    // Count non-blank bytes, because the builder may have changed the blanks.
    var left = Dockerfile.squeezed(opening + instruction.whole).utf8.count + 2
    let rest = reason.utf8.drop { byte in
      if Dockerfile.isBlank(byte) { return true }
      left -= 1
      return left >= 0
    }
    var words = Dockerfile.trimmed(Substring(rest))
    // The name of a container that no longer exists.
    if words.hasPrefix("resolving mountpoints for container "), let end = words.firstRange(of: ": ") {
      words = words[end.upperBound...]
    }
    return (instruction, String(words))
  }

  /// The instruction whose here-document a builder has read as instructions.
  private func heredoc(takenApart reason: String) -> Instruction? {
    let documents = instructions.filter { !$0.heredocs.isEmpty }
    let lower = reason.lowercased()
    guard !documents.isEmpty, ["unknown instruction", "heredoc", "<<"].contains(where: { lower.contains($0) }) else {
      return nil
    }
    guard !reason.contains("exit status "), !reason.contains("did not complete successfully") else { return nil }
    let first = documents.first { instruction in
      instruction.heredocs.contains { document in
        (document.content.lines + [Substring(document.name)]).contains { line in
          reason.contains("\"\(Dockerfile.cut(Dockerfile.trimmed(line)).name.uppercased())\"")
        }
      }
    }
    return first ?? documents[0]
  }

  /// The line of `STEP 3/4: …`, or of `[1/2] STEP 3/4: …` with several stages; `Step 3/4 : …` counts across stages.
  private func line(ofStep step: String) -> Int? {
    let words = step.split(separator: " ")
    guard let at = words.firstIndex(where: { $0 == "STEP" || $0 == "Step" }), at + 1 < words.count else { return nil }
    guard let number = Dockerfile.count(words[at + 1]), (1...instructions.count).contains(number) else { return nil }
    var first = 0
    if words[at] == "STEP" {
      let stage = at > 0 ? Dockerfile.count(words[0].dropFirst()) ?? 1 : 1
      let starts = instructions.indices.filter { instructions[$0].name == "FROM" }
      guard (1...max(1, starts.count)).contains(stage), !starts.isEmpty else { return nil }
      first = starts[stage - 1]
    }
    let index = first + number - 1
    return instructions.indices.contains(index) ? instructions[index].lines.lowerBound : nil
  }

  private static func count(_ text: Substring) -> Int? { Int(text.prefix { $0 != "/" }) }

  /// The line in BuildKit's excerpt: `Dockerfile:3` and a rule below it.
  private static func quoted(_ lines: [String]) -> Int? {
    for (line, next) in zip(lines, lines.dropFirst()) where next.hasPrefix("-----") {
      if let number = line.split(separator: ":").last.flatMap({ Int($0) }) { return number }
    }
    return nil
  }

  private static func squeezed(_ text: String) -> String {
    String(decoding: text.utf8.filter { !isBlank($0) }, as: UTF8.self)
  }
}

extension Dockerfile.Instruction {
  fileprivate var spelledFlags: String {
    flags.map { "--\($0.name)" + ($0.value.isEmpty ? "" : "=\($0.value)") }.joined()
  }
  /// As written, except for blanks.
  fileprivate var whole: String { spelling + spelledFlags + text }

  /// The message if a builder does not support here-documents.
  package func noHeredoc(_ program: String) -> String {
    "'\(spelling) <<\(heredocs.first?.name ?? "")' is a here-document, which \(program) does not support"
  }

  /// `COPY only supports the --chmod=<permissions> and the --from=<image> flags` does not name the wrong flag.
  fileprivate func unknownFlag(_ reason: String, _ program: String) -> String? {
    guard reason.hasPrefix(name + " only supports the "),
      let flag = flags.first(where: { flag in
        ![" ", "="].contains { "\(reason) ".contains("--\(flag.name)\($0)") }
      })
    else { return nil }
    return "this '\(program)' does not support \(name) --\(flag.name)"
  }

  /// Handles `checking on sources under "/…/merged": copier: stat: "/x": no such file or directory`, where the
  /// directory is the builder's.
  fileprivate func missingSource(_ reason: String) -> String? {
    let ending = "\": no such file or directory"
    guard reason.hasSuffix(ending), let start = reason.firstRange(of: "copier: stat: \"") else { return nil }
    let path = reason[start.upperBound...].dropLast(ending.count)
    if let from = flags.first(where: { $0.name == "from" }) { return "'\(from.value)' has no '\(path)'" }
    return "the context has no '\(path.drop { $0 == "/" })': it does not exist, or .dockerignore excludes it"
  }
}

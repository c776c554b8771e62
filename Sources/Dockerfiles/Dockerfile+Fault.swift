extension Dockerfile {
  /// An error in a Dockerfile, with its line.
  package struct Fault: Error, Equatable {
    package var line: Int
    package var reason: String
  }

  /// Parses the file and rejects what no builder accepts: builders report such errors without a line, or as something
  /// else. What one builder might support and another not is left to them.
  package static func checked(_ text: String, arguments: [String: String]) throws(Fault) -> Dockerfile {
    let file: Dockerfile
    do throws(DockerfileError) { file = try Dockerfile(text) } catch { throw Fault(error) }
    for instruction in file.instructions {
      if let reason = file.fault(of: instruction) { throw Fault(line: instruction.lines.lowerBound, reason: reason) }
    }
    do throws(DockerfileError) { _ = try file.stages(arguments: arguments) } catch { throw Fault(error) }
    return file
  }

  /// Whether the file is for a frontend other than the builder's own, so that nothing in it can be called wrong.
  package static func isForeign(_ text: String) -> Bool {
    guard let syntax = try? Dockerfile(text).directives.first(where: { $0.name == "syntax" })?.value else { return false }
    return !["docker/dockerfile", "docker.io/docker/dockerfile"].contains { name in
      syntax == name || syntax.hasPrefix(name + ":") || syntax.hasPrefix(name + "@")
    }
  }

  private func fault(of instruction: Instruction) -> String? {
    let name = instruction.name, text = instruction.text
    let words = instruction.list ?? DockerfileWords.split(text, escape: escape)
    switch name {
    case "FROM":
      guard words.isEmpty || words.count == 1 || (words.count == 3 && words[1].lowercased() == "as") else {
        return "FROM takes an image and an optional 'AS NAME'"
      }
    case "RUN":
      if text.isEmpty { return "RUN needs a command" }
    case "COPY", "ADD":
      if words.count < 2 { return "\(name) needs a source and a destination" }
    case "ENV", "LABEL":
      if words.isEmpty { return "\(name) needs NAME=VALUE" }
      guard words[0].contains("=") else {
        return words.count == 1 ? "\(name) '\(words[0])' has no value: write \(words[0])=VALUE" : nil
      }
      if let odd = words.first(where: { !$0.contains("=") }) {
        return "\(name) needs NAME=VALUE, but '\(odd)' has no '='"
      }
    case "ARG", "WORKDIR", "USER", "STOPSIGNAL", "EXPOSE", "VOLUME", "MAINTAINER":
      if text.isEmpty { return "\(name) needs an argument" }
    case "SHELL":
      if instruction.list?.isEmpty ?? true { return "SHELL needs a list, as in [\"/bin/bash\", \"-c\"]" }
    case "HEALTHCHECK":
      guard let first = words.first?.uppercased(), ["NONE", "CMD"].contains(first) else {
        return "HEALTHCHECK needs CMD and a command, or NONE"
      }
    case "ONBUILD": return faultOfTrigger(instruction)
    case "CMD", "ENTRYPOINT": break
    default: return "unknown instruction '\(instruction.spelling)'"
    }
    return nil
  }

  private func faultOfTrigger(_ instruction: Instruction) -> String? {
    let (word, rest) = Dockerfile.cut(Substring(instruction.text))
    var inner = instruction
    inner.name = word.uppercased()
    inner.spelling = String(word)
    (inner.flags, inner.text) = Dockerfile.flags(rest, escape: escape)
    switch inner.name {
    case "": return "ONBUILD needs an instruction"
    case "FROM", "ONBUILD", "MAINTAINER": return "\(inner.name) cannot follow ONBUILD"
    default: return fault(of: inner)
    }
  }
}

extension Dockerfile.Fault {
  package init(_ error: DockerfileError) { self.init(line: error.line ?? 1, reason: error.reason) }
}

import Archives
import Dockerfiles
import OCI
import Records

/// The sources of a copy: entries of the context, and here-documents.
extension TailEvaluation {
  /// A source of a copy: an entry of the context, and its name in the destination directory.
  struct Source {
    var name: [UInt8]
    var entry: ContextTree.Entry
    /// The content of a here-document.
    var inline: [UInt8]?
  }

  /// The sources that words name; the whole context is a directory without a name.
  func sources(_ words: [String], _ instruction: Dockerfile.Instruction) throws -> [Source] {
    var result: [Source] = [], documents = instruction.heredocs[...]
    for word in words {
      if DockerfileLines.announcesHeredoc(word, escape: split.escape), let document = documents.popFirst() {
        result.append(try source(document, instruction))
        continue
      }
      let source = try expand(word, instruction), bytes = Array(source.utf8)
      guard !source.isEmpty, !bytes.split(separator: 0x2F).contains(where: { $0.elementsEqual("..".utf8) }) else {
        throw undivided(instruction, "'\(source)' may point out of the context")
      }
      if instruction.name == "ADD", source.contains("://") || source.contains("git@") {
        throw undivided(instruction, "ADD has a source that is not a local file")
      }
      let found = try context.matches(source)
      if found.isEmpty, !ContextTree.isPattern(bytes) { throw undivided(instruction, "the context has no '\(source)'") }
      for entry in found {
        var real = entry
        if entry.kind == .link {
          guard let target = context.target(of: entry) else {
            throw undivided(
              instruction, "the symbolic link '\(PathBytes.text(entry.path))' points to nothing in the context")
          }
          real = target
        }
        if real.kind != .directory, source.hasSuffix("/") {
          throw undivided(instruction, "'\(source)' is not a directory")
        }
        result.append(
          Source(name: Array(entry.path[(entry.path.lastIndex(of: 0x2F).map { $0 + 1 } ?? 0)...]), entry: real))
      }
    }
    guard !result.isEmpty else { throw undivided(instruction, "nothing matches") }
    return result
  }

  /// A here-document as a file, with variables expanded; quotes in it are literal.
  private func source(_ document: Dockerfile.Heredoc, _ instruction: Dockerfile.Instruction) throws -> Source {
    guard !document.name.contains("/"), document.name != ".", document.name != ".." else {
      throw undivided(instruction, "the name of a here-document is not plain")
    }
    var content = Array(document.content.utf8)
    if document.expands {
      guard !content.contains(split.escape) else {
        throw undivided(instruction, "builders read an escape character in it differently")
      }
      content = Array(
        try TailEvaluation.pieces(document.content).map {
          $0.count == 1 && "\"'`".contains($0) ? $0 : try expand($0, instruction)
        }.joined().utf8)
    }
    let hex = SHA256.digest(content).dropFirst(7)
    return Source(
      name: Array(document.name.utf8),
      entry: ContextTree.Entry(
        path: Array(document.name.utf8), kind: .file, mode: 0o644, size: content.count, content: String(hex),
        seconds: context.written),
      inline: content)
  }

  /// A text in pieces, with each quote as a piece of its own.
  private static func pieces(_ text: String) -> [String] {
    var pieces: [String] = [], piece = ""
    for character in text {
      guard "\"'`".contains(character) else { piece.append(character); continue }
      pieces += [piece, String(character)]
      piece = ""
    }
    return pieces + [piece]
  }
}

import Archives
import Glibc
import Records

/// The copies of a tail: which files they name, where those go, and as what.
extension TailEvaluation {
  private func node(_ path: [UInt8]) -> HeadTree.Node? { (added.isEmpty ? nil : added[path]) ?? tree.node(path) }

  /// Follows the links of a path, absolute and clean. Gives the path they lead to, relative to the root.
  private func resolve(_ path: [UInt8]) throws -> [UInt8] {
    var rest = path.split(separator: 0x2F).map(Array.init), real: [UInt8] = [], links = 0
    while !rest.isEmpty {
      let part = rest.removeFirst()
      let next = real.isEmpty ? part : real + [0x2F] + part
      guard let node = node(next) else { real = next; continue }
      switch node.kind {
      case .directory: real = next
      case .other:
        guard rest.isEmpty else { throw Undivided("'\(PathBytes.text(next))' of the base image is no directory") }
        real = next
      case .link:
        links += 1
        guard links < 40 else { throw Undivided("'\(PathBytes.text(next))' of the base image links to itself") }
        let target = PathBytes.cleaned(node.target.first == 0x2F ? node.target : [0x2F] + real + [0x2F] + node.target)
        rest = target.split(separator: 0x2F).map(Array.init) + rest
        real = []
      }
    }
    return real
  }

  /// What a word of a copy names: an entry of the context, by the name it gets in a directory.
  private struct Source {
    var name: [UInt8]
    var entry: ContextTree.Entry
    /// A here-document's.
    var inline: [UInt8]?
  }

  mutating func copy(_ instruction: Dockerfile.Instruction) throws -> (Layer, name: String, destination: String) {
    var words: [String]
    if instruction.text.hasPrefix("[") {
      guard let list = instruction.list, !instruction.text.contains("\\"), !list.contains(where: { $0.contains(where: { "\"'".contains($0) }) }) else {
        throw undivided(instruction, "its list of words is not a plain one")
      }
      words = list
    } else {
      words = DockerfileWords.split(instruction.text, escape: split.escape)
      // buildah and docker's older builder end a word there, BuildKit does not.
      guard !words.contains(where: { $0.utf8.contains(where: Dockerfile.isBlank) }) else { throw undivided(instruction, "builders read a blank in quotes differently") }
    }
    guard words.count >= 2, let last = words.popLast() else { throw undivided(instruction, "\(instruction.name) names no destination") }
    let destination = try expand(last, instruction)
    guard !destination.isEmpty, !destination.contains(where: { "\"'*?[\\".contains($0) }) else { throw undivided(instruction, "its destination is no plain path") }
    guard added[Array("etc/passwd".utf8)] == nil, added[Array("etc/group".utf8)] == nil else { throw undivided(instruction, "users have been copied before it") }

    let (owner, mode, isLinked) = try flags(of: instruction)
    let matched = try sources(words, instruction)
    let workingDirectory = Array((setting("WorkingDir")?.string ?? "").utf8)
    let asked = Array(destination.utf8)
    let absolute = PathBytes.cleaned(asked.first == 0x2F ? asked : [0x2F] + workingDirectory + [0x2F] + asked)
    var isDirectory = destination.hasSuffix("/") || asked.split(separator: 0x2F, omittingEmptySubsequences: false).last?.elementsEqual([0x2E]) == true
    if rules == .docker, matched.count > 1, !isDirectory { throw undivided(instruction, "several files go to a destination that has no slash at its end") }
    if words.count > 1, matched.count == 1, !isDirectory { throw undivided(instruction, "of several patterns one matches, and its destination has no slash at its end") }
    isDirectory = isDirectory || matched.count > 1 || matched.contains { $0.entry.kind == .directory }
    let real = try resolve(absolute), there = node(real)
    if isLinked, real != Array(absolute.dropFirst()) { throw undivided(instruction, "with --link it would replace a symbolic link of the base image") }
    if there?.kind == .directory || real.isEmpty { isDirectory = true } else if isDirectory {
      guard there == nil else { throw undivided(instruction, "'\(destination)' of the base image is no directory") }
    } else if real != Array(absolute.dropFirst()), node(Array(absolute.dropFirst())) != nil {
      throw undivided(instruction, "'\(destination)' of the base image is a link")
    }

    // What is in one directory of the context is there once.
    var draft = LayerDraft(isChecked: matched.count > 1 || context.hasImplied)
    // The working directory comes into being with the first copy after it was named.
    if !workingDirectory.isEmpty, !isRehearsal {
      let here = try resolve(PathBytes.cleaned([0x2F] + workingDirectory))
      if !here.isEmpty, node(here) == nil {
        if here == real || real.starts(with: here + [0x2F]) {
          guard isDirectory || here != real else { throw undivided(instruction, "a file becomes the working directory") }
          try addDirectories(here, owner, &draft, instruction)
        } else {
          // One that the destination does not lie in belongs to the image's user.
          let user = setting("User")?.string ?? ""
          guard let maker = user.isEmpty ? (0, 0) : tree.owner(user) else { throw undivided(instruction, "the base image does not know the user '\(user)'") }
          let common = zip(here.split(separator: 0x2F), real.split(separator: 0x2F)).prefix { $0 == $1 }.count
          guard common == 0 || maker == (owner ?? (0, 0)) || node(Array(here.split(separator: 0x2F).prefix(common).joined(separator: [0x2F]))) != nil else {
            throw undivided(instruction, "the working directory is made on the way to another")
          }
          try addDirectories(here, maker, &draft, instruction)
        }
      }
    }
    try addDirectories(isDirectory ? real : Array(real[..<(real.lastIndex(of: 0x2F) ?? 0)]), owner, &draft, instruction)

    let before = draft.entries.count, below = real.isEmpty ? [] : real + [0x2F]
    for source in matched {
      let top = source.entry
      if top.kind == .directory {
        let prefix = top.path.isEmpty ? [] : top.path + [0x2F]
        draft.reserve(context.entries.count)
        for entry in context.entries where entry.path.starts(with: prefix) {
          let rest = entry.path[prefix.count...]
          // What an ignored directory holds by exception is in a directory that is not copied itself.
          if context.hasImplied, let slash = rest.lastIndex(of: 0x2F) { try addDirectories(Array(below + rest[..<slash]), owner, &draft, instruction) }
          try add(entry, at: below + rest, owner, mode, &draft, instruction)
        }
      } else {
        if instruction.name == "ADD", top.kind == .archive { throw undivided(instruction, "ADD unpacks '\(PathBytes.text(top.path))'") }
        try add(top, inline: source.inline, at: isDirectory ? below + source.name : real, owner, mode, &draft, instruction)
      }
    }
    // A directory that is there already would keep its time.
    if draft.entries.count == before, there != nil { throw undivided(instruction, "it copies nothing") }
    if copiesLeft > 0 { keep(draft.entries) }

    let layer = Layer(entries: draft.entries)
    var hash = SHA256()
    layer.add(before..<layer.entries.count, to: &hash)
    let kind = matched.count > 1 ? "multi" : matched[0].entry.kind == .directory ? "dir" : "file"
    return (layer, "\(kind):\(hash.finish())", last)
  }

  /// docker makes the working directory where it is named, in a layer of its own; nil when it is there.
  mutating func workingDirectory(made instruction: Dockerfile.Instruction) throws -> Layer? {
    guard !isRehearsal else { return nil }
    let here = try resolve(PathBytes.cleaned([0x2F] + Array((setting("WorkingDir")?.string ?? "").utf8)))
    guard !here.isEmpty, node(here) == nil else { return nil }
    guard ["", "0", "root"].contains(setting("User")?.string ?? "") else { throw undivided(instruction, "docker's builders differ in whose the working directory is") }
    var draft = LayerDraft(isChecked: false)
    try addDirectories(here, nil, &draft, instruction)
    keep(draft.entries)
    return Layer(entries: draft.entries)
  }

  /// What is over the head for the instructions that follow.
  private mutating func keep(_ entries: [Entry]) {
    for entry in entries { added[entry.path] = HeadTree.Node(kind: entry.kind, mode: entry.mode, user: entry.user, group: entry.group, target: entry.target) }
  }

  /// `--chown`, `--chmod` and `--link`.
  private func flags(of instruction: Dockerfile.Instruction) throws -> (owner: (user: Int, group: Int)?, mode: mode_t?, isLinked: Bool) {
    var owner: (user: Int, group: Int)?, mode: mode_t?, isLinked = false
    for flag in instruction.flags {
      let value = try expand(flag.value, instruction)
      switch flag.name {
      case "chown":
        owner = tree.owner(value)
        if owner == nil {
          guard isRehearsal else { throw undivided(instruction, "the base image does not know '\(value)'") }
          throw Unknown()
        }
      case "chmod":
        guard let number = mode_t(value, radix: 8), number <= 0o777, value.utf8.count <= 4 else { throw undivided(instruction, "'--chmod=\(value)' is no plain mode") }
        mode = number
      default:
        guard ["", "true", "false"].contains(value) else { throw undivided(instruction, "'--link=\(value)' is neither true nor false") }
        isLinked = value != "false"
      }
    }
    return (owner, mode, isLinked)
  }

  private struct LayerDraft {
    /// Whether two sources may meet; what a copy makes on the way to its destination is looked for in any case.
    let isChecked: Bool
    var entries: [Entry] = []
    var places: [[UInt8]: Int] = [:]
    var sources: Set<[UInt8]> = []

    mutating func reserve(_ count: Int) {
      entries.reserveCapacity(entries.count + count)
      guard isChecked else { return }
      places.reserveCapacity(entries.count + count)
      sources.reserveCapacity(sources.count + count)
    }
  }

  /// A directory and those above it, as they are, or as they come into being.
  private func addDirectories(_ path: [UInt8], _ owner: (user: Int, group: Int)?, _ draft: inout LayerDraft, _ instruction: Dockerfile.Instruction) throws {
    guard !path.isEmpty else { return }
    let ends = path.indices.filter { path[$0] == 0x2F } + [path.count]
    for end in ends {
      let directory = Array(path[..<end])
      guard draft.places[directory] == nil else { continue }
      var entry = Entry(path: directory, kind: .directory, mode: 0o755, user: owner?.user ?? 0, group: owner?.group ?? 0)
      if let there = node(directory) {
        guard there.kind == .directory else { throw undivided(instruction, "'\(PathBytes.text(directory))' of the base image is no directory") }
        try checkGroup(there, directory, instruction)
        (entry.mode, entry.user, entry.group) = (there.mode, there.user, there.group)
      }
      draft.places[directory] = draft.entries.count
      draft.entries.append(entry)
    }
  }

  /// What comes into being in a directory with the setgid bit gets its group by one of docker's builders.
  private func checkGroup(_ there: HeadTree.Node, _ path: [UInt8], _ instruction: Dockerfile.Instruction) throws {
    guard rules == .docker, there.mode & 0o2000 != 0 else { return }
    throw undivided(instruction, "docker's builders differ in the group of what is in '\(PathBytes.text(path))' of the base image")
  }

  private func add(
    _ source: ContextTree.Entry, inline: [UInt8]? = nil, at path: [UInt8], _ owner: (user: Int, group: Int)?, _ mode: mode_t?, _ draft: inout LayerDraft, _ instruction: Dockerfile.Instruction
  ) throws {
    if rules == .docker {
      if source.kind != .link, source.mode & 0o6000 != 0 { throw undivided(instruction, "docker's builders differ in the mode of '\(PathBytes.text(source.path))'") }
      if source.kind == .directory, let there = node(path) {
        guard there.kind == .directory else { throw undivided(instruction, "docker puts no directory over '\(PathBytes.text(path))' of the base image") }
        try checkGroup(there, path, instruction)
      }
    }
    // The bits that lend somebody else's rights are taken off, as buildah takes them off.
    var entry = Entry(path: path, kind: .other, mode: mode ?? source.mode & ~0o6000, user: owner?.user ?? 0, group: owner?.group ?? 0)
    switch source.kind {
    case .directory: entry.kind = .directory
    case .link: (entry.kind, entry.mode, entry.target) = (.link, 0o777, source.target)
    case .file, .archive:
      (entry.content, entry.size, entry.source, entry.inline) = (source.content, source.size, source.path, inline)
      (entry.part, entry.place) = (source.part, source.place)
    }
    if draft.isChecked, entry.kind == .other, inline == nil, !draft.sources.insert(source.path).inserted { throw undivided(instruction, "'\(PathBytes.text(source.path))' is copied under two names") }
    let name = path.lastIndex(of: 0x2F).map { path[($0 + 1)...] } ?? path[...]
    guard !name.isEmpty, !name.starts(with: ".wh.".utf8) else { throw undivided(instruction, "a file has a name that layers use for themselves") }
    if entry.kind != .directory, node(path)?.kind == .directory { throw undivided(instruction, "'\(PathBytes.text(path))' of the base image is a directory") }
    if draft.places[path] != nil { throw undivided(instruction, "two sources hold '\(PathBytes.text(path))'") }
    if draft.isChecked { draft.places[path] = draft.entries.count }
    draft.entries.append(entry)
  }

  /// What the words name; the whole context is a directory without a name.
  private func sources(_ words: [String], _ instruction: Dockerfile.Instruction) throws -> [Source] {
    var result: [Source] = [], documents = instruction.heredocs[...]
    for word in words {
      if DockerfileLines.announcesHeredoc(word, escape: split.escape), let document = documents.popFirst() {
        result.append(try source(document, instruction))
        continue
      }
      let source = try expand(word, instruction), bytes = Array(source.utf8)
      guard !source.isEmpty, !bytes.split(separator: 0x2F).contains(where: { $0.elementsEqual("..".utf8) }) else { throw undivided(instruction, "'\(source)' may lead out of the context") }
      if instruction.name == "ADD", source.contains("://") || source.contains("git@") { throw undivided(instruction, "ADD takes what is not a local file") }
      let found = try context.matches(source)
      if found.isEmpty, !ContextTree.isPattern(bytes) { throw undivided(instruction, "the context has no '\(source)'") }
      for entry in found {
        var real = entry
        if entry.kind == .link {
          guard let target = context.target(of: entry) else { throw undivided(instruction, "the symbolic link '\(PathBytes.text(entry.path))' leads to nothing in the context") }
          real = target
        }
        if real.kind != .directory, source.hasSuffix("/") { throw undivided(instruction, "'\(source)' is no directory") }
        result.append(Source(name: Array(entry.path[(entry.path.lastIndex(of: 0x2F).map { $0 + 1 } ?? 0)...]), entry: real))
      }
    }
    guard !result.isEmpty else { throw undivided(instruction, "nothing matches") }
    return result
  }

  /// A here-document as a file, with the variables put in; quotes in it are its own.
  private func source(_ document: Dockerfile.Heredoc, _ instruction: Dockerfile.Instruction) throws -> Source {
    guard !document.name.contains("/"), document.name != ".", document.name != ".." else { throw undivided(instruction, "a here-document has no plain name") }
    var content = Array(document.content.utf8)
    if document.expands {
      guard !content.contains(split.escape) else { throw undivided(instruction, "builders read an escape character in it differently") }
      content = Array(try TailEvaluation.pieces(document.content).map { $0.count == 1 && "\"'`".contains($0) ? $0 : try expand($0, instruction) }.joined().utf8)
    }
    let hex = SHA256.digest(content).dropFirst("sha256:".utf8.count)
    return Source(
      name: Array(document.name.utf8), entry: ContextTree.Entry(path: Array(document.name.utf8), kind: .file, mode: 0o644, size: content.count, content: String(hex)),
      inline: content)
  }

  /// A text in pieces, each quote one of its own.
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

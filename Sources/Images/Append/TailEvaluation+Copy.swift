import Archives
import Dockerfiles
import Glibc
import OCI
import Records

/// The copies of a tail: their destinations, owners and modes.
extension TailEvaluation {
  func node(_ path: [UInt8]) -> HeadTree.Node? { (added.isEmpty ? nil : added[path]) ?? tree.node(path) }

  /// Follows the links of an absolute, cleaned path. Returns the final path, relative to the root.
  func resolve(_ path: [UInt8]) throws -> [UInt8] {
    var rest = path.split(separator: 0x2F).map(Array.init), real: [UInt8] = [], links = 0
    while !rest.isEmpty {
      let part = rest.removeFirst()
      let next = real.isEmpty ? part : real + [0x2F] + part
      guard let node = node(next) else { real = next; continue }
      switch node.kind {
      case .directory: real = next
      case .other:
        guard rest.isEmpty else { throw Undivided("'\(PathBytes.text(next))' of the base image is not a directory") }
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

  mutating func copy(_ instruction: Dockerfile.Instruction) throws -> (Layer, name: String, destination: String) {
    var words: [String]
    if instruction.text.hasPrefix("[") {
      guard let list = instruction.list, !instruction.text.contains("\\"),
        !list.contains(where: { $0.contains(where: { "\"'".contains($0) }) })
      else {
        throw undivided(instruction, "its list of words is not a simple one")
      }
      words = list
    } else {
      words = DockerfileWords.split(instruction.text, escape: split.escape)
      // buildah and docker's legacy builder end a word there, BuildKit does not.
      guard !words.contains(where: { $0.utf8.contains(where: Dockerfile.isBlank) }) else {
        throw undivided(instruction, "builders read a space in quotes differently")
      }
    }
    guard words.count >= 2, let last = words.popLast() else {
      throw undivided(instruction, "\(instruction.name) names no destination")
    }
    let destination = try expand(last, instruction)
    guard !destination.isEmpty, !destination.contains(where: { "\"'*?[\\".contains($0) }) else {
      throw undivided(instruction, "its destination is not a plain path")
    }
    guard added[Array("etc/passwd".utf8)] == nil, added[Array("etc/group".utf8)] == nil else {
      throw undivided(instruction, "user files were copied before it")
    }

    let (owner, mode, isLinked) = try flags(of: instruction)
    let matched = try sources(words, instruction)
    let workingDirectory = Array((setting("WorkingDir")?.string ?? "").utf8)
    let asked = Array(destination.utf8)
    let absolute = PathBytes.cleaned(asked.first == 0x2F ? asked : [0x2F] + workingDirectory + [0x2F] + asked)
    var isDirectory =
      destination.hasSuffix("/")
      || asked.split(separator: 0x2F, omittingEmptySubsequences: false).last?.elementsEqual([0x2E]) == true
    if rules == .docker, matched.count > 1, !isDirectory {
      throw undivided(instruction, "several files go to a destination that has no slash at its end")
    }
    if words.count > 1, matched.count == 1, !isDirectory {
      throw undivided(instruction, "of several patterns one matches, and its destination has no slash at its end")
    }
    isDirectory = isDirectory || matched.count > 1 || matched.contains { $0.entry.kind == .directory }
    let real = try resolve(absolute), there = node(real)
    if isLinked, real != Array(absolute.dropFirst()) {
      throw undivided(instruction, "with --link it would replace a symbolic link of the base image")
    }
    if there?.kind == .directory || real.isEmpty {
      isDirectory = true
    } else if isDirectory {
      guard there == nil else { throw undivided(instruction, "'\(destination)' of the base image is not a directory") }
    } else if real != Array(absolute.dropFirst()), node(Array(absolute.dropFirst())) != nil {
      throw undivided(instruction, "'\(destination)' of the base image is a link")
    }

    // Within one directory of the context names are unique.
    var draft = LayerDraft(isChecked: matched.count > 1 || context.hasImplied)
    if rules == .buildah { try addWorkingDirectory(on: real, isDirectory, owner, &draft, instruction) }
    try addDirectories(isDirectory ? real : Array(real[..<(real.lastIndex(of: 0x2F) ?? 0)]), owner, &draft, instruction)

    let before = draft.entries.count, below = real.isEmpty ? [] : real + [0x2F]
    for source in matched {
      let top = source.entry
      if top.kind == .directory {
        let prefix = top.path.isEmpty ? [] : top.path + [0x2F]
        draft.reserve(context.entries.count)
        for entry in context.entries where entry.path.starts(with: prefix) {
          let rest = entry.path[prefix.count...]
          // A file that is an exception in an ignored directory needs that directory, which is not copied itself.
          if context.hasImplied, let slash = rest.lastIndex(of: 0x2F) {
            try addDirectories(Array(below + rest[..<slash]), owner, &draft, instruction)
          }
          try add(entry, at: below + rest, owner, mode, &draft, instruction)
        }
      } else {
        if instruction.name == "ADD", top.kind == .archive {
          throw undivided(instruction, "ADD unpacks '\(PathBytes.text(top.path))'")
        }
        try add(
          top, inline: source.inline, at: isDirectory ? below + source.name : real, owner, mode, &draft, instruction)
      }
    }
    // An existing directory would keep its time.
    if draft.entries.count == before, there != nil { throw undivided(instruction, "it copies nothing") }
    if copiesLeft > 0 { keep(draft.entries) }

    let layer = Layer(entries: draft.entries)
    var hash = SHA256()
    layer.add(before..<layer.entries.count, to: &hash)
    let kind = matched.count > 1 ? "multi" : matched[0].entry.kind == .directory ? "dir" : "file"
    return (layer, "\(kind):\(hash.finish())", last)
  }

  /// Records what the entries put over the head, for later instructions.
  mutating func keep(_ entries: [Entry]) {
    for entry in entries {
      added[entry.path] = HeadTree.Node(
        kind: entry.kind, mode: entry.mode, user: entry.user, group: entry.group, target: entry.target)
    }
  }

  /// `--chown`, `--chmod` and `--link`.
  private func flags(of instruction: Dockerfile.Instruction) throws -> (
    owner: (user: Int, group: Int)?, mode: mode_t?, isLinked: Bool
  ) {
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
        guard let number = mode_t(value, radix: 8), number <= 0o777, value.utf8.count <= 4 else {
          throw undivided(instruction, "'--chmod=\(value)' is not a numeric mode")
        }
        mode = number
      default:
        guard ["", "true", "false"].contains(value) else {
          throw undivided(instruction, "'--link=\(value)' is neither true nor false")
        }
        isLinked = value != "false"
      }
    }
    return (owner, mode, isLinked)
  }

  struct LayerDraft {
    /// Whether two sources may collide; directories on the way to the destination are checked in any case.
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

  /// A directory and its parents, as they are or as they are created.
  func addDirectories(
    _ path: [UInt8], _ owner: (user: Int, group: Int)?, _ draft: inout LayerDraft, _ instruction: Dockerfile.Instruction
  ) throws {
    guard !path.isEmpty else { return }
    let ends = path.indices.filter { path[$0] == 0x2F } + [path.count]
    for end in ends {
      let directory = Array(path[..<end])
      guard draft.places[directory] == nil else { continue }
      var entry = Entry(
        path: directory, kind: .directory, mode: 0o755, user: owner?.user ?? 0, group: owner?.group ?? 0)
      if let there = node(directory) {
        guard there.kind == .directory else {
          throw undivided(instruction, "'\(PathBytes.text(directory))' of the base image is not a directory")
        }
        try checkGroup(there, directory, instruction)
        (entry.mode, entry.user, entry.group) = (there.mode, there.user, there.group)
      }
      draft.places[directory] = draft.entries.count
      draft.entries.append(entry)
    }
  }

  /// One of docker's builders gives new entries in a directory with the setgid bit that directory's group.
  private func checkGroup(_ there: HeadTree.Node, _ path: [UInt8], _ instruction: Dockerfile.Instruction) throws {
    guard rules == .docker, there.mode & 0o2000 != 0 else { return }
    throw undivided(
      instruction, "docker's builders differ in the group of what is in '\(PathBytes.text(path))' of the base image")
  }

  private func add(
    _ source: ContextTree.Entry, inline: [UInt8]? = nil, at path: [UInt8], _ owner: (user: Int, group: Int)?,
    _ mode: mode_t?, _ draft: inout LayerDraft, _ instruction: Dockerfile.Instruction
  ) throws {
    if rules == .docker {
      if source.kind != .link, source.mode & 0o6000 != 0 {
        throw undivided(instruction, "docker's builders differ in the mode of '\(PathBytes.text(source.path))'")
      }
      if source.kind == .directory, let there = node(path) {
        guard there.kind == .directory else {
          throw undivided(
            instruction, "docker does not put a directory over '\(PathBytes.text(path))' of the base image")
        }
        try checkGroup(there, path, instruction)
      }
    }
    // Remove the setuid and setgid bits, as buildah does.
    var entry = Entry(
      path: path, kind: .other, mode: mode ?? source.mode & ~0o6000, user: owner?.user ?? 0, group: owner?.group ?? 0)
    entry.seconds = source.seconds
    switch source.kind {
    case .directory: entry.kind = .directory
    case .link: (entry.kind, entry.mode, entry.target) = (.link, 0o777, source.target)
    case .file, .archive:
      (entry.content, entry.size, entry.source, entry.inline) = (source.content, source.size, source.path, inline)
      (entry.part, entry.place) = (source.part, source.place)
    }
    if draft.isChecked, entry.kind == .other, inline == nil, !draft.sources.insert(source.path).inserted {
      throw undivided(instruction, "'\(PathBytes.text(source.path))' is copied under two names")
    }
    let name = path.lastIndex(of: 0x2F).map { path[($0 + 1)...] } ?? path[...]
    guard !name.isEmpty, !name.starts(with: ".wh.".utf8) else {
      throw undivided(instruction, "a file has a name that layers use for themselves")
    }
    if entry.kind != .directory, node(path)?.kind == .directory {
      throw undivided(instruction, "'\(PathBytes.text(path))' of the base image is a directory")
    }
    if draft.places[path] != nil { throw undivided(instruction, "two sources hold '\(PathBytes.text(path))'") }
    if draft.isChecked { draft.places[path] = draft.entries.count }
    draft.entries.append(entry)
  }
}

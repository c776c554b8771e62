import Archives
import Glibc
import Records

/// Carries out the tail of a Dockerfile on the configuration of its head: what the image says of itself, its history, and for each
/// copy the entries of a layer. Follows what buildah 1.28 does for an image in OCI's format, which knows neither HEALTHCHECK nor SHELL.
struct TailEvaluation {
  /// One layer: what is to be in it.
  struct Layer: Sendable {
    var entries: [Entry]
  }

  struct Entry: Sendable {
    var path: [UInt8]
    var kind: HeadTree.Node.Kind
    var mode: mode_t
    var user: Int
    var group: Int
    /// Of a link.
    var target: [UInt8] = []
    /// SHA-256 of a file's content, and where in the context it is.
    var content = ""
    var size = 0
    var source: [UInt8] = []
  }

  /// The image's configuration, as OCI has it; `rootfs` and `history` of the new layers are to be added when they are made.
  private(set) var configuration: JSON
  private(set) var history: [JSON]
  private(set) var layers: [Layer] = []

  private let split: Split
  private let context: ContextTree
  let tree: HeadTree
  private let created: String
  /// What the layers so far have put over the head.
  private var added: [[UInt8]: HeadTree.Node] = [:]
  private var arguments: [String: String]
  private let given: [String: String]
  private var isCommandSet: Bool
  private var copiesLeft: Int

  /// - Parameters:
  ///   - configuration: the head's.
  ///   - created: the time of everything, as RFC 3339 has it.
  init(
    _ split: Split, configuration: JSON, tree: HeadTree, context: ContextTree, arguments given: [String: String], created: String
  ) throws {
    self.split = split
    self.configuration = configuration
    self.tree = tree
    self.context = context
    self.created = created
    self.given = given
    guard let stage = try split.head.stages(arguments: given).last, configuration["config"]?.object != nil else { throw Undivided("the head's configuration is of another kind") }
    arguments = stage.arguments
    if stage.instructions.contains(where: { $0.name == "ARG" && $0.text.contains("$") }) { throw Undivided("an ARG is made of another variable") }
    isCommandSet = stage.instructions.contains { $0.name == "CMD" }
    history = configuration["history"]?.array ?? []
    copiesLeft = split.tail.count { $0.name == "COPY" || $0.name == "ADD" }
    for instruction in split.tail { try carryOut(instruction) }
  }

  /// The configuration with the new layers in it.
  func configuration(diffIDs: [Digest]) -> JSON {
    var result = configuration
    let below = configuration["rootfs"]?["diff_ids"]?.array ?? []
    result["created"] = .string(created)
    result["rootfs"] = .members(["type": .string("layers"), "diff_ids": .array(below + diffIDs.map { .string($0.description) })])
    result["history"] = .array(history)
    return result
  }

  // MARK: instructions

  private mutating func carryOut(_ instruction: Dockerfile.Instruction) throws {
    var said = instruction.text
    switch instruction.name {
    case "COPY", "ADD":
      copiesLeft -= 1
      let (layer, name, destination) = try copy(instruction)
      layers.append(layer)
      note("\(instruction.name) \(name) in \(destination) ", isEmpty: false)
      return
    case "ENV":
      for (name, value) in try pairs(instruction) {
        // Whether a variable keeps its place in the list or goes to its end depends on more than the file says.
        if let index = environment.firstIndex(where: { $0.hasPrefix(name + "=") }), index != environment.count - 1 { throw undivided(instruction, "'\(name)' has a value already") }
        setEnvironment(name, value)
      }
    case "LABEL":
      var labels = setting("Labels")?.object ?? []
      for (name, value) in try pairs(instruction) {
        if name.hasPrefix("io.buildah.") { throw undivided(instruction, "the label '\(name)' is buildah's own") }
        labels.removeAll { $0.name == name }
        labels.append((name, .string(value)))
      }
      set("Labels", .object(labels.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }))
    case "WORKDIR": set("WorkingDir", .string(workingDirectory(joined: try word(instruction))))
    case "USER": set("User", .string(try word(instruction)))
    case "STOPSIGNAL": set("StopSignal", .string(try word(instruction)))
    case "EXPOSE": try expose(instruction)
    case "VOLUME": try volume(instruction)
    case "CMD":
      set("Cmd", try program(instruction))
      isCommandSet = true
    case "ENTRYPOINT":
      set("Entrypoint", try program(instruction))
      if !isCommandSet { set("Cmd", nil) }
    case "ARG": said = try argument(instruction)
    case "MAINTAINER": configuration["author"] = .string(instruction.text)
    default: break
    }
    let flags = instruction.flags.map { "--\($0.name)=\($0.value) " }.joined()
    note("\(instruction.name) \(flags)\(said)", isEmpty: true)
  }

  private mutating func note(_ text: String, isEmpty: Bool) {
    history.append(.members([
      "created": .string(created), "created_by": .string("/bin/sh -c #(nop) \(text)"), "author": configuration["author"], "empty_layer": isEmpty ? .bool(true) : nil,
    ]))
  }

  private func setting(_ name: String) -> JSON? { configuration["config"]?[name] }

  private mutating func set(_ name: String, _ value: JSON?) {
    var settings = configuration["config"] ?? .object([])
    settings[name] = value
    configuration["config"] = settings
  }

  private var environment: [String] { (setting("Env")?.array ?? []).compactMap(\.string) }

  private mutating func setEnvironment(_ name: String, _ value: String) {
    var list = environment
    if let index = list.firstIndex(where: { $0.hasPrefix(name + "=") }) { list[index] = "\(name)=\(value)" } else { list.append("\(name)=\(value)") }
    set("Env", .strings(list))
  }

  private func workingDirectory(joined path: String) -> String {
    let base = setting("WorkingDir")?.string ?? ""
    return PathBytes.text(PathBytes.cleaned(Array((path.hasPrefix("/") ? path : "/\(base)/\(path)").utf8)))
  }

  private mutating func expose(_ instruction: Dockerfile.Instruction) throws {
    var ports = (setting("ExposedPorts")?.object ?? []).map(\.name)
    for word in DockerfileWords.split(instruction.text, escape: split.escape) {
      let port = try expand(word, instruction)
      let parts = port.split(separator: "/", omittingEmptySubsequences: false)
      guard let number = Int(parts[0]), (1...65_535).contains(number), parts[0] == String(number), parts.count == 1 || (parts.count == 2 && ["tcp", "udp", "sctp"].contains(parts[1]))
      else { throw undivided(instruction, "'\(port)' is no single port") }
      let name = parts.count == 1 ? port + "/tcp" : port
      if !ports.contains(name) { ports.append(name) }
    }
    set("ExposedPorts", .object(ports.sorted().map { ($0, .object([])) }))
  }

  private mutating func volume(_ instruction: Dockerfile.Instruction) throws {
    var volumes = (setting("Volumes")?.object ?? []).map(\.name)
    let words: [String]
    if instruction.text.hasPrefix("[") {
      guard let list = instruction.list, !instruction.text.contains("$") else { throw undivided(instruction, "VOLUME is not a plain list") }
      words = list
    } else {
      words = try DockerfileWords.split(instruction.text, escape: split.escape).map { try expand($0, instruction) }
    }
    for word in words {
      guard word.hasPrefix("/"), !word.contains(" ") else { throw undivided(instruction, "'\(word)' is no absolute path") }
      if !volumes.contains(word) { volumes.append(word) }
    }
    set("Volumes", .object(volumes.sorted().map { ($0, .object([])) }))
  }

  /// The JSON form as it is, the shell form behind a shell; nil for nothing.
  private func program(_ instruction: Dockerfile.Instruction) throws -> JSON? {
    if let list = instruction.list { return list.isEmpty ? nil : .strings(list) }
    guard !instruction.text.isEmpty, !instruction.text.hasPrefix("["), instruction.lines.count == 1 else { throw undivided(instruction, "\(instruction.name) is not on one line") }
    return .strings(["/bin/sh", "-c", instruction.text])
  }

  private mutating func argument(_ instruction: Dockerfile.Instruction) throws -> String {
    let pairs = DockerfileWords.pairs(instruction.text, escape: split.escape, oldForm: false)
    guard pairs.count == 1, let (name, fallback) = pairs.first else { throw undivided(instruction, "ARG names several") }
    let value = try fallback.map { try expand($0, instruction) }
    arguments[name] = given[name] ?? value
    return name
  }

  // MARK: words

  private func undivided(_ instruction: Dockerfile.Instruction, _ reason: String) -> Undivided { Undivided("line \(instruction.lines.lowerBound): \(reason)") }

  /// One word, variables put in.
  private func word(_ instruction: Dockerfile.Instruction) throws -> String {
    let value = try expand(instruction.text, instruction)
    guard !value.isEmpty, !value.contains(where: { " \t\"'".contains($0) }), !instruction.text.contains(where: { " \t\"'".contains($0) }) else {
      throw undivided(instruction, "\(instruction.name) is not one plain word")
    }
    return value
  }

  private func pairs(_ instruction: Dockerfile.Instruction) throws -> [(String, String)] {
    let words = DockerfileWords.split(instruction.text, escape: split.escape)
    if let first = words.first, !first.contains("=") {
      guard instruction.name == "ENV", words.count > 1, !instruction.text.contains("\""), !instruction.text.contains("'") else {
        throw undivided(instruction, "\(instruction.name) is in its old form")
      }
      return [(first, try expand(String(Dockerfile.cut(Substring(instruction.text)).rest), instruction))]
    }
    return try DockerfileWords.pairs(instruction.text, escape: split.escape, oldForm: false).map { name, value in
      guard let value, !name.isEmpty, !name.contains("$") else { throw undivided(instruction, "'\(name)' has no value") }
      return (try expand(name, instruction), try expand(value, instruction))
    }
  }

  /// A word with the variables put in: only the forms every builder reads alike.
  private func expand(_ text: String, _ instruction: Dockerfile.Instruction) throws -> String {
    let bytes = Array(text.utf8)
    guard !bytes.contains(split.escape), !bytes.contains(UInt8(ascii: "`")) else { throw undivided(instruction, "it has an escape character") }
    let isName = { (byte: UInt8) in (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte) || byte == 0x5F }
    var at = 0
    while let dollar = bytes[at...].firstIndex(of: UInt8(ascii: "$")) {
      var next = dollar + 1
      let hasBrace = next < bytes.count && bytes[next] == UInt8(ascii: "{")
      if hasBrace { next += 1 }
      let name = String(decoding: bytes[next...].prefix(while: isName), as: UTF8.self)
      next += name.utf8.count
      let sign = bytes[next...].prefix(2)
      guard let first = name.utf8.first, !(0x30...0x39).contains(first),
        !hasBrace || sign.first == UInt8(ascii: "}") || sign.elementsEqual(":-".utf8) || sign.elementsEqual(":+".utf8)
      else { throw undivided(instruction, "a variable has a form of its own") }
      let upper = name.uppercased()
      if value(name) == nil, upper.hasPrefix("TARGET") || upper.hasPrefix("BUILD") || upper.hasSuffix("_PROXY") { throw undivided(instruction, "'\(name)' is the builder's to know") }
      at = next
    }
    return DockerfileWords.expand(text, escape: split.escape) { value($0) }
  }

  private func value(_ name: String) -> String? {
    environment.last { $0.hasPrefix(name + "=") }.map { String($0.dropFirst(name.count + 1)) } ?? arguments[name]
  }
}

// MARK: COPY

extension TailEvaluation {
  private func node(_ path: [UInt8]) -> HeadTree.Node? { added[path] ?? tree.node(path) }

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

  private mutating func copy(_ instruction: Dockerfile.Instruction) throws -> (Layer, name: String, destination: String) {
    var words: [String]
    if instruction.text.hasPrefix("[") {
      guard let list = instruction.list, !instruction.text.contains("\\") else { throw undivided(instruction, "it is not a plain list") }
      words = list
    } else {
      words = DockerfileWords.split(instruction.text, escape: split.escape)
    }
    guard words.count >= 2, let last = words.popLast(), !words.contains(where: { $0.contains("\"") || $0.contains("'") }) else { throw undivided(instruction, "its words are quoted") }
    let destination = try expand(last, instruction), sources = try words.map { try expand($0, instruction) }
    guard !destination.isEmpty, !destination.contains(where: { "\"'*?[".contains($0) }) else { throw undivided(instruction, "its destination is no plain path") }
    guard added[Array("etc/passwd".utf8)] == nil, added[Array("etc/group".utf8)] == nil else { throw undivided(instruction, "users have been copied before it") }

    var owner: (user: Int, group: Int)?
    var mode: mode_t?
    for flag in instruction.flags {
      let value = try expand(flag.value, instruction)
      if flag.name == "chown" {
        guard let found = tree.owner(value) else { throw undivided(instruction, "the base image does not know '\(value)'") }
        owner = found
      } else {
        guard let number = mode_t(value, radix: 8), number <= 0o777, value.utf8.count <= 4 else { throw undivided(instruction, "'--chmod=\(value)' is no plain mode") }
        mode = number
      }
    }

    let matched = try match(sources, instruction)
    let workingDirectory = Array((setting("WorkingDir")?.string ?? "").utf8)
    let asked = Array(destination.utf8)
    let absolute = PathBytes.cleaned(asked.first == 0x2F ? asked : [0x2F] + workingDirectory + [0x2F] + asked)
    var isDirectory = destination.hasSuffix("/") || asked.split(separator: 0x2F, omittingEmptySubsequences: false).last?.elementsEqual([0x2E]) == true
    if matched.count > 1, !isDirectory { throw undivided(instruction, "several files go to what has no slash at its end") }
    isDirectory = isDirectory || matched.contains { $0.kind == .directory }
    let real = try resolve(absolute), there = node(real)
    if there?.kind == .directory || real.isEmpty { isDirectory = true } else if isDirectory {
      guard there == nil else { throw undivided(instruction, "'\(destination)' of the base image is no directory") }
    } else if real != Array(absolute.dropFirst()), node(Array(absolute.dropFirst())) != nil {
      throw undivided(instruction, "'\(destination)' of the base image is a link")
    }

    var draft = LayerDraft()
    // The working directory comes into being with the first copy after it was named.
    if !workingDirectory.isEmpty {
      let here = try resolve(PathBytes.cleaned([0x2F] + workingDirectory))
      if !here.isEmpty, node(here) == nil {
        let isOnTheWay = here == real || real.starts(with: here + [0x2F])
        // One that the destination does not lie in belongs to the image's user.
        let isRoots = owner == nil && ["", "root", "0", "0:0", "root:root"].contains(setting("User")?.string ?? "")
        guard isOnTheWay ? isDirectory || here != real : isRoots else { throw undivided(instruction, "the working directory is made on the way") }
        try addDirectories(here, owner, &draft, instruction)
      }
    }
    try addDirectories(isDirectory ? real : Array(real[..<(real.lastIndex(of: 0x2F) ?? 0)]), owner, &draft, instruction)

    let before = draft.entries.count
    for top in matched {
      if top.kind == .directory {
        for entry in context.entries where top.path.isEmpty || entry.path.starts(with: top.path + [0x2F]) {
          let rest = Array(entry.path.dropFirst(top.path.isEmpty ? 0 : top.path.count + 1))
          try add(entry, at: (real.isEmpty ? [] : real + [0x2F]) + rest, owner, mode, &draft, instruction)
        }
      } else {
        if instruction.name == "ADD", top.kind == .archive { throw undivided(instruction, "ADD unpacks '\(PathBytes.text(top.path))'") }
        let name = Array(top.path[(top.path.lastIndex(of: 0x2F).map { $0 + 1 } ?? 0)...])
        try add(top, at: isDirectory ? (real.isEmpty ? [] : real + [0x2F]) + name : real, owner, mode, &draft, instruction)
      }
    }
    // A directory that is there already would keep its time.
    if draft.entries.count == before, there != nil { throw undivided(instruction, "it copies nothing") }
    if copiesLeft > 0 { for entry in draft.entries { added[entry.path] = HeadTree.Node(kind: entry.kind, mode: entry.mode, user: entry.user, group: entry.group, target: entry.target) } }

    var hash = SHA256()
    for entry in draft.entries[before...] { hash.update(Array("\(entry.kind) \(entry.mode) \(entry.user) \(entry.group) \(entry.content) ".utf8) + entry.path + [0] + entry.target + [0]) }
    let kind = matched.count > 1 ? "multi" : matched[0].kind == .directory ? "dir" : "file"
    return (Layer(entries: draft.entries), "\(kind):\(hash.finish())", last)
  }

  private struct LayerDraft {
    var entries: [Entry] = []
    var places: [[UInt8]: Int] = [:]
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
        (entry.mode, entry.user, entry.group) = (there.mode, there.user, there.group)
      }
      draft.places[directory] = draft.entries.count
      draft.entries.append(entry)
    }
  }

  private func add(
    _ source: ContextTree.Entry, at path: [UInt8], _ owner: (user: Int, group: Int)?, _ mode: mode_t?, _ draft: inout LayerDraft, _ instruction: Dockerfile.Instruction
  ) throws {
    // The bits that lend somebody else's rights are taken off, as buildah takes them off.
    var entry = Entry(path: path, kind: .other, mode: mode ?? source.mode & ~0o6000, user: owner?.user ?? 0, group: owner?.group ?? 0)
    switch source.kind {
    case .directory: entry.kind = .directory
    case .link: (entry.kind, entry.mode, entry.target) = (.link, 0o777, source.target)
    case .file, .archive: (entry.content, entry.size, entry.source) = (source.content, source.size, source.path)
    }
    guard let name = path.split(separator: 0x2F).last, !name.starts(with: ".wh.".utf8) else { throw undivided(instruction, "a file has a name that layers use for themselves") }
    if entry.kind != .directory, node(path)?.kind == .directory { throw undivided(instruction, "'\(PathBytes.text(path))' of the base image is a directory") }
    if draft.places[path] != nil { throw undivided(instruction, "two sources hold '\(PathBytes.text(path))'") }
    draft.places[path] = draft.entries.count
    draft.entries.append(entry)
  }

  /// What the sources name; the whole context is a directory without a name.
  private func match(_ sources: [String], _ instruction: Dockerfile.Instruction) throws -> [ContextTree.Entry] {
    var result: [ContextTree.Entry] = []
    for source in sources {
      let bytes = Array(source.utf8)
      guard !source.isEmpty, !bytes.split(separator: 0x2F).contains(where: { $0.elementsEqual("..".utf8) }) else { throw undivided(instruction, "'\(source)' may lead out of the context") }
      let found = try context.matches(source)
      if found.isEmpty, !ContextTree.isPattern(bytes) { throw undivided(instruction, "the context has no '\(source)'") }
      for entry in found {
        if entry.kind == .link { throw undivided(instruction, "'\(PathBytes.text(entry.path))' is a symbolic link") }
        if entry.kind != .directory, source.hasSuffix("/") { throw undivided(instruction, "'\(source)' is no directory") }
        result.append(entry)
      }
    }
    guard !result.isEmpty else { throw undivided(instruction, "nothing matches") }
    return result
  }
}

extension ContextTree {
  static func isPattern(_ text: [UInt8]) -> Bool { text.contains { "*?[\\".utf8.contains($0) } }

  /// The entries a source of COPY names, by the rules of Go's `filepath.Match`; the whole context is a directory without a name.
  func matches(_ source: String) throws -> [Entry] {
    let pattern = Array(PathBytes.cleaned([0x2F] + Array(source.utf8)).dropFirst())
    if pattern.isEmpty { return [Entry(path: [], kind: .directory, mode: 0o755, size: 0, content: "-")] }
    guard ContextTree.isPattern(pattern) else { return entries.first { $0.path == pattern }.map { [$0] } ?? [] }
    let matcher = PathPattern(pattern), depth = pattern.count { $0 == 0x2F }
    do { return try entries.filter { try $0.path.count { $0 == 0x2F } == depth && matcher.matches($0.path) } } catch { throw Undivided("'\(source)' is no pattern") }
  }
}

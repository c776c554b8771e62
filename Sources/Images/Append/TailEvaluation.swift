import Archives
import Dockerfiles
import Glibc
import OCI
import Records

/// Applies the tail of a Dockerfile to the configuration of its head: the image's settings, its history, and for each
/// copy the entries of a layer. Follows buildah 1.28 for an image in OCI format, which has neither HEALTHCHECK nor
/// SHELL; and with docker's rules, what BuildKit and docker's legacy builder, both of docker 20.10, agree on.
struct TailEvaluation {
  /// The contents of one layer.
  struct Layer: Sendable {
    private(set) var entries: [Entry]
    /// A line for each entry with all that distinguishes it, except where it comes from and its time.
    private let text: [UInt8]
    private let ends: [Int]

    init(entries: [Entry]) {
      var text: [UInt8] = [], ends: [Int] = []
      text.reserveCapacity(entries.count * 128)
      ends.reserveCapacity(entries.count)
      for entry in entries {
        entry.write(to: &text)
        ends.append(text.count)
      }
      (self.entries, self.text, self.ends) = (entries, text, ends)
    }

    /// The same with other times.
    func map(_ body: (inout Entry) -> Void) -> Layer {
      var layer = self
      for index in layer.entries.indices { body(&layer.entries[index]) }
      return layer
    }

    /// Adds entries to a digest, by their indices.
    func add(_ numbers: some Sequence<Int>, to hash: inout SHA256) {
      text.withUnsafeBytes { text in
        for number in numbers {
          hash.update(UnsafeRawBufferPointer(rebasing: text[(number == 0 ? 0 : ends[number - 1])..<ends[number]]))
        }
      }
    }
  }

  struct Entry: Sendable {
    var path: [UInt8]
    var kind: HeadTree.Node.Kind
    var mode: mode_t
    var user: Int
    var group: Int
    /// The target of a link.
    var target: [UInt8] = []
    /// SHA-256 of a file's content, and its path in the context.
    var content = ""
    var size = 0
    var source: [UInt8] = []
    /// The part of the context that holds it, and the file's place by ``Division``.
    var part = 0, place: UInt8 = 0
    /// Its modification time; nil for directories that a copy creates on the way.
    var seconds: Int?

    fileprivate func write(to line: inout [UInt8]) {
      line.append(kind.rawValue)
      for number in [Int(mode), user, group, size] {
        line.append(0x20)
        line += String(number).utf8
      }
      line.append(0x20)
      line += content.utf8
      line.append(0x20)
      line += path
      line.append(0)
      line += target
      line.append(0)
    }
    /// The content of a here-document.
    var inline: [UInt8]?
  }

  /// The image's configuration in OCI form; `rootfs` and `history` of the new layers are added when they are made.
  private(set) var configuration: JSON
  private(set) var history: [JSON]
  private(set) var layers: [Layer] = []

  let split: Split
  let context: ContextTree
  let tree: HeadTree
  let rules: Rules
  private let created: String
  /// Whether there is no head yet, so that only the Dockerfile and the context can be checked.
  let isRehearsal: Bool
  /// What the layers so far have put over the head.
  var added: [[UInt8]: HeadTree.Node] = [:]
  /// The stage's arguments that have a value.
  private(set) var arguments: [String: String]
  private let global: [String: String]
  private let given: [String: String]
  /// The variables set by ENV in this stage, in order of first mention: buildah puts them after those of the base
  /// image.
  private var own: [String] = []
  private var isCommandSet: Bool
  private(set) var copiesLeft: Int
  /// The number of copies.
  let copies: Int

  /// - Parameters:
  ///   - configuration: the head's; nil before there is one. Then only what fails with any head is refused.
  ///   - created: the time of everything, in RFC 3339.
  init(
    _ split: Split, configuration: JSON?, tree: HeadTree, context: ContextTree, arguments given: [String: String],
    created: String, rules: Rules
  ) throws {
    self.split = split
    self.configuration = configuration ?? .members(["config": .object([])])
    self.tree = tree
    self.context = context
    self.created = created
    self.rules = rules
    self.given = given
    isRehearsal = configuration == nil
    guard let stage = try split.head.stages(arguments: given).last, self.configuration["config"]?.object != nil else {
      throw Undivided("the head's configuration is of another kind")
    }
    let declared = Set(
      stage.instructions.filter { $0.name == "ARG" }.flatMap {
        DockerfileWords.pairs($0.text, escape: split.escape, oldForm: false).map(\.name)
      })
    arguments = stage.arguments.filter { declared.contains($0.key) }
    if rules == .docker, arguments.count < stage.arguments.count {
      throw Undivided("docker's builders differ in the arguments of a stage that another one begins with")
    }
    global = stage.global
    isCommandSet = stage.instructions.contains { $0.name == "CMD" }
    history = self.configuration["history"]?.array ?? []
    copies = split.tail.count { $0.name == "COPY" || $0.name == "ADD" }
    copiesLeft = copies
    try split.checkArguments(of: stage)
    for instruction in stage.instructions where instruction.name == "ENV" {
      for (name, _) in DockerfileWords.pairs(instruction.text, escape: split.escape, oldForm: true) {
        guard !name.contains(where: { "$\"'\\".contains($0) }) else {
          throw undivided(instruction, "ENV builds a name from variables")
        }
        if !own.contains(name) { own.append(name) }
      }
    }
    for instruction in split.tail {
      do { try carryOut(instruction) } catch is Unknown where isRehearsal { continue }
    }
  }

  /// The configuration with the new layers.
  /// - Parameter diffIDs: for each copy those of its layers: a large one has several, and each has a line in the
  ///   history.
  func configuration(diffIDs: [[Digest]]) -> JSON {
    var result = configuration
    let below = configuration["rootfs"]?["diff_ids"]?.array ?? [], known = configuration["history"]?.array?.count ?? 0
    var lines = Array(history[..<known]), counts = diffIDs.map(\.count)[...]
    for line in history[known...] {
      lines.append(line)
      guard line["empty_layer"] == nil, let count = counts.popFirst(), count > 1 else { continue }
      for number in 2...count {
        var further = line
        further["comment"] = .string("part \(number) of \(count)")
        lines.append(further)
      }
    }
    result["created"] = .string(created)
    result["rootfs"] = .members([
      "type": .string("layers"), "diff_ids": .array(below + diffIDs.joined().map { .string($0.description) })
    ])
    result["history"] = .array(lines)
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
      for (name, value) in try pairs(instruction) { setEnvironment(name, value) }
    case "LABEL":
      var labels = setting("Labels")?.object ?? []
      for (name, value) in try pairs(instruction) {
        if name.hasPrefix("io.buildah.") { throw undivided(instruction, "the label '\(name)' is buildah's own") }
        labels.removeAll { $0.name == name }
        labels.append((name, .string(value)))
      }
      set("Labels", .object(labels.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }))
    case "WORKDIR":
      set("WorkingDir", .string(workingDirectory(joined: try word(instruction))))
      if rules == .docker, let layer = try workingDirectory(made: instruction) {
        layers.append(layer)
        note("WORKDIR \(said)", isEmpty: false)
        return
      }
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
    case "SHELL" where rules == .docker:
      guard let list = instruction.list else { throw undivided(instruction, "SHELL is not a list") }
      set("Shell", .strings(list))
    case "HEALTHCHECK" where rules == .docker:
      throw undivided(instruction, "HEALTHCHECK exists only in docker's format")
    default: break
    }
    let flags = instruction.flags.map { "--\($0.name)=\($0.value) " }.joined()
    note("\(instruction.name == "ARG" ? "ARG" : instruction.spelling) \(flags)\(said)", isEmpty: true)
  }

  private mutating func note(_ text: String, isEmpty: Bool) {
    history.append(
      .members([
        "created": .string(created), "created_by": .string("/bin/sh -c #(nop) \(text)"),
        "author": configuration["author"], "empty_layer": isEmpty ? .bool(true) : nil
      ]))
  }

  func setting(_ name: String) -> JSON? { configuration["config"]?[name] }

  private mutating func set(_ name: String, _ value: JSON?) {
    var settings = configuration["config"] ?? .object([])
    settings[name] = value
    configuration["config"] = settings
  }

  var environment: [String] { (setting("Env")?.array ?? []).compactMap(\.string) }

  private mutating func setEnvironment(_ name: String, _ value: String) {
    var list = environment
    if rules == .docker || own.contains(name), let index = list.firstIndex(where: { $0.hasPrefix(name + "=") }) {
      list[index] = "\(name)=\(value)"
    } else {
      list.removeAll { $0.hasPrefix(name + "=") }
      list.append("\(name)=\(value)")
      if !own.contains(name) { own.append(name) }
    }
    set("Env", .strings(list))
  }

  private func workingDirectory(joined path: String) -> String {
    // An absolute path stays as written.
    path.hasPrefix("/")
      ? path : PathBytes.text(PathBytes.cleaned(Array("/\(setting("WorkingDir")?.string ?? "")/\(path)".utf8)))
  }

  private mutating func expose(_ instruction: Dockerfile.Instruction) throws {
    var ports = (setting("ExposedPorts")?.object ?? []).map(\.name)
    for word in DockerfileWords.split(instruction.text, escape: split.escape) {
      let port = try expand(word, instruction)
      let parts = port.split(separator: "/", omittingEmptySubsequences: false),
        range = parts[0].split(separator: "-", omittingEmptySubsequences: false)
      let numbers = range.compactMap { Int($0) }.filter { (1...65_535).contains($0) }
      guard (1...2).contains(numbers.count), range.map(String.init) == numbers.map(String.init),
        parts.count == 1 || (parts.count == 2 && ["tcp", "udp", "sctp"].contains(parts[1]))
      else { throw undivided(instruction, "'\(port)' is not a port") }
      let transport = parts.count == 1 ? "tcp" : String(parts[1])
      guard rules == .docker, numbers[0] < numbers[numbers.count - 1] else {
        ports.append("\(parts[0])/\(transport)")
        continue
      }
      ports += (numbers[0]...numbers[1]).map { "\($0)/\(transport)" }
    }
    set("ExposedPorts", .object(Set(ports).sorted().map { ($0, .object([])) }))
  }

  private mutating func volume(_ instruction: Dockerfile.Instruction) throws {
    var volumes = (setting("Volumes")?.object ?? []).map(\.name)
    let words: [String]
    if instruction.text.hasPrefix("[") {
      guard let list = instruction.list, !instruction.text.contains("$") else {
        throw undivided(instruction, "VOLUME is not a plain list")
      }
      words = list
    } else {
      words = try DockerfileWords.split(instruction.text, escape: split.escape).map { try expand($0, instruction) }
    }
    for word in words {
      guard !word.isEmpty else { throw undivided(instruction, "VOLUME names nothing") }
      if !volumes.contains(word) { volumes.append(word) }
    }
    set("Volumes", .object(volumes.sorted().map { ($0, .object([])) }))
  }

  /// The JSON form as it is, the shell form passed to a shell; nil for nothing.
  private func program(_ instruction: Dockerfile.Instruction) throws -> JSON? {
    if let list = instruction.list { return list.isEmpty ? nil : .strings(list) }
    guard !instruction.text.isEmpty, !instruction.text.hasPrefix("["), instruction.lines.count == 1 else {
      throw undivided(instruction, "\(instruction.name) is not on one line")
    }
    let shell = rules == .docker ? setting("Shell")?.array?.compactMap(\.string) : nil
    return .strings((shell ?? ["/bin/sh", "-c"]) + [instruction.text])
  }

  /// buildah's history lists all arguments so far that have a value.
  private mutating func argument(_ instruction: Dockerfile.Instruction) throws -> String {
    // A variable has the value it had before the instruction.
    let pairs = try DockerfileWords.pairs(instruction.text, escape: split.escape, oldForm: false).map {
      name, fallback in
      guard !name.contains(where: { "$\"'\\".contains($0) }), !TailEvaluation.isBuilders(name) else {
        throw undivided(instruction, "'\(name)' is known only to the builder")
      }
      if rules == .docker, arguments[name] != nil || environment.contains(where: { $0.hasPrefix(name + "=") }) {
        throw undivided(instruction, "docker's builders differ in what '\(name)' is when it is declared again")
      }
      return (name, try given[name] ?? fallback.map { try expand($0, instruction) } ?? global[name])
    }
    for (name, value) in pairs where value != nil { arguments[name] = value }
    return arguments.keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }.joined(separator: " ")
  }
}

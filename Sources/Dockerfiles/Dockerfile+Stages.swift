import OCI

extension Dockerfile {
  /// The result of one stage, as far as the file itself tells; what comes from the base image is unknown.
  public struct Stage: Sendable {
    /// The image or earlier stage it starts from, variables expanded; `scratch` for none.
    public var base: String
    /// `AS NAME`, in lower case.
    public var name: String?
    public var platform: String?
    /// Whether ``base`` is an earlier stage of this file.
    public var continuesStage: Bool
    /// From `EXPOSE`, in order, without duplicates.
    public var ports: [Port] = []
    public var user: String?
    public var workingDirectory: String?
    /// From `ENV`, the last value of each name, in order of first appearance.
    public var environment: [(name: String, value: String)] = []
    public var command: Instruction?
    public var entrypoint: Instruction?
    /// All its instructions, beginning with `FROM`.
    public var instructions: [Instruction]

    /// The arguments in scope; later stages based on this one inherit them.
    package var arguments: [String: String] = [:]
    /// The arguments declared before the first `FROM`.
    package var global: [String: String] = [:]
    /// ``ports`` as a set, for fast lookup.
    var exposed: Set<Port> = []
    /// Where its instructions copy or mount files from: images, and stages by name or number.
    var sources: [(line: Int, name: String)] = []
  }

  /// A port and its protocol.
  public struct Port: Sendable, Hashable {
    public var number: Int
    /// `tcp`, `udp` or `sctp`.
    public var transport: String
  }

  /// The stages in order, with build arguments and variables expanded. Throws if an instruction precedes the first
  /// `FROM`, or there is no `FROM`.
  ///
  /// The total length of all expansions is limited: otherwise a file of a few lines could expand to terabytes.
  public func stages(arguments: [String: String] = [:]) throws(DockerfileError) -> [Stage] {
    var stages: [Stage] = [], global: [String: String] = [:], length = 0
    for instruction in instructions {
      if instruction.name == "FROM" {
        stages.append(try begin(instruction, after: stages, global, arguments, &length))
      } else if stages.isEmpty {
        guard instruction.name == "ARG" else {
          throw .noFrom(line: instruction.lines.lowerBound, name: instruction.name)
        }
        for (name, value) in DockerfileWords.pairs(instruction.text, escape: escape, oldForm: false) {
          if let given = arguments[name] {
            global[name] = given
          } else if let value {
            let known = global
            global[name] = try expand(value, instruction, &length) { known[$0] ?? Dockerfile.predefined($0, arguments) }
          }
        }
      } else {
        try apply(instruction, to: &stages[stages.count - 1], global, arguments, &length)
      }
    }
    guard !stages.isEmpty else {
      throw .noFrom(line: instructions.last?.lines.upperBound ?? 1, name: instructions.last?.name ?? "")
    }
    return stages
  }

  /// The images that a build may pull, without duplicates: from `FROM`, `COPY --from` and `RUN --mount=from=`.
  ///
  /// Each must be an image name as in docker. Builders also accept a location (`oci:/path`); that is refused, because
  /// with it the Dockerfile of one application could copy other applications' images out of the draft home.
  public func images(arguments: [String: String] = [:]) throws(DockerfileError) -> [String] {
    let stages = try stages(arguments: arguments)
    var images: [String] = [], seen: Set<String> = [], known: Set<String> = ["scratch"]
    for stage in stages {
      // A stage hides an image of the same name; `FROM` sees only earlier stages, other instructions also their own.
      if let name = stage.name { known.insert(name) }
      var sources = stage.sources.filter { !known.contains($0.name.lowercased()) && Int($0.name) == nil }
      if !stage.continuesStage, stage.base != "scratch" {
        sources.insert((stage.instructions[0].lines.lowerBound, stage.base), at: 0)
      }
      for (line, name) in sources {
        guard Reference.isOfImage(name) else { throw .noReference(line: line, name: name) }
        if seen.insert(name).inserted { images.append(name) }
      }
    }
    return images
  }

  private func begin(
    _ instruction: Instruction, after stages: [Stage], _ global: [String: String], _ arguments: [String: String],
    _ length: inout Int
  ) throws(DockerfileError) -> Stage {
    let value = { (name: String) in global[name] ?? Dockerfile.predefined(name, arguments) }
    let words = DockerfileWords.split(instruction.text, escape: escape)
    let base = try expand(words.first ?? "", instruction, &length, value)
    guard !base.isEmpty else { throw .badFrom(line: instruction.lines.lowerBound) }
    let parent = stages.last { $0.name != nil && $0.name == base.lowercased() }
    var stage = Stage(base: base, continuesStage: parent != nil, instructions: [instruction])
    stage.global = global
    if words.count == 3, words[1].lowercased() == "as" { stage.name = words[2].lowercased() }
    if let platform = instruction.flags.first(where: { $0.name == "platform" }) {
      stage.platform = try expand(platform.value, instruction, &length, value)
    }
    if let parent {
      (stage.ports, stage.exposed) = (parent.ports, parent.exposed)
      stage.user = parent.user
      stage.workingDirectory = parent.workingDirectory
      stage.environment = parent.environment
      stage.command = parent.command
      stage.entrypoint = parent.entrypoint
      stage.arguments = parent.arguments
    }
    return stage
  }

  private func apply(
    _ instruction: Instruction, to stage: inout Stage, _ global: [String: String], _ arguments: [String: String],
    _ length: inout Int
  ) throws(DockerfileError) {
    stage.instructions.append(instruction)
    let (environment, scoped) = (stage.environment, stage.arguments)
    let value = { (name: String) -> String? in
      environment.last { $0.name == name }?.value ?? scoped[name] ?? Dockerfile.predefined(name, arguments)
    }
    try addSources(of: instruction, to: &stage, &length, value)
    switch instruction.name {
    case "ARG":
      for (name, fallback) in DockerfileWords.pairs(instruction.text, escape: escape, oldForm: false) {
        if let given = arguments[name] {
          stage.arguments[name] = given
        } else if let fallback {
          stage.arguments[name] = try expand(fallback, instruction, &length, value)
        } else {
          stage.arguments[name] = global[name] ?? Dockerfile.predefined(name, arguments)
        }
      }
    case "ENV":
      for (name, text) in DockerfileWords.pairs(instruction.text, escape: escape, oldForm: true) {
        let new = try expand(text ?? "", instruction, &length, value)
        if let index = stage.environment.firstIndex(where: { $0.name == name }) {
          stage.environment[index].value = new
        } else {
          stage.environment.append((name, new))
        }
      }
    case "EXPOSE":
      for word in DockerfileWords.split(instruction.text, escape: escape) {
        // A variable may contain several ports.
        let ports = try expand(word, instruction, &length, value).split(separator: " ").flatMap(Dockerfile.ports)
        for port in ports where stage.exposed.insert(port).inserted { stage.ports.append(port) }
      }
    case "USER": stage.user = try expand(instruction.text, instruction, &length, value)
    case "WORKDIR":
      let path = try expand(instruction.text, instruction, &length, value)
      stage.workingDirectory = path.hasPrefix("/") ? path : (stage.workingDirectory ?? "") + "/" + path
    case "CMD": stage.command = instruction
    case "ENTRYPOINT": stage.entrypoint = instruction
    default: break
    }
  }

  /// Collects `--from` and `--mount=…,from=`, also of `ONBUILD`, which takes effect in this build if a later stage
  /// starts from this one.
  private func addSources(
    of instruction: Instruction, to stage: inout Stage, _ length: inout Int, _ value: @escaping (String) -> String?
  ) throws(DockerfileError) {
    var flags = instruction.flags
    if instruction.name == "ONBUILD" {
      flags = Dockerfile.flags(Dockerfile.cut(Substring(instruction.text)).rest, escape: escape).0
    }
    let line = instruction.lines.lowerBound
    for flag in flags {
      let isFrom = flag.name.lowercased() == "from"
      guard isFrom || flag.name.lowercased() == "mount" else { continue }
      // A variable of the base image, whose value is unknown here, could name anything.
      var isKnown = true
      let text = try expand(flag.value, instruction, &length) { name in
        let found = value(name)
        if found == nil { isKnown = false }
        return found
      }
      let names =
        isFrom
        ? [text]
        : text.split(separator: ",").compactMap { field -> String? in
          let parts = field.split(separator: "=", maxSplits: 1).map { $0.filter { $0 != " " && $0 != "\"" } }
          return parts.count == 2 && parts[0].lowercased() == "from" ? parts[1] : nil
        }
      if !isKnown, !names.isEmpty { throw .noReference(line: line, name: flag.value) }
      stage.sources += names.map { (line, $0) }
    }
  }

  /// The limit for all expansions together, in bytes.
  private static let limit = 4 << 20

  private func expand(
    _ word: String, _ instruction: Instruction, _ length: inout Int, _ value: @escaping (String) -> String?
  ) throws(DockerfileError) -> String {
    let text = DockerfileWords.expand(word, escape: escape, value: value)
    length += text?.utf8.count ?? 0
    guard let text, length <= Dockerfile.limit else { throw .tooLong(line: instruction.lines.lowerBound) }
    return text
  }

  /// Parses `8080`, `8080/udp`, `8000-8010/tcp`, `8080:80`; empty if it is not a port, like an unset variable.
  private static func ports(_ text: Substring) -> [Port] {
    let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    let transport = parts.count > 1 ? parts[1].lowercased() : "tcp"
    let range =
      parts[0].split(separator: ":").last?.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) } ?? []
    guard ["tcp", "udp", "sctp"].contains(transport), (1...2).contains(range.count), let first = range[0],
      let last = range[range.count - 1],
      (1...65535).contains(first), (first...65535).contains(last)
    else { return [] }
    return (first...last).map { Port(number: $0, transport: transport) }
  }

  /// The arguments that builders define without an `ARG`.
  private static func predefined(_ name: String, _ arguments: [String: String]) -> String? {
    #if arch(arm64)
      let machine = "arm64"
    #else
      let machine = "amd64"
    #endif
    return switch name {
    case "TARGETPLATFORM", "BUILDPLATFORM": arguments[name] ?? "linux/" + machine
    case "TARGETOS", "BUILDOS": arguments[name] ?? "linux"
    case "TARGETARCH", "BUILDARCH": arguments[name] ?? machine
    case "HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "FTP_PROXY", "ftp_proxy", "NO_PROXY", "no_proxy",
      "ALL_PROXY", "all_proxy":
      arguments[name]
    default: nil
    }
  }
}

extension Dockerfile {
  /// What one stage leaves in the image it makes, as far as the file itself says; what comes from the base image is not known.
  public struct Stage: Sendable {
    /// The image or the earlier stage it begins with, variables put in; `scratch` for none.
    public var base: String
    /// `AS NAME`, in lower case.
    public var name: String?
    public var platform: String?
    /// Whether ``base`` is an earlier stage of this file.
    public var continuesStage: Bool
    /// `EXPOSE`, in order, each once.
    public var ports: [Port] = []
    public var user: String?
    public var workingDirectory: String?
    /// `ENV`, the last value of each name, in order of first mention.
    public var environment: [(name: String, value: String)] = []
    public var command: Instruction?
    public var entrypoint: Instruction?
    /// Its instructions, the `FROM` first.
    public var instructions: [Instruction]

    /// Arguments in scope, which later stages based on this one inherit.
    var arguments: [String: String] = [:]
    /// Arguments from before the first `FROM`.
    var global: [String: String] = [:]
    /// ``ports`` again, for a quick look.
    var exposed: Set<Port> = []
  }

  public struct Port: Sendable, Hashable {
    public var number: Int
    /// `tcp`, `udp` or `sctp`.
    public var transport: String
  }

  /// The stages in order, with build arguments and variables put in. Throws when there is no `FROM` where one must be.
  public func stages(arguments: [String: String] = [:]) throws(DockerfileError) -> [Stage] {
    var stages: [Stage] = [], global: [String: String] = [:]
    for instruction in instructions {
      if instruction.name == "FROM" {
        stages.append(try begin(instruction, after: stages, global, arguments))
      } else if stages.isEmpty {
        guard instruction.name == "ARG" else { throw .noFrom(line: instruction.lines.lowerBound, name: instruction.name) }
        for (name, value) in DockerfileWords.pairs(instruction.text, escape: escape, oldForm: false) {
          if let given = arguments[name] { global[name] = given } else if let value {
            global[name] = expand(value) { global[$0] ?? Dockerfile.predefined($0, arguments) }
          }
        }
      } else {
        apply(instruction, to: &stages[stages.count - 1], global, arguments)
      }
    }
    guard !stages.isEmpty else { throw .noFrom(line: instructions.last?.lines.upperBound ?? 1, name: instructions.last?.name ?? "") }
    return stages
  }

  /// The images from elsewhere that a build may need, each once: of `FROM`, and of `COPY --from` and `RUN --mount=from=`.
  public func images(arguments: [String: String] = [:]) throws(DockerfileError) -> [String] {
    let stages = try stages(arguments: arguments)
    var images: [String] = []
    for (index, stage) in stages.enumerated() {
      var names = stage.continuesStage || stage.base == "scratch" ? [] : [stage.base]
      for instruction in stage.instructions {
        for flag in instruction.flags {
          if flag.name == "from", instruction.name != "FROM" { names.append(flag.value) }
          guard flag.name == "mount" else { continue }
          names += flag.value.split(separator: ",").filter { $0.hasPrefix("from=") }.map { String($0.dropFirst(5)) }
        }
      }
      let known = stages[...index].compactMap(\.name)
      images += names.filter { name in !known.contains(name.lowercased()) && Int(name) == nil && name != "scratch" }
    }
    var seen: Set<String> = []
    return images.filter { seen.insert($0).inserted }
  }

  private func begin(
    _ instruction: Instruction, after stages: [Stage], _ global: [String: String], _ arguments: [String: String]
  ) throws(DockerfileError) -> Stage {
    let value = { (name: String) in global[name] ?? Dockerfile.predefined(name, arguments) }
    let words = DockerfileWords.split(instruction.text, escape: escape)
    let base = words.first.map { expand($0, value) } ?? ""
    guard !base.isEmpty else { throw .badFrom(line: instruction.lines.lowerBound) }
    let parent = stages.last { $0.name != nil && $0.name == base.lowercased() }
    var stage = Stage(base: base, continuesStage: parent != nil, instructions: [instruction])
    stage.global = global
    if words.count == 3, words[1].lowercased() == "as" { stage.name = words[2].lowercased() }
    stage.platform = instruction.flags.first { $0.name == "platform" }.map { expand($0.value, value) }
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

  private func apply(_ instruction: Instruction, to stage: inout Stage, _ global: [String: String], _ arguments: [String: String]) {
    stage.instructions.append(instruction)
    let (environment, scoped) = (stage.environment, stage.arguments)
    let value = { (name: String) -> String? in
      environment.last { $0.name == name }?.value ?? scoped[name] ?? Dockerfile.predefined(name, arguments)
    }
    switch instruction.name {
    case "ARG":
      for (name, fallback) in DockerfileWords.pairs(instruction.text, escape: escape, oldForm: false) {
        stage.arguments[name] = arguments[name] ?? fallback.map { expand($0, value) } ?? global[name] ?? Dockerfile.predefined(name, arguments)
      }
    case "ENV":
      for (name, text) in DockerfileWords.pairs(instruction.text, escape: escape, oldForm: true) {
        let new = expand(text ?? "", value)
        if let index = stage.environment.firstIndex(where: { $0.name == name }) { stage.environment[index].value = new } else {
          stage.environment.append((name, new))
        }
      }
    case "EXPOSE":
      for word in DockerfileWords.split(instruction.text, escape: escape) {
        // A variable may hold several ports.
        for port in expand(word, value).split(separator: " ").flatMap(Dockerfile.ports) where stage.exposed.insert(port).inserted {
          stage.ports.append(port)
        }
      }
    case "USER": stage.user = expand(instruction.text, value)
    case "WORKDIR":
      let path = expand(instruction.text, value)
      stage.workingDirectory = path.hasPrefix("/") ? path : (stage.workingDirectory ?? "") + "/" + path
    case "CMD": stage.command = instruction
    case "ENTRYPOINT": stage.entrypoint = instruction
    default: break
    }
  }

  private func expand(_ word: String, _ value: @escaping (String) -> String?) -> String { DockerfileWords.expand(word, escape: escape, value: value) }

  /// `8080`, `8080/udp`, `8000-8010/tcp`, `8080:80`: empty when it is no port, as for a variable without a value.
  private static func ports(_ text: Substring) -> [Port] {
    let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    let transport = parts.count > 1 ? parts[1].lowercased() : "tcp"
    let range = parts[0].split(separator: ":").last?.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) } ?? []
    guard ["tcp", "udp", "sctp"].contains(transport), (1...2).contains(range.count), let first = range[0], let last = range[range.count - 1],
      (1...65535).contains(first), (first...65535).contains(last)
    else { return [] }
    return (first...last).map { Port(number: $0, transport: transport) }
  }

  /// Arguments a builder has without an `ARG`.
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
    case "HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "FTP_PROXY", "ftp_proxy", "NO_PROXY", "no_proxy", "ALL_PROXY", "all_proxy":
      arguments[name]
    default: nil
    }
  }
}

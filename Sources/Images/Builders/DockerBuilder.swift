import Command
import Records

/// docker, with BuildKit if it is installed.
struct DockerBuilder: Builder {
  func store(_ order: BuildOrder) -> String { "docker-daemon" }

  func find(_ order: BuildOrder) throws -> StoredImage? { try find(order.names[0]) }

  func find(_ name: String) throws -> StoredImage? {
    guard let answer = try inspect(name, "{{.ID}}{{range .RootFS.Layers}} {{.}}{{end}}") else { return nil }
    guard let image = StoredImage(answer: answer) else {
      throw BuildError.store(program: "docker", reason: "it answered '\(answer)'")
    }
    return image
  }

  /// Formats what the daemon knows about an image with a Go template; nil if it has no such image.
  func inspect(_ name: String, _ template: String) throws -> String? {
    let result = try Child.run(
      ["docker", "image", "inspect", "--format", template, name], output: .capture, errors: .capture)
    guard result.succeeded else {
      let said = result.errorText
      if said.contains("No such image") || said.contains("no such image") { return nil }
      throw DockerBuilder.refused(said, status: result.status)
    }
    return result.outputText
  }

  func build(_ order: BuildOrder, log: BuildLog) throws {
    let context = try UnpackedContext(order)
    try order.checkImages(Files.readText(context.dockerfile))
    try build(order, context, dockerfile: context.dockerfile, names: order.names, log: log)
  }

  /// BuildKit assumes that a file with the same path, size and time is the one it has read before, and packed files all
  /// have the same time: so the path must differ each time, as that of an unpacked context does.
  func build(_ order: BuildOrder, _ context: UnpackedContext, dockerfile: String, names: [String], log: BuildLog) throws
  {
    try log.begin(context, order, foreign: true)
    var argv = ["docker", "build", "--force-rm", "--file", dockerfile]
    if order.fresh { argv += ["--no-cache", "--pull"] }
    for name in names { argv += ["--tag", name] }
    var (words, environment) = buildArgumentWords(order.arguments)
    // For BuildKit: the times in the image, and progress in lines.
    if let time = order.time { environment["SOURCE_DATE_EPOCH"] = .some(String(time)) }
    environment["BUILDKIT_PROGRESS"] = .some("plain")
    try log.run(argv + words + [context.directory], inputFile: context.lock, environment: environment)
  }

  func tag(_ image: StoredImage, _ order: BuildOrder) throws {
    for name in order.names.dropFirst() {
      let result = try Child.run(["docker", "tag", "sha256:" + image.id, name], output: .discard, errors: .capture)
      guard result.succeeded else { throw DockerBuilder.refused(result.errorText, status: result.status) }
    }
  }

  /// The error for a message of docker.
  static func refused(_ said: String, status: Int32) -> BuildError {
    if said.contains("permission denied while trying to connect") {
      return .daemon(program: "docker", reason: "this user may not use its daemon", forbidden: true)
    }
    if said.contains("Cannot connect to the Docker daemon") || said.contains("Is the docker daemon running")
      || said.contains("error during connect")
    {
      return .daemon(program: "docker", reason: "its daemon does not answer", forbidden: false)
    }
    return .store(
      program: "docker", reason: BuildError.reason(said.lines.map(String.init)) ?? "it exited with status \(status)")
  }
}

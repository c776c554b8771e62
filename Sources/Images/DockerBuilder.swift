import Command
import Glibc
import Records

/// docker, with BuildKit where it is installed. The daemon gets the tarball as it is; nothing is unpacked here.
struct DockerBuilder: Builder {
  func store(_ order: BuildOrder) -> String { "docker-daemon" }

  func find(_ order: BuildOrder) throws -> StoredImage? { try find(order.names[0]) }

  func find(_ name: String) throws -> StoredImage? {
    let result = try Child.run(["docker", "image", "inspect", "--format", StoredImage.question, name], output: .capture, errors: .capture)
    guard result.succeeded else {
      let said = result.errorText
      if said.contains("No such image") || said.contains("no such image") { return nil }
      throw DockerBuilder.refused(said, status: result.status)
    }
    guard let image = StoredImage(answer: result.outputText) else { throw BuildError.store(program: "docker", reason: "it answered '\(result.outputText)'") }
    return image
  }

  func build(_ order: BuildOrder, log: BuildLog) throws {
    let tarball = try order.context.payload.open(joiningIn: try order.home.directory("cache/build"))
    defer { close(tarball) }
    var argv = ["docker", "build", "--force-rm", "--file", order.context.dockerfile]
    if order.fresh { argv += ["--no-cache", "--pull"] }
    for name in order.names { argv += ["--tag", name] }
    var (words, environment) = buildArgumentWords(order.arguments)
    // Read by BuildKit: the times in the image, and progress in lines.
    environment["SOURCE_DATE_EPOCH"] = .some(String(order.time))
    environment["BUILDKIT_PROGRESS"] = .some("plain")
    try log.run(argv + words + ["-"], inputFile: tarball, environment: environment)
  }

  func tag(_ image: StoredImage, _ order: BuildOrder) throws {
    for name in order.names.dropFirst() {
      let result = try Child.run(["docker", "tag", "sha256:" + image.id, name], output: .discard, errors: .capture)
      guard result.succeeded else { throw DockerBuilder.refused(result.errorText, status: result.status) }
    }
  }

  /// What docker's refusal means.
  static func refused(_ said: String, status: Int32) -> BuildError {
    if said.contains("permission denied while trying to connect") {
      return .daemon(program: "docker", reason: "its daemon may not be used by this user", forbidden: true)
    }
    if said.contains("Cannot connect to the Docker daemon") || said.contains("Is the docker daemon running") || said.contains("error during connect") {
      return .daemon(program: "docker", reason: "its daemon does not answer", forbidden: false)
    }
    return .store(program: "docker", reason: BuildError.reason(said.split(separator: "\n").map(String.init)) ?? "it exited with status \(status)")
  }
}

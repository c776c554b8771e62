import Command
import Dockerfiles
import OCI
import Records

/// buildah or podman: two programs with the same builder and the same store (containers-storage).
///
/// Isolation is `chroot` unless BUILDAH_ISOLATION says otherwise: that needs no container runtime, no cgroups and no
/// daemon, so it works in containers and in CI as well as on a laptop, for root and, if user namespaces are allowed,
/// for other users. With SOURCE_DATE_EPOCH, it is every time in the image, so the same input gives the same image.
package struct ContainersBuilder: Builder {
  let program: String

  func store(_ order: BuildOrder) -> String { "containers-storage" }

  func find(_ order: BuildOrder) throws -> StoredImage? { try find(Reference.stored(order.names[0])) }

  /// Finds an image by its name in the store.
  func find(_ name: String) throws -> StoredImage? {
    let question =
      program == "podman"
      ? ["podman", "image", "inspect", "--format", "{{.Id}}{{range .RootFS.Layers}} {{.}}{{end}}", name]
      : [
        "buildah", "inspect", "--type", "image", "--format",
        "{{.FromImageID}}{{range .OCIv1.RootFS.DiffIDs}} {{.}}{{end}}", name
      ]
    let result = try Child.run(question, output: .capture, errors: .capture)
    guard result.succeeded else {
      let said = result.errorText
      if said.contains("image not known") || said.contains("no such image") || said.contains("no such object") {
        return nil
      }
      throw BuildError.store(
        program: program,
        reason: BuildError.reason(said.lines.map(String.init)) ?? "it exited with status \(result.status)")
    }
    guard let image = StoredImage(answer: result.outputText) else {
      throw BuildError.store(program: program, reason: "it answered '\(result.outputText)'")
    }
    return image
  }

  func build(_ order: BuildOrder, log: BuildLog) throws {
    let context = try UnpackedContext(order)
    try order.checkImages(Files.readText(context.dockerfile))
    try build(order, context, dockerfile: context.dockerfile, names: order.names.map(Reference.stored), log: log)
  }

  /// The same with another Dockerfile, under names as the store spells them.
  func build(_ order: BuildOrder, _ context: UnpackedContext, dockerfile: String, names: [String], log: BuildLog) throws
  {
    try log.begin(context, order, foreign: false)
    try checkHeredocs(order, dockerfile)
    var argv = [program, "build", "--layers", "--force-rm", "--file", dockerfile] + LeftContainers.mark(context.place)
    if let time = order.time { argv += ["--timestamp", String(time)] }
    if environmentVariable("BUILDAH_ISOLATION") == nil { argv += ["--isolation", "chroot"] }
    if order.fresh { argv += ["--no-cache", "--pull"] }
    for name in names { argv += ["--tag", name] }
    let (words, environment) = buildArgumentWords(order.arguments)
    try log.run(argv + words + [context.directory], inputFile: context.lock, environment: environment)
  }

  /// buildah before 1.33 and podman before 4.8 take the lines of a here-document for instructions.
  private func checkHeredocs(_ order: BuildOrder, _ dockerfile: String) throws {
    guard let text = try? Files.readText(dockerfile, limit: 1 << 20), text.contains("<<") else { return }
    guard let instruction = try? order.dockerfiles.parsed(text).instructions.first(where: { !$0.heredocs.isEmpty })
    else { return }
    let said = try Child.run([program, "--version"], output: .capture, errors: .discard).outputText
    let first = program == "podman" ? [4, 8] : [1, 33]
    guard let version = ContainersBuilder.version(said), version.lexicographicallyPrecedes(first) else { return }
    let name = "\(program) \(version.map(String.init).joined(separator: "."))"
    throw BuildError.noHeredocs(instruction, order, program: name)
  }

  /// Major and minor version in `buildah version 1.28.2 (image-spec …)`; nil if there is none.
  static func version(_ text: String) -> [Int]? {
    let words = text.split(whereSeparator: \.isWhitespace)
    guard words.count > 2, words[1] == "version" else { return nil }
    let numbers = words[2].split(separator: ".").prefix(2).compactMap { Int($0) }
    return numbers.count == 2 ? numbers : nil
  }

  func tag(_ image: StoredImage, _ order: BuildOrder) throws {
    let result = try Child.run(
      [program, "tag", image.id] + order.names.map(Reference.stored), output: .discard, errors: .capture)
    guard result.succeeded else {
      throw BuildError.store(program: program, reason: BuildError.reason(result.errorText.lines.map(String.init)) ?? "")
    }
  }
}

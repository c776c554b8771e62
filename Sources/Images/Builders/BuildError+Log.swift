import Command
import Dockerfiles
import Glibc

extension BuildError {
  /// The reason of a failed build, from the builder's last output. Builders have no error codes, only messages; an
  /// unknown one counts as an error of the Dockerfile, in the builder's own words.
  init(_ failed: BuilderFailed, _ order: BuildOrder, _ log: BuildLog) {
    let app = order.app.name, lines = log.lastLines
    let reason = BuildError.reason(lines) ?? "'\(failed.program)' exited with status \(failed.status)"
    let says = { (words: String) in lines.contains { $0.contains(words) } }

    if failed.status > 128, failed.status < 128 + 65, lines.last.map({ !$0.contains("rror") }) ?? true {
      self = .ended(app: app, program: failed.program, signal: failed.status - 128, log: log.path)
    } else if says("no space left on device") || says("disk quota exceeded") {
      self = .diskFull(app: app, log: log.path)
    } else if says("Cannot connect to the Docker daemon") || says("Is the docker daemon running") {
      self = .daemon(program: "docker", reason: "its daemon does not answer", forbidden: false)
    } else if says("permission denied while trying to connect to the Docker daemon") {
      self = .daemon(program: "docker", reason: "this user may not use its daemon", forbidden: true)
    } else if BuildError.isPulling(reason) {
      self = .baseImage(
        app: app, image: BuildError.image(in: reason, order), reason: BuildError.cause(reason), log: log.path)
    } else if let fault = log.dockerfile?.fault(reason, program: failed.program, step: log.step, lines: lines) {
      self = .failed(app: app, reason: "\(order.context.dockerfile):\(fault.line): \(fault.reason)", log: log.path)
    } else {
      self = .failed(app: app, reason: reason, log: log.path)
    }
  }

  /// The error for a builder that does not support here-documents and takes their lines for instructions.
  static func noHeredocs(_ instruction: Dockerfile.Instruction, _ order: BuildOrder, program: String) -> BuildError {
    .dockerfile(
      app: order.app.name, path: order.context.dockerfile, line: instruction.lines.lowerBound,
      reason: instruction.noHeredoc(program),
      hint: "use a newer one, or set 'builder' to docker with BuildKit; or write the lines as a file, and COPY it")
  }

  /// What buildah, docker and BuildKit print when a base image cannot be pulled.
  private static let pulling = [
    "creating build container", "initializing source docker://", "did not resolve to an alias",
    "pinging container registry", "pull access denied",
    "manifest unknown", "failed to resolve source metadata", "failed to resolve reference", "failed to do request",
    "Get \"https://", "Get \"http://"
  ]

  /// Whether the message is the builder's about a base image, and not that of a program in the Dockerfile.
  static func isPulling(_ reason: String) -> Bool {
    !reason.hasPrefix("building at STEP") && !reason.hasPrefix("The command '")
      && !reason.contains("did not complete successfully")
      && pulling.contains { reason.contains($0) }
  }

  /// The last line with `error`, without that word; else the last line that is not debug output. If it only says that a
  /// program of the Dockerfile failed, that program's output is added.
  static func reason(_ lines: [String]) -> String? {
    guard let reason = builderReason(lines), isOfProgram(reason) else { return builderReason(lines) }
    let said = programLines(lines, until: reason)
    return errorLine(said).map { "\(reason): \($0)" } ?? reason
  }

  private static func isOfProgram(_ reason: String) -> Bool {
    ["exit status ", "returned a non-zero code", "exit code: "].contains { reason.contains($0) }
  }

  /// The program's output, without the builder's own lines and without BuildKit's number and time on each line.
  private static func programLines(_ lines: [String], until reason: String) -> [String] {
    let end = lines.lastIndex { $0.contains(reason) } ?? lines.endIndex
    let numbered = lines.contains { $0.hasPrefix("#") && $0.contains(" ERROR: ") }
    let said = lines[..<end].compactMap { line -> String? in
      guard numbered else { return line }
      let words = line.split(separator: " ", maxSplits: 2, omittingEmptySubsequences: false)
      guard words.count == 3, words[0].hasPrefix("#"), Double(words[1]) != nil else { return nil }
      return String(words[2])
    }
    let builders = ["STEP ", "Step ", "-->", "time=", " ---> ", "Removing intermediate container", "Sending build "]
    let from = said.lastIndex { $0.hasPrefix("STEP ") || $0.hasPrefix("Step ") }.map { $0 + 1 } ?? 0
    return said[from...].filter { line in !builders.contains { line.hasPrefix($0) } }
  }

  /// The reason that the builder itself prints.
  private static func builderReason(_ lines: [String]) -> String? {
    let said = lines.filter { !$0.hasPrefix("time=") }
    // docker's legacy builder; an error before this line is the program's own.
    if let last = said.last, last.hasPrefix("The command '") { return last }
    if let panic = said.last(where: { $0.hasPrefix("panic: ") }) {
      return "the builder crashed: \(panic.dropFirst("panic: ".count))"
    }
    if let error = said.last(where: { $0.lowercased().hasPrefix("error") }) {
      let text = error.drop { $0.isLetter }.drop { $0 == ":" || $0 == " " }
      let inner = text.hasPrefix("response from daemon: ") ? text.dropFirst("response from daemon: ".count) : text
      // After an unknown instruction buildah prints its whole step, including build arguments, which must not get into
      // a record.
      let sentence = inner[..<(inner.firstRange(of: " &imagebuilder.")?.lowerBound ?? inner.endIndex)]
      if !sentence.isEmpty { return String(sentence) }
    }
    return said.last
  }

  /// The base image that a message is about: one that the Dockerfile names, or its only one; if the Dockerfile is not
  /// available, the URL in the message.
  private static func image(in reason: String, _ order: BuildOrder) -> String {
    let images = order.baseImages
    let named = images.filter {
      reason.contains($0) || reason.contains(($0.split(separator: ":").first.map(String.init) ?? $0))
    }
    if let image = named.max(by: { $0.count < $1.count }) ?? images.first { return image }
    guard let url = reason.firstRange(of: "docker://")?.upperBound else { return "unknown" }
    let rest = reason[url...]
    return String(rest[..<(rest.firstRange(of: ": ")?.lowerBound ?? rest.endIndex)])
  }

  /// The innermost error of a Go program's chain, with the one before it.
  static func cause(_ reason: String) -> String {
    // A colon without a space after it is part of an address.
    let colons = reason.indices.filter { reason[$0...].hasPrefix(": ") }
    guard colons.count > 1 else { return reason }
    return String(reason[reason.index(colons[colons.count - 2], offsetBy: 2)...])
  }
}

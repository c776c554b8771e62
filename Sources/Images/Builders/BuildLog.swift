import Command
import Dockerfiles
import Glibc
import Records

/// The log of one build: the builder's output, in order, in a file and on standard error. It is written at once and in
/// whole lines, so that the file can be followed. The last lines are kept to explain a failure.
final class BuildLog: @unchecked Sendable {
  let path: String
  private let call: Call
  private var file: OpenFile?
  private var pending: [UInt8] = []
  private(set) var lastLines: [String] = []
  /// The Dockerfile, once it is known.
  private(set) var dockerfile: Dockerfile?
  /// The builder's last message about the current instruction: `[1/2] STEP 3/4: RUN make`; docker's legacy builder:
  /// `Step 3/4 : RUN make`.
  private(set) var step: String?
  /// The context that the builder reads; it may be deleted meanwhile.
  private weak var context: UnpackedContext?
  /// Temporary paths, and the user's names for them.
  private var names: [(temporary: String, own: String)] = []
  /// The image of the last step that buildah or podman completed: `--> 83b588cf360d`.
  private(set) var lastStep: String?
  /// A longer line is passed on in pieces.
  private static let lineLimit = 65_536
  private static let kept = 80

  init(_ path: String, call: Call) throws {
    self.path = path
    self.call = call
    let flags = O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_NOFOLLOW | O_NONBLOCK
    do { file = try OpenFile(path, flags, mode: 0o600) } catch {
      let failure = { SystemError("cannot write the log '\(path)'", $0, code: .cannotCreate) }
      // There may be a directory or FIFO of that name, or the parent may be missing.
      guard Files.clear(path) else { throw failure(error.number) }
      file = try OpenFile(path, flags, mode: 0o600, failure)
    }
  }

  /// Throws for a Dockerfile that no builder supports; from here on, paths in the builder's output are shown as the
  /// application's.
  /// - Parameter foreign: see ``UnpackedContext/checkedDockerfile(_:foreign:)``; nil leaves checking to the builder.
  func begin(_ context: UnpackedContext, _ order: BuildOrder, foreign: Bool?) throws {
    self.context = context
    if let foreign { dockerfile = try context.checkedDockerfile(order, foreign: foreign) }
    let places = [context.directory] + ((try? Files.resolve(context.directory)).map { [$0] } ?? [])
    let head = "\(order.app.dir)/\(order.context.dockerfile)"
    names = places.map { ($0 + ".head", head) } + places.map { ($0, order.app.dir) }
  }

  /// Runs a program and logs its output. Throws ``BuilderFailed`` if its status is not 0, and ``BuildError/lost`` if
  /// its context was deleted, since it may not have seen all of it.
  func run(
    _ argv: [String], input: [UInt8]? = nil, inputFile: Int32? = nil, environment: [String: String?] = [:],
    directory: String? = nil
  ) throws {
    let result = try Child.run(
      argv, input: input, inputFile: inputFile, output: .bytes { [self] in add($0) }, errors: .joined,
      environment: environment, directory: directory)
    if context?.isLost == true { throw BuildError.lost }
    guard result.succeeded else { throw BuilderFailed(program: argv[0], status: result.status) }
  }

  private func add(_ bytes: UnsafeRawBufferPointer) {
    // Only the new bytes can contain a line end.
    let end = bytes.lastIndex(of: 0x0A)
    if let end {
      pending += bytes[...end]
      flush()
      pending += bytes[(end + 1)...]
    } else {
      pending += bytes
    }
    if pending.count > BuildLog.lineLimit { flush() }
  }

  private func flush() {
    guard !pending.isEmpty else { return }
    var text = String(decoding: pending, as: UTF8.self)
    for name in names where text.contains(name.temporary) {
      text.replace(name.temporary, with: name.own)
      pending = Array(text.utf8)
    }
    do { try file?.write(pending) } catch {
      call.warn("cannot write the log '\(path)': \(errnoText(error.number))")
      file = nil
    }
    pending.removeAll(keepingCapacity: true)
    call.pass(text)
    let lines = text.split(whereSeparator: \.isNewline).suffix(BuildLog.kept).map { BuildLog.plain($0) }.filter {
      !$0.isEmpty
    }
    let isStep = { (line: String) in
      line.hasPrefix("STEP ") || line.hasPrefix("Step ") || (line.hasPrefix("[") && line.contains("] STEP "))
    }
    step = lines.last(where: isStep) ?? step
    for line in lines where line.hasPrefix("--> ") && !line.hasPrefix("--> Using") {
      lastStep = String(line.dropFirst(4))
    }
    lastLines = Array((lastLines + lines).suffix(BuildLog.kept))
  }

  /// Logs a line of our own.
  func write(_ line: String) {
    pending += Array((line + "\n").utf8)
    flush()
  }

  /// Passes on what is left.
  func finish() {
    flush()
    file = nil
  }

  /// The line without terminal escape sequences and control characters, cut if longer than any message.
  private static func plain(_ line: Substring) -> String {
    var out = String.UnicodeScalarView(), inEscape = false
    for scalar in line.unicodeScalars.prefix(4_096) {
      if scalar == "\u{1B}" {
        inEscape = true
      } else if inEscape {
        if ("A"..."Z").contains(scalar) || ("a"..."z").contains(scalar) { inEscape = false }
      } else if scalar.value >= 0x20, !(0x7F...0x9F).contains(scalar.value) {
        out.append(scalar)
      }
    }
    return String(out)
  }
}

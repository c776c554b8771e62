import Command
import Glibc
import Records

/// The log of one build: what the builder says, in the order it says it, to a file and to standard error. In whole lines, and
/// written as they come, so that whoever follows the file sees the build. The last lines are kept to explain a failure.
final class BuildLog: @unchecked Sendable {
  let path: String
  private let call: Call
  private var descriptor: Int32
  private var pending: [UInt8] = []
  private(set) var lastLines: [String] = []
  /// A line longer than this is passed on in pieces.
  private static let lineLimit = 65_536
  private static let kept = 80

  init(_ path: String, call: Call) throws {
    self.path = path
    self.call = call
    descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_NOFOLLOW | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw SystemError("cannot write the log '\(path)'", errno, code: .cannotCreate) }
  }

  deinit { if descriptor >= 0 { close(descriptor) } }

  /// Runs a program whose words are the log. Throws ``BuilderFailed`` when it does not end with 0.
  func run(_ argv: [String], input: [UInt8]? = nil, inputFile: Int32? = nil, environment: [String: String?] = [:], directory: String? = nil) throws {
    let result = try Child.run(
      argv, input: input, inputFile: inputFile, output: .bytes { [self] in add($0) }, errors: .joined, environment: environment, directory: directory)
    guard result.succeeded else { throw BuilderFailed(program: argv[0], status: result.status) }
  }

  private func add(_ bytes: UnsafeRawBufferPointer) {
    // Only the new bytes can hold the end of a line.
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
    let text = String(decoding: pending, as: UTF8.self)
    if descriptor >= 0 {
      do { try writeAll(pending, to: descriptor) } catch {
        call.warn("cannot write the log '\(path)': \(errnoText(error.errno))")
        close(descriptor)
        descriptor = -1
      }
    }
    pending.removeAll(keepingCapacity: true)
    call.pass(text)
    let lines = text.split(whereSeparator: \.isNewline).suffix(BuildLog.kept).map { BuildLog.plain($0) }.filter { !$0.isEmpty }
    lastLines = Array((lastLines + lines).suffix(BuildLog.kept))
  }

  /// A line of our own.
  func write(_ line: String) {
    pending += Array((line + "\n").utf8)
    flush()
  }

  /// Passes on what is left.
  func finish() {
    flush()
    if descriptor >= 0 { close(descriptor) }
    descriptor = -1
  }

  /// Without the terminal's escape sequences and control characters. Whole, unless it is longer than any sentence.
  private static func plain(_ line: Substring) -> String {
    var out = String.UnicodeScalarView(), inEscape = false
    for scalar in line.unicodeScalars.prefix(4_096) {
      if scalar == "\u{1B}" { inEscape = true } else if inEscape {
        if ("A"..."Z").contains(scalar) || ("a"..."z").contains(scalar) { inEscape = false }
      } else if scalar.value >= 0x20, !(0x7F...0x9F).contains(scalar.value) { out.append(scalar) }
    }
    return String(out)
  }
}

import Command
import Records
import Synchronization

/// The values that this run has looked up, by what was asked for.
private final class Answers: Sendable {
  let known = Mutex<[String: String]>([:])
}

/// The value of a setting that comes from elsewhere, by `draft-value-KIND` on PATH: its `from` is a line of JSON on the
/// program's standard input, the value is what it prints, without the line feed at the end. draft-value(7) says more.
/// Asks once for each in a run.
/// - Throws: ``ReleaseError``.
func lookUp(_ setting: Values.Setting, call: Call) throws -> String {
  let kinds = setting.from?.object?.map(\.name).filter { $0 != "provider" } ?? []
  guard let from = setting.from, kinds.count == 1, isKind(kinds[0]) else {
    throw ReleaseError.badReference(key: setting.key, source: setting.source)
  }
  let memory = call.memory.value(Answers.init)
  if let known = memory.known.withLock({ $0[from.text] }) { return known }
  let program = "draft-value-\(kinds[0])"
  guard let path = Child.find(program) else {
    throw ReleaseError.noResolver(key: setting.key, source: setting.source, kind: kinds[0])
  }
  guard !Child.isStrangers(path) else { throw ReleaseError.strangersResolver(path: path) }
  call.debug("'\(setting.key)' is looked up by \(path)")
  let result = try Child.run(
    [path], input: from.bytes + [0x0A], output: .capture, errors: .capture,
    environment: [
      "PATH": (call.variable("PATH") ?? "").split(separator: ":").filter { $0.hasPrefix("/") }
        .joined(separator: ":")
    ],
    slow: { call.say("Waiting for \(program), for '\(setting.key)'") })
  func failed(_ said: String, _ code: ExitCode = .unavailable) -> ReleaseError {
    .notResolved(key: setting.key, source: setting.source, program: program, said: said, code: code)
  }
  guard result.succeeded else {
    let said = result.errorText.lines.map(\.trimmed).last { !$0.isEmpty } ?? "it exited with \(result.status)"
    let code = ExitCode(rawValue: result.status).flatMap { $0.rawValue >= ExitCode.usage.rawValue ? $0 : nil }
    throw failed(said, code ?? .unavailable)
  }
  var bytes = result.output[...]
  if bytes.last == 0x0A { bytes.removeLast() }
  guard !bytes.isEmpty else { throw failed("it printed nothing") }
  guard bytes.count <= 1 << 20, !bytes.contains(0), let text = String(validating: bytes, as: UTF8.self) else {
    throw failed("what it printed is not a text of at most 1 MB")
  }
  memory.known.withLock { $0[from.text] = text }
  return text
}

/// Letters, digits and `-`: the name of a program, and never a path.
private func isKind(_ text: String) -> Bool {
  text.utf8.first.map { $0 != UInt8(ascii: "-") } ?? false
    && text.utf8.allSatisfy {
      (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0) || $0 == UInt8(ascii: "-")
    }
}

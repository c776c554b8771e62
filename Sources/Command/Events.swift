import CSystem
import Glibc
import Records

/// JSON-line events in the file named by `DRAFT_EVENTS`, for tools that follow along. Each event is one append, so the
/// stages of a pipe can share the file. Members: event (`started`, `finished`), stage, app, environment; on `finished`
/// also code, seconds, bytes.
struct Events {
  private let stage: String
  private let app: JSON?
  private let environment: JSON?
  private let begun = csystem_nanoseconds()
  private let path = environmentVariable("DRAFT_EVENTS")

  init(stage: String, record: Record) {
    self.stage = stage
    let app = path == nil ? nil : try? record[App.name]
    self.app = app?["name"]
    environment = app?["environment"]
  }

  func started() { write("started", [:]) }

  func finished(_ code: ExitCode, bytes: Int) {
    write(
      "finished",
      [
        "code": .integer(Int(code.rawValue)), "bytes": .integer(bytes),
        "seconds": .number(formatted(Double(csystem_nanoseconds() - begun) / 1e9, digits: 6))
      ])
  }

  private func write(_ event: String, _ more: KeyValuePairs<String, JSON>) {
    guard let path else { return }
    var line = JSON.members(["event": .string(event), "stage": .string(stage), "app": app, "environment": environment])
    for (name, value) in more { line[name] = value }
    // Events must never stop the work: if the file cannot be written, go on without.
    guard let file = try? OpenFile(path, O_WRONLY | O_APPEND | O_CREAT, mode: 0o644) else { return }
    try? file.write(line.bytes + [0x0A])
  }
}

/// A number with a fixed number of decimals: `85.990338`.
public func formatted(_ value: Double, digits: Int) -> String {
  var buffer = [CChar](repeating: 0, count: 64)
  let count = csystem_format_double(&buffer, buffer.count, Int32(digits), value)
  return String(decoding: buffer.prefix(Int(max(0, min(count, 63)))).map { UInt8(bitPattern: $0) }, as: UTF8.self)
}

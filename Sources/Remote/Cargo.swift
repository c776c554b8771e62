import Archives
import Command
import Glibc
import Helm
import Records

/// What is sent of a record: three members without their paths, the draft.toml, and the files by their digests.
final class Cargo: @unchecked Sendable {
  let app: App
  let members: [(name: String, value: JSON)]
  let files: [String: Payload]
  /// Whether all requested files have been sent. After that, a lost connection may have left work behind, and is not
  /// retried here.
  var isDelivered = false

  init(app: App, context: Context, chart: Chart?) throws {
    self.app = app
    let parts = try context.payload.parts()
    let isDivided = parts != [context.payload]
    var record = Record(), context = context, chart = chart
    files = Dictionary(([context.payload] + parts + [chart?.payload].compactMap(\.self)).map { ($0.digest, $0) }) {
      first, _ in first
    }
    // Paths mean nothing on the server and are private.
    context.payload.path = ""
    chart?.payload.path = ""
    record.set(
      App(
        name: app.name, dir: "/", environment: app.environment, namespace: app.namespace, context: app.context,
        by: author(of: app)))
    record.set(context)
    if let chart { record.set(chart) }
    let list: JSON? =
      isDivided ? .array(parts.map { .members(["digest": .string($0.digest), "size": .integer($0.size)]) }) : nil
    let toml = app.dir + "/draft.toml"
    let settings: JSON? = Files.exists(toml) ? .string(try Files.readText(toml, limit: 1 << 20)) : nil
    members =
      [("record", try JSON(parsing: record.bytes))]
      + [("parts", list), ("settings", settings)].compactMap { name, value in value.map { (name, $0) } }
  }

  /// Sends a file from an offset on.
  func send(_ digest: String, from offset: Int, over link: Link) throws {
    guard let file = files[digest] else { throw RemoteError.violation("it requests a file that was not offered") }
    let open = try file.open()
    guard (0...file.size).contains(offset) else { throw RemoteError.violation("it requests more than the file has") }
    var done = offset, chunk = [UInt8](repeating: 0, count: Frame.chunk)
    while done < file.size {
      let wanted = min(chunk.count, file.size - done)
      let count = chunk.withUnsafeMutableBytes {
        (try? open.read(into: UnsafeMutableRawBufferPointer(rebasing: $0[..<wanted]), at: done)) ?? 0
      }
      guard count > 0 else { throw ArchiveError.payloadDiffers(path: file.path) }
      try link.send(
        .members([
          "type": .string("chunk"), "digest": .string(digest), "offset": .integer(done), "size": .integer(count)
        ]), Array(chunk[..<count]))
      done += count
    }
  }
}

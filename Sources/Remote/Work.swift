import Archives
import Command
import Contexts
import Glibc
import Records
import Settings

/// A record that a client wants handled.
struct Work: Sendable {
  struct Blob: Sendable {
    var digest: String
    var size: Int
    var kind: Intake.Kind
  }

  /// Limits in bytes for one file, and for all files of a record.
  private static let fileLimit = 8 << 30, limit = 32 << 30

  let id: Int
  let app: App
  let context: Context
  let chart: Chart?
  /// The text of the application's draft.toml.
  let settings: String?
  let blobs: [Blob]
  /// Digests that have not arrived yet, those requested a second time, and the path of each file here.
  var missing: Set<String> = [], again: Set<String> = []
  var paths: [String: String] = [:]

  /// Checks all that the client sends: names, digests, and sizes within limits; its paths are ignored.
  init(_ frame: JSON) throws {
    guard let id = frame["id"]?.integer, let record = frame["record"], record.object != nil else {
      throw RemoteError.violation("work without a record")
    }
    self.id = id
    let line = try Record(record.bytes)
    app = try line.required()
    guard Name.isApplication(app.name), Name.isNamespace(app.namespace), Name.isEnvironment(app.environment) else {
      throw RemoteError.violation("an application without a valid name")
    }
    context = try line.required()
    chart = try line.member()
    settings = frame["settings"]?.string
    guard (settings?.utf8.count ?? 0) <= 1 << 20 else { throw RemoteError.violation("a draft.toml of more than 1 MB") }

    let isIndex = context.payload.mediaType == MediaType.contextIndex
    var blobs = [Blob(digest: context.payload.digest, size: context.payload.size, kind: isIndex ? .index : .context)]
    if let chart {
      guard Work.isFileName(chart.name), Work.isFileName(chart.version) else {
        throw RemoteError.violation("a chart without a valid name")
      }
      blobs.append(
        Blob(
          digest: chart.payload.digest, size: chart.payload.size,
          kind: .chart(file: "\(chart.name)-\(chart.version).tgz")))
    }
    for part in frame["parts"]?.array ?? [] where isIndex {
      guard let digest = part["digest"]?.string, let size = part["size"]?.integer else {
        throw RemoteError.violation("a part without digest and size")
      }
      blobs.append(Blob(digest: digest, size: size, kind: .context))
    }
    guard blobs.count <= 4_096,
      blobs.allSatisfy({ Intake.isDigest($0.digest) && (0...Work.fileLimit).contains($0.size) }),
      blobs.reduce(0, { $0 + $1.size }) <= Work.limit
    else {
      throw RemoteError.violation("files that are too many, too large or without a digest")
    }
    self.blobs = blobs
  }

  /// Whether it is safe as part of a path.
  private static func isFileName(_ text: String) -> Bool {
    guard let first = text.utf8.first, first != UInt8(ascii: "."), first != UInt8(ascii: "-"), text.utf8.count <= 128
    else { return false }
    return text.utf8.allSatisfy {
      (0x30...0x39).contains($0) || (0x61...0x7A).contains($0 | 0x20) || "-._+".utf8.contains($0)
    }
  }

  /// Runs the record through the stages; returns the resulting members, with a failure if a stage failed.
  func run(
    in place: WorkPlace, _ orders: StageOrders, _ cluster: ClusterAccess?, log: @escaping @Sendable (String) -> Void
  ) -> [(name: String, value: JSON)] {
    var by = "draft-serve"
    do {
      let directory = try Temporary.directory(in: place.path)
      defer { Temporary.remove(directory) }
      if let settings {
        try Files.write(Array(settings.utf8), to: directory + "/draft.toml", mode: 0o600, durable: false)
      }
      var record = try record(in: directory, cluster)
      for stage in orders.stages {
        by = "draft-" + stage
        record = try orders.run(stage, record, environment: cluster?.environment ?? [:], log: log)
        if record.has(Failure.name) { forgetDamaged(); break }
      }
      return try ["image", "push", "values", "release", "tasks", Failure.name].compactMap { name in
        try record[name].map { (name, $0) }
      }
    } catch { return failed(error, by: by) }
  }

  /// The `failure` member for an error.
  func failed(_ error: any Error, by: String = "draft-serve") -> [(name: String, value: JSON)] {
    let diagnosis = diagnosis(of: error, by: by)
    return [
      (Failure.name, Failure(by: by, code: diagnosis.exitCode, message: diagnosis.message, hint: diagnosis.hint).json)
    ]
  }

  /// The record for the stages here: every path is one of this machine's.
  private func record(in directory: String, _ cluster: ClusterAccess?) throws -> Record {
    var app = app, context = context, chart = chart
    app.dir = directory
    if let cluster { app.context = cluster.context }
    context.payload.path = paths[context.payload.digest] ?? ""
    if let digest = chart?.payload.digest { chart?.payload.path = paths[digest] ?? "" }
    var record = Record()
    record.set(app)
    record.set(context)
    if let chart { record.set(chart) }
    return record
  }

  /// Removes cached files that were damaged after they arrived, so that the next try sends them again.
  private func forgetDamaged() {
    for (digest, path) in paths {
      guard let blob = blobs.first(where: { $0.digest == digest }) else { continue }
      do { try Payload(path: path, mediaType: "", digest: digest, size: blob.size).verify() } catch { unlink(path) }
    }
  }
}

/// The directory of this process in `serve` of the draft home, with a directory for each record in progress. It is
/// locked as long as the process lives; a later process removes unlocked ones.
final class WorkPlace: Sendable {
  let path: String
  private let lock: OpenFile

  init(_ home: Home) throws {
    let parent = try home.directory("serve")
    Cache(parent, kept: 0).sweep { other in
      guard let file = try? OpenFile(other.path + "/lock", O_RDWR | O_NOFOLLOW) else { return false }
      return file.tryLock()
    }
    path = try Temporary.directory(in: parent)
    // Locked before it is renamed into place, so that it is never seen unlocked.
    let made = path + "/lock.new"
    lock = try OpenFile(made, O_RDWR | O_CREAT, mode: 0o600) { [path] in
      SystemError("cannot create '\(path)'", $0, code: .cannotCreate)
    }
    guard lock.tryLock(), rename(made, path + "/lock") == 0 else {
      throw SystemError("cannot create '\(path)'", errno, code: .cannotCreate)
    }
  }

  func remove() { Temporary.remove(path) }
}

import Command
import HTTP
import Images
import OCI
import Records

/// Uploads all blobs of an image, a few at a time, each thread with its own connection. The first failure stops the
/// others.
final class Uploads: @unchecked Sendable {
  static let threads = 4

  struct Counts: Equatable {
    var bytes = 0, mounted = 0, existing = 0
  }

  private let client: RegistryClient
  private let layout: ImageLayout
  private let blobs: [Descriptor]
  private let memory: PushMemory
  private let origins: [Digest: Origin]
  /// Up to this size, blobs are sent without asking for them, since they are most likely new.
  private let unasked: Int
  private let progress: Progress
  private let lock = Lock()
  private var next = 0
  private var running = 0
  private var counts = Counts()
  private var failure: (any Error)?

  init(
    client: RegistryClient, layout: ImageLayout, blobs: [Descriptor], memory: PushMemory, origins: [Digest: Origin],
    unasked: Int, progress: Progress
  ) {
    self.client = client
    self.layout = layout
    // Largest first, so that the last thread is not left with the longest upload.
    self.blobs = blobs.sorted { ($1.size, $0.digest.hex) < ($0.size, $1.digest.hex) }
    self.memory = memory
    self.origins = origins
    self.unasked = unasked
    self.progress = progress
  }

  /// Returns when every blob is in the registry, or throws the first failure once all threads have stopped.
  /// - Parameter connection: this thread's own, which is already open.
  func run(_ connection: Connection) throws -> Counts {
    let helpers = min(Uploads.threads, blobs.count) - 1
    running = max(0, helpers)
    for _ in 0..<max(0, helpers) {
      Thread.detachOrDo { [self] in
        do {
          let connection = try client.connections.take(client.host)
          work(connection)
          client.connections.give(connection, for: client.host)
        } catch { fail(error) }
        lock.locked {
          running -= 1; lock.broadcast()
        }
      }
    }
    work(connection)
    lock.lock()
    while running > 0 { lock.wait() }
    defer { lock.unlock() }
    if let failure { throw failure }
    return counts
  }

  private func work(_ connection: Connection) {
    while let blob = take() {
      do {
        let origin = origins[blob.digest], asks = blob.size > unasked || origin != nil
        let outcome = try BlobUpload(
          client: client, connection: connection, layout: layout, blob: blob, asks: asks,
          candidates: asks ? candidates(blob, origin) : [],
          origin: origin, progress: progress
        ).run()
        lock.locked {
          switch outcome {
          case .existing: counts.existing += 1
          case .mounted: counts.mounted += 1
          case .uploaded: counts.bytes = counts.bytes.plus(blob.size)
          }
        }
        progress.finish(blob)
      } catch {
        return fail(error)
      }
    }
  }

  private func candidates(_ blob: Descriptor, _ origin: Origin?) -> [String] {
    let repository = client.reference.repository, known = memory.candidates(for: blob.digest, notIn: repository)
    guard let home = origin?.reference, home.registry == client.reference.registry, home.repository != repository else {
      return known
    }
    return [home.repository] + known.filter { $0 != home.repository }
  }

  private func take() -> Descriptor? {
    lock.locked {
      guard failure == nil, next < blobs.count else { return nil }
      defer { next += 1 }
      return blobs[next]
    }
  }

  private func fail(_ error: any Error) {
    lock.locked { if failure == nil { failure = error } }
    client.stop()
  }
}

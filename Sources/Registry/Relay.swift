import Archives
import CSystem
import Command
import Glibc
import HTTP
import Images
import OCI

/// Copies a blob from another registry as it arrives, without a file. Digest and size are checked on the way, and the
/// last piece is held back until they match.
struct Relay {
  let client: RegistryClient
  let connection: Connection
  let blob: Descriptor
  let origin: Origin
  let progress: Progress

  /// The blob is not available from its origin.
  struct Gone: Error {
    var reason: String
  }

  func run(_ mounted: RegistryClient.Upload?) throws {
    let source = client.other(origin.reference)
    var upload = mounted, retry = Retry()
    while true {
      do { return try once(try upload ?? client.startUpload(blob, on: connection), source) } catch {
        if client.stopped { throw error }
        let reason = (error as? Gone)?.reason ?? sentence(error)
        client.call.debug("cannot copy \(blob.digest.short) from \(origin.reference.name): \(reason)")
        upload = nil
        progress.set(blob, sent: 0)
        guard let failure = error as? Interrupted, let pause = retry.pause() else { throw Gone(reason: reason) }
        try client.wait(pause, because: failure.reason)
      }
    }
  }

  /// A failure that may not happen again.
  private struct Interrupted: Error, CustomStringConvertible {
    var reason: String
    var description: String { reason }
  }

  private func once(_ upload: RegistryClient.Upload, _ from: RegistryClient) throws {
    var ends: [Int32] = [0, 0]
    guard csystem_pipe(&ends) == 0 else { throw SystemError("cannot create a pipe", errno) }
    let source = OpenFile(ends[0]), fetch = Fetch(from, blob, to: OpenFile(ends[1]))
    Thread.detach { fetch.run() }
    var request = HTTPRequest(
      method: "PUT", address: upload.address.adding("digest", blob.digest.description),
      purpose: client.uploadPurpose(blob))
    request.headers = [("Content-Type", "application/octet-stream")]
    request.body = .stream(descriptor: source.descriptor, size: blob.size)
    request.stallSeconds = 600
    request.onSent = { [progress, blob] count in
      progress.add(blob, count); return true
    }
    let sent = Result { try client.send(request, on: connection, scope: [client.pushScope], retrying: false) }
    // This tells a fetch that still writes that nothing reads any more.
    _ = consume source
    if let failure = fetch.wait() { throw failure }
    let response: HTTPResponse
    do { response = try sent.get() } catch { throw Interrupted(reason: sentence(error)) }
    guard response.status == 201 || response.status == 204 else {
      if Retry.isTransient(response.status) || [401, 404, 416].contains(response.status) {
        throw Interrupted(reason: "\(response.status) from \(client.host)")
      }
      throw client.refusal(response, request)
    }
  }

  /// The reading half, in a thread of its own.
  private final class Fetch: @unchecked Sendable {
    private let source: RegistryClient
    private let blob: Descriptor
    private var target: OpenFile?
    private let lock = Lock()
    private var isDone = false
    private var failure: (any Error)?
    private var hash = SHA256()
    private var count = 0
    private var held: [UInt8] = []
    private var wrote = true

    init(_ source: RegistryClient, _ blob: Descriptor, to target: consuming OpenFile) {
      self.source = source
      self.blob = blob
      self.target = consume target
    }

    func run() {
      var result: (any Error)?
      do {
        let connection = try source.connections.take(source.host)
        try get(connection)
        source.connections.give(connection, for: source.host)
      } catch { result = error }
      target = nil
      lock.locked {
        failure = result; isDone = true; lock.broadcast()
      }
    }

    func wait() -> (any Error)? {
      lock.lock()
      defer { lock.unlock() }
      while !isDone { lock.wait() }
      // If nothing reads any more, the writing half has the reason.
      return wrote ? failure : nil
    }

    private func get(_ connection: Connection) throws {
      var request = HTTPRequest(
        method: "GET", address: source.address("blobs/\(blob.digest)"),
        purpose: "fetch '\(source.reference.name)@\(blob.digest.short)'")
      request.onBody = { [self] in take($0) }
      let response: HTTPResponse
      do {
        response = try source.send(
          request, on: connection, scope: ["repository:\(source.reference.repository):pull"], retrying: false)
      } catch {
        if count > blob.size { throw Gone(reason: "\(source.host) sends another blob") }
        if case RegistryError.unreachable(_, let host, let reason) = error, count > 0 {
          throw Interrupted(reason: "\(host): \(reason)")
        }
        throw error
      }
      guard response.status == 200 else {
        if Retry.isTransient(response.status) { throw Interrupted(reason: "\(response.status) from \(source.host)") }
        throw Gone(reason: "\(response.status) from \(source.host)")
      }
      guard count == blob.size, Digest("sha256:" + hash.finish()) == blob.digest else {
        throw Gone(reason: "\(source.host) sends another blob")
      }
      write(held)
    }

    private func take(_ bytes: UnsafeRawBufferPointer) -> Bool {
      count += bytes.count
      guard count <= blob.size else { return false }
      write(held)
      hash.update(bytes)
      held = Array(bytes)
      return wrote
    }

    private func write(_ bytes: [UInt8]) {
      do { if wrote { try target?.write(bytes) } } catch { wrote = false }
    }
  }
}

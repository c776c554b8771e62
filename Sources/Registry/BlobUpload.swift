import Command
import Glibc
import HTTP
import Images
import OCI
import Records

/// Brings one blob to the registry: finds it there, mounts it from another repository, or uploads it.
///
/// A blob that fits one chunk is sent whole. Larger ones are sent in chunks, so that a broken connection costs one
/// chunk: the upload resumes where the registry says it has come, or restarts if it cannot say. A registry without
/// chunks gets the whole blob. Source: https://github.com/opencontainers/distribution-spec/blob/main/spec.md#push
struct BlobUpload {
  enum Outcome: Equatable { case existing, mounted, uploaded }

  let client: RegistryClient
  let connection: Connection
  let layout: ImageLayout
  let blob: Descriptor
  /// Whether to ask first if the registry has it.
  var asks = true
  /// Repositories that may have the blob, the likeliest first.
  let candidates: [String]
  /// The registry to copy it from if it is not in the layout.
  var origin: Origin?
  let progress: Progress
  var chunk = 32 << 20

  /// The upload was interrupted; trying again may help.
  private struct Interruption: Error {
    var error: any Error
    /// For the user.
    var reason: String
    var retryAfter: String?
    /// Whether the upload has to restart from the beginning.
    var anew = false
    /// Whether the only fault is that an idle connection was closed.
    var isIdle = false
  }

  /// The registry does not accept chunks.
  private struct NoChunks: Error {}

  func run() throws -> Outcome {
    if asks, try client.hasBlob(blob, on: connection) { return .existing }
    var upload: RegistryClient.Upload?
    for candidate in candidates {
      switch try client.mount(blob, from: candidate, on: connection) {
      case .mounted: return .mounted
      case .upload(let opened): upload = opened
      case .refused: break
      }
      if upload != nil { break }
    }
    if let origin {
      try Relay(client: client, connection: connection, blob: blob, origin: origin, progress: progress).run(upload)
      return .uploaded
    }
    let file = try layout.open(blob)
    return try send(file.descriptor, upload)
  }

  private func send(_ file: Int32, _ mounted: RegistryClient.Upload?) throws -> Outcome {
    var upload = mounted, offset = 0, inChunks = blob.size > chunk, wasIdle = false
    var retry = Retry()
    while true {
      do {
        var current = try upload ?? client.startUpload(blob, on: connection)
        upload = current
        while inChunks, offset < blob.size {
          let before = offset
          try sendChunk(file, &current, &offset)
          upload = current
          if offset > before { retry.reset() }
        }
        try finish(file, current, from: offset)
        return .uploaded
      } catch is NoChunks {
        client.call.debug("\(client.host) does not accept chunks; sending \(blob.digest.short) as a whole")
        (inChunks, offset, upload) = (false, 0, nil)
      } catch let interruption as Interruption {
        if interruption.isIdle, !wasIdle {
          wasIdle = true
        } else {
          guard let pause = retry.pause(retryAfter: interruption.retryAfter) else { throw interruption.error }
          try client.wait(pause, because: interruption.reason)
        }
        (upload, offset) = interruption.anew ? (nil, 0) : try progressMade(upload, offset)
        // An upload in one piece cannot be resumed; if nothing of it arrived, send it there again.
        if !inChunks, offset > 0 { (upload, offset) = (nil, 0) }
        // Only the answer may have been lost.
        if upload == nil, try client.hasBlob(blob, on: connection) {
          progress.set(blob, sent: blob.size); return .uploaded
        }
      }
      progress.set(blob, sent: offset)
    }
  }

  /// Sends the next chunk, and moves on to the offset that the registry reports.
  private func sendChunk(_ file: Int32, _ upload: inout RegistryClient.Upload, _ offset: inout Int) throws {
    let end = min(blob.size, offset + max(chunk, upload.minimumChunk))
    var request = partial("PATCH", upload.address, file, offset..<end)
    request.headers.append(("Content-Range", "\(offset)-\(end - 1)"))
    let response = try exchange(request)
    switch response.status {
    case 202:
      upload = try client.upload(response, request)
      let come = try response["range"].map { try rangeEnd($0, request) } ?? end
      guard (offset...end).contains(come), come > offset else {
        throw RegistryError.answer(
          purpose: request.purpose, host: request.address.host,
          reason: "it says 'Range: \(response["range"] ?? "")' after bytes \(offset) to \(end - 1)")
      }
      offset = come
    case let status where offset == 0 && [400, 404, 405, 411, 413, 415, 501].contains(status): throw NoChunks()
    case 404, 416:
      throw Interruption(
        error: client.refusal(response, request), reason: "\(response.status) from \(request.address.host)")
    default: throw client.refusal(response, request)
    }
  }

  /// Sends the rest, or the whole blob if nothing was sent before, and has the registry check the digest.
  private func finish(_ file: Int32, _ upload: RegistryClient.Upload, from offset: Int) throws {
    var request = partial("PUT", upload.address.adding("digest", blob.digest.description), file, offset..<blob.size)
    if offset > 0, offset < blob.size { request.headers.append(("Content-Range", "\(offset)-\(blob.size - 1)")) }
    // A registry may read the whole blob again before it answers.
    request.stallSeconds = 600
    let response = try exchange(request)
    switch response.status {
    case 201, 204: return
    case 400 where String(decoding: response.body, as: UTF8.self).contains("DIGEST_INVALID"):
      // The registry may have received other bytes than were sent; only our file shows whether it is damaged itself.
      guard try layout.isWhole(blob) else {
        throw RegistryError.digest(purpose: request.purpose, host: request.address.host, path: layout.blob(blob.digest))
      }
      throw Interruption(
        error: client.refusal(response, request),
        reason: "\(request.address.host) received other bytes than were sent", anew: true)
    case 404, 416:
      throw Interruption(
        error: client.refusal(response, request), reason: "\(response.status) from \(request.address.host)")
    default: throw client.refusal(response, request)
    }
  }

  private func partial(_ method: String, _ address: Address, _ file: Int32, _ range: Range<Int>) -> HTTPRequest {
    var request = HTTPRequest(
      method: method, address: address, purpose: client.uploadPurpose(blob),
      headers: [("Content-Type", "application/octet-stream")])
    request.body = range.isEmpty ? .bytes([]) : .file(descriptor: file, range: range)
    let progress = progress, blob = blob
    request.onSent = { count in
      progress.add(blob, count); return true
    }
    return request
  }

  private func exchange(_ request: HTTPRequest) throws -> HTTPResponse {
    do {
      let response = try client.send(request, on: connection, scope: [client.pushScope], retrying: false)
      guard Retry.isTransient(response.status) else { return response }
      throw Interruption(
        error: client.refusal(response, request), reason: "\(response.status) from \(request.address.host)",
        retryAfter: response["retry-after"])
    } catch let error as RegistryError {
      if case .unreachable(_, _, let reason) = error {
        throw Interruption(
          error: error, reason: "the connection to \(request.address.host) broke",
          isIdle: reason == TransportError.closed)
      }
      throw error
    } catch TransportError.unreadable {
      throw RegistryError.unreadable(purpose: request.purpose, path: layout.blob(blob.digest))
    }
  }

  /// How far the registry has come; nil and 0 if the upload has to restart.
  private func progressMade(_ upload: RegistryClient.Upload?, _ offset: Int) throws -> (RegistryClient.Upload?, Int) {
    guard var upload else { return (nil, 0) }
    let request = HTTPRequest(method: "GET", address: upload.address, purpose: client.uploadPurpose(blob))
    let response = try client.send(request, on: connection, scope: [client.pushScope])
    guard response.status == 204, let range = response["range"], let come = try? rangeEnd(range, request),
      come <= blob.size
    else { return (nil, 0) }
    if response["location"] != nil { upload = try client.upload(response, request) }
    // Some report 0-0 for an upload that has nothing yet; no chunk of ours ends after one byte.
    return (upload, come == 1 ? 0 : come)
  }

  /// `0-1048575` is 1048576 bytes; some write `bytes=` before it.
  private func rangeEnd(_ text: String, _ request: HTTPRequest) throws(RegistryError) -> Int {
    let parts = (text.hasPrefix("bytes=") ? text.dropFirst(6) : text[...]).split(
      separator: "-", omittingEmptySubsequences: false)
    guard parts.count == 2, parts[0] == "0", let last = Number.whole(parts[1]), last >= 0 else {
      throw .answer(
        purpose: request.purpose, host: request.address.host, reason: "'Range: \(text)' is not a range that begins at 0"
      )
    }
    return last + 1
  }
}

import CSystem
import Command
import Images
import OCI
import Records

/// A line on a terminal with the progress of the upload, redrawn at most ten times a second. Silent elsewhere.
final class Progress: @unchecked Sendable {
  private let call: Call
  private let total: Int
  private let lock = Lock()
  private var sent: [Digest: Int] = [:]
  private var done = 0
  private let count: Int
  private var drawn: UInt64 = 0
  private var isVisible = false

  init(_ blobs: [Descriptor], call: Call) {
    self.call = call
    total = blobs.reduce(0) { $0.plus($1.size) }
    count = blobs.count
  }

  func add(_ blob: Descriptor, _ bytes: Int) {
    guard call.showsProgress else { return }
    lock.locked {
      sent[blob.digest, default: 0] = min(blob.size, (sent[blob.digest] ?? 0) + bytes); draw(force: false)
    }
  }

  func set(_ blob: Descriptor, sent bytes: Int) { lock.locked { sent[blob.digest] = bytes } }

  func finish(_ blob: Descriptor) {
    guard call.showsProgress else { return }
    lock.locked {
      sent[blob.digest] = blob.size; done += 1; draw(force: true)
    }
  }

  /// Clears the line, so that the next message begins at the margin.
  func clear() {
    lock.locked { if isVisible { call.redraw(nil); isVisible = false } }
  }

  private func draw(force: Bool) {
    let now = csystem_nanoseconds()
    guard force || now - drawn > 100_000_000 else { return }
    drawn = now
    isVisible = true
    let bytes = sent.values.reduce(0) { $0.plus($1) }
    call.redraw("--> \(size(bytes)) of \(size(total)), \(done) of \(count) blobs")
  }
}

/// A size for people: `640 B`, `12.3 MB`.
func size(_ bytes: Int) -> String {
  var value = Double(bytes)
  for unit in ["B", "KB", "MB", "GB"] {
    if value < 1000 || unit == "GB" { return unit == "B" ? "\(bytes) B" : "\(formatted(value, digits: 1)) \(unit)" }
    value /= 1000
  }
  return "\(bytes) B"
}

import CSystem
import Command
import Glibc

/// The log of a podman container, from the file podman keeps: each piece of a line as it was written, with its time,
/// its stream and whether the line continues.
///
///     2026-01-02T03:04:05.123456789+01:00 stdout P Working
///     2026-01-02T03:04:06.123456789+01:00 stdout F  ... done
///
/// `podman logs` is not used: 4.3 puts a time and a line feed into the middle of such a line, and with `--tail` the
/// pieces come in reverse order.
package struct ContainerLog {
  package let path: String
  /// conmon writes the file; once it has ended, nothing more will come.
  let conmon: Int

  /// nil if podman keeps the log elsewhere, as in the journal.
  package init?(of container: String, seconds: Int = Podman.patience) throws {
    let fields = ["HostConfig.LogConfig.Type", "HostConfig.LogConfig.Path", "State.ConmonPid"].map { "{{.\($0)}}" }
    let result = try Podman.run(
      ["container", "inspect", "--format=\(fields.joined(separator: "\t"))", container], seconds: seconds,
      doing: "inspect a container")
    let parts = result.outputText.trimmed.split(separator: "\t")
    guard result.succeeded, parts.count == 3, ["k8s-file", "json-file"].contains(parts[0]),
      access(String(parts[1]), R_OK) == 0
    else { return nil }
    (path, conmon) = (String(parts[1]), Int(parts[2]) ?? 0)
  }

  package init(path: String, conmon: Int) {
    self.path = path
    self.conmon = conmon
  }

  /// Joins the pieces of lines, for each stream separately.
  struct Joiner {
    private var record: [UInt8] = []
    private var begun: [(stream: [UInt8], text: [UInt8])] = []
    /// A line without an end is passed on at this length.
    private static let limit = 4 << 20

    /// Takes bytes of the file as they arrive, and passes on complete lines.
    mutating func take(_ bytes: ArraySlice<UInt8>, _ line: ([UInt8]) -> Void) {
      var rest = bytes
      while let feed = rest.firstIndex(of: 0x0A) {
        record += rest[..<feed]
        rest = rest[(feed + 1)...]
        piece(record[...], line)
        record.removeAll(keepingCapacity: true)
      }
      record += rest
    }

    /// TIME STREAM P|F TEXT; a tag may be followed by more after a colon.
    private mutating func piece(_ record: ArraySlice<UInt8>, _ line: ([UInt8]) -> Void) {
      let parts = record.split(separator: 0x20, maxSplits: 3, omittingEmptySubsequences: false)
      guard parts.count >= 3, let tag = parts[2].first, tag == UInt8(ascii: "P") || tag == UInt8(ascii: "F") else {
        return line(Array(record))
      }
      let stream = Array(parts[1]), place = begun.firstIndex { $0.stream == stream }
      var text = place.map { begun[$0].text } ?? []
      if let place { begun.remove(at: place) }
      if parts.count > 3 { text += parts[3] }
      if tag == UInt8(ascii: "F") || text.count > Joiner.limit { line(text) } else { begun.append((stream, text)) }
    }

    /// Passes on lines that have no end and will not get one.
    mutating func finish(_ line: ([UInt8]) -> Void) {
      for (_, text) in begun where !text.isEmpty { line(text) }
      begun = []
    }
  }

  /// How far a log has been read.
  package final class Place: @unchecked Sendable {
    fileprivate var offset = 0
    fileprivate var joiner = Joiner()

    package init() {}
  }

  /// Passes on the lines from a place on; returns false if the file cannot be read.
  @discardableResult
  package func read(from place: Place, _ line: ([UInt8]) -> Void) -> Bool {
    guard let file = try? OpenFile(path, O_RDONLY) else { return false }
    // The file was truncated, as with a size limit.
    if let status = try? file.status(), status.st_size < place.offset { place.offset = 0 }
    var chunk = [UInt8](repeating: 0, count: 1 << 18)
    while true {
      guard let count = chunk.withUnsafeMutableBytes({ try? file.read(into: $0, at: place.offset) }) else {
        return false
      }
      if count == 0 { return true }
      place.offset += count
      place.joiner.take(chunk[..<count], line)
    }
  }

  /// Passes on all lines, or the last ones.
  package func read(tail: Int? = nil, from place: Place = Place(), unended: Bool = true, _ line: ([UInt8]) -> Void) {
    guard let tail else {
      read(from: place, line)
      return unended ? place.joiner.finish(line) : ()
    }
    var last: [[UInt8]] = []
    func keep(_ text: [UInt8]) {
      last.append(text)
      // Drop a thousand at a time: removing from the front of an array is slow.
      if last.count > tail + 1_000 { last.removeFirst(last.count - tail) }
    }
    read(from: place, keep)
    if unended { place.joiner.finish(keep) }
    last.suffix(tail).forEach(line)
  }

  /// Whether the process of an open /proc/PID/stat has ended. The state follows the name, which may contain any
  /// character.
  private static func hasEnded(_ process: borrowing OpenFile?) -> Bool {
    var bytes = [UInt8](repeating: 0, count: 256)
    let count = bytes.withUnsafeMutableBytes { try? process?.read(into: $0, at: 0) } ?? 0
    guard count > 0, let end = bytes[..<count].lastIndex(of: UInt8(ascii: ")")), end + 2 < count else { return true }
    return bytes[end + 2] == UInt8(ascii: "Z") || bytes[end + 2] == UInt8(ascii: "X")
  }

  /// Passes on the lines from a place on and new ones as they come, until the container's run has ended.
  package func follow(from place: Place, tail: Int?, _ line: ([UInt8]) -> Void) {
    // An open file of a process stays with that process even if its number is reused.
    let process = conmon > 0 ? try? OpenFile("/proc/\(conmon)/stat", O_RDONLY) : nil
    var tail = tail
    while true {
      let isOver = ContainerLog.hasEnded(process)
      read(tail: tail, from: place, unended: isOver, line)
      tail = nil
      if isOver { return }
      usleep(100_000)
    }
  }
}

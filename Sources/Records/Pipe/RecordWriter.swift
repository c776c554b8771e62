import Glibc

/// A failed write to a file or pipe; exit code 74.
public struct WriteError: Error, Equatable, Sendable {
  public var errno: Int32
  public var message: String { "cannot write the records: \(errnoText(errno))" }
}

/// Writes records, each with one checked write, so that the next stage gets a line as soon as it is done.
public struct RecordWriter: Sendable {
  private let descriptor: Int32
  private let isTerminal: Bool

  public init(descriptor: Int32 = STDOUT_FILENO) {
    self.descriptor = descriptor
    isTerminal = isatty(descriptor) == 1
  }

  /// Writes one line; on a terminal with control characters escaped. Throws ``WriteError``.
  public func write(_ record: Record) throws(WriteError) {
    try writeAll((isTerminal ? RecordWriter.escaped(record.bytes) : record.bytes) + [0x0A], to: descriptor)
  }

  /// The same JSON, with every character escaped that a terminal would act on.
  static func escaped(_ json: [UInt8]) -> [UInt8] {
    var out: [UInt8] = []
    for scalar in String(decoding: json, as: UTF8.self).unicodeScalars {
      if scalar.isControl, scalar.value >= 0x7F {
        let digits = String(scalar.value, radix: 16)
        out += Array(("\\u" + String(repeating: "0", count: 4 - digits.utf8.count) + digits).utf8)
      } else {
        out += Array(UTF8.encode(scalar)!)
      }
    }
    return out
  }
}

/// Writes all the bytes, in as many calls as it takes.
public func writeAll(_ bytes: [UInt8], to descriptor: Int32) throws(WriteError) {
  try bytes.withBytes { buffer throws(WriteError) in try writeAll(buffer, to: descriptor) }
}

package func writeAll(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) throws(WriteError) {
  var done = 0
  while done < bytes.count {
    let count = Glibc.write(descriptor, bytes.baseAddress! + done, bytes.count - done)
    if count >= 0 { done += count; continue }
    switch errno {
    case EINTR: continue
    case EAGAIN:
      var wait = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
      _ = poll(&wait, 1, -1)
    default: throw WriteError(errno: errno)
    }
  }
}

/// The system's text for an error number: `No such file or directory`.
public func errnoText(_ number: Int32) -> String { String(cString: strerror(number)) }

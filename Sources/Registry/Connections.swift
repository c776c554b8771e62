import Command
import HTTP

/// Idle connections, a few for each host, kept open as long as the process runs, so that a stage that keeps running
/// connects only once. libcurl replaces a connection that the server has closed: it checks before it writes, and writes
/// again if it finds the connection closed.
final class Connections: @unchecked Sendable {
  static let shared = Connections()
  private let lock = Lock()
  private var idle: [String: [Connection]] = [:]

  /// A connection for the caller's thread alone, until ``give(_:for:)``. Throws ``LibraryMissing``.
  func take(_ host: String) throws(LibraryMissing) -> Connection {
    if let connection = lock.locked({ idle[host]?.popLast() }) { return connection }
    return try Connection()
  }

  func give(_ connection: Connection, for host: String) {
    lock.locked { if idle[host, default: []].count < Uploads.threads { idle[host, default: []].append(connection) } }
  }
}

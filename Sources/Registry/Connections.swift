import Command
import HTTP

/// Connections without work, a few for each host, kept open for as long as a run of a command: a stage that stays up pays for a connection
/// once. One that the server has closed in the meantime is replaced by libcurl, unseen: it looks before it writes, and writes again
/// when the answer is a closed connection.
final class Connections: @unchecked Sendable {
  private let lock = Lock()
  private var idle: [String: [Connection]] = [:]

  /// One for the caller's thread alone, until it is given back. Throws ``LibraryMissing``.
  func take(_ host: String) throws(LibraryMissing) -> Connection {
    if let connection = lock.locked({ idle[host]?.popLast() }) { return connection }
    return try Connection()
  }

  func give(_ connection: Connection, for host: String) {
    lock.locked { if idle[host, default: []].count < Uploads.threads { idle[host, default: []].append(connection) } }
  }
}

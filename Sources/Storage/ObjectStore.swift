import Command

/// A place for files of one repository: a directory, a web server, a bucket. Keys are relative to it:
/// `web-1.0.0.tgz`, `index.d/web-1.0.0.yaml`. For one thread.
package protocol ObjectStore {
  /// Its address for people, without secrets: `s3://charts/stable`.
  var shown: String { get }

  /// What a key has; nil if it has nothing.
  /// - Parameter limit: in bytes; more is an error.
  /// - Throws: ``StorageError``, as all of these.
  func get(_ key: String, limit: Int) throws -> StoredObject?

  /// Stores an object whole, or not at all.
  /// - Returns: false if the condition does not hold, so that nothing was stored.
  func put(_ key: String, _ bytes: [UInt8], type: String, if condition: StoreCondition) throws -> Bool

  /// The names below a prefix that ends in `/`, without it; nil if the store cannot tell.
  func list(_ prefix: String) throws -> [String]?

  /// Whether the store is known to obey conditions; nil if it has to be tried.
  var keepsConditions: Bool? { get }

  /// A version that no object has.
  var noVersion: String { get }
}

/// What must be so for an object to be stored.
package enum StoreCondition: Equatable, Sendable {
  case always
  /// The key has nothing.
  case absent
  /// The key still has what was read: ``StoredObject/version``.
  case unchanged(String)
}

/// An object, and what the store calls this state of it.
package struct StoredObject: Sendable {
  package var bytes: [UInt8]
  /// An ETag or a generation; nil if the store has none to make a condition of.
  package var version: String?
}

extension ObjectStore {
  /// The address of a key, for people.
  package func address(of key: String) -> String { shown + "/" + key }
}

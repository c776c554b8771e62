/// A file a record refers to; payloads never ride on the line itself. Verified before use: see `Payload.verify` in Archives.
public struct Payload: Equatable, Sendable {
  /// Absolute.
  public var path: String
  public var mediaType: String
  /// `sha256:` and 64 hex digits.
  public var digest: String
  /// Bytes.
  public var size: Int

  public init(path: String, mediaType: String, digest: String, size: Int) {
    self.path = path
    self.mediaType = mediaType
    self.digest = digest
    self.size = size
  }

  public init(_ fields: Fields) throws(RecordError) {
    path = try fields.string("path")
    mediaType = try fields.string("mediaType")
    digest = try fields.string("digest")
    size = try fields.count("size")
  }

  /// The four fields, for the front of a member's object.
  public var fields: [(name: String, value: JSON)] {
    [("path", .string(path)), ("mediaType", .string(mediaType)), ("digest", .string(digest)), ("size", .integer(size))]
  }
}

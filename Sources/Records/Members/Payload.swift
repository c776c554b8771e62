/// A file that a record refers to; files never travel in the line. Verified before use: `Payload.verify` in Contexts.
public struct Payload: Shaped, Equatable {
  public var path: String
  public var mediaType: String
  public var digest: String
  public var size: Int

  public init(path: String, mediaType: String, digest: String, size: Int) {
    self.path = path
    self.mediaType = mediaType
    self.digest = digest
    self.size = size
  }

  public init(_ shape: inout Shape<Self>) throws(RecordError) {
    path = try shape.required("path", \.path, "the absolute path of the file")
    mediaType = try shape.required("mediaType", \.mediaType, "the media type of the file")
    digest = try shape.required(
      "digest", \.digest, as: .digest, "sha256: and 64 hexadecimal digits; verified before the file is used")
    size = try shape.count("size", \.size, "the size in bytes")
  }
}

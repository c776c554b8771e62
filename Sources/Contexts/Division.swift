import OCI
import Records

/// Divides a large context into parts, so that a change costs as much as the part it is in. The rule depends on paths
/// and sizes only: the same tree is always divided in the same way, whatever was edited before.
///
/// Small and large files go into separate parts, so that changing sources are not packed with large data that stays the
/// same. A path has one of 256 places, the first byte of its SHA-256; a part holds neighbouring places.
public struct Division: Equatable, Sendable {
  /// The number of parts for small and for large files: powers of 2, or 0 if there are no such files.
  public let small: Int, large: Int

  /// A tree smaller than this is not divided. In bytes.
  private static let threshold = 1 << 20
  /// The size from which a file is large.
  private static let border = 128 << 10
  /// The intended size of a part, as far as the limit on their number allows.
  private static let part = 256 << 10
  /// The limit for the parts of a context, see ``init(_:limit:)``.
  static let limit = 256

  /// The bytes that the files occupy in a tar archive.
  public struct Bytes: Equatable, Sendable {
    var small = 0, large = 0

    public init() {}

    /// - Parameter size: the size of one more file.
    public mutating func add(_ size: Int) {
      let bytes = 512 + min(max(0, size), Number.limit).plus(511) / 512 * 512
      if size < border { small = small.plus(bytes) } else { large = large.plus(bytes) }
    }
  }

  /// - Parameter limit: the most parts of small files; large files get up to half as many.
  public init(_ bytes: Bytes, limit: Int) {
    guard bytes.small.plus(bytes.large) > Division.threshold else {
      (small, large) = (1, 0)
      return
    }
    small = Division.count(bytes.small, limit)
    large = Division.count(bytes.large, max(1, limit / 2))
  }

  init(small: Int, large: Int) { (self.small, self.large) = (small, large) }

  private static func count(_ bytes: Int, _ limit: Int) -> Int {
    guard bytes > 0 else { return 0 }
    var count = 1
    while count * 2 <= limit, count * part < bytes { count *= 2 }
    return count
  }

  /// The number of parts with files.
  public var count: Int { small + large }

  /// The part of a file, from 0.
  public func part(_ place: UInt8, size: Int) -> Int {
    guard large > 0 else { return (Int(place) * small) >> 8 }
    return size < Division.border ? (Int(place) * small) >> 8 : small + ((Int(place) * large) >> 8)
  }

  /// The place of a path: the first byte of its SHA-256.
  public static func place(_ path: [UInt8]) -> UInt8 {
    var hash = SHA256()
    hash.update(path)
    return hash.finishBytes()[0]
  }
}

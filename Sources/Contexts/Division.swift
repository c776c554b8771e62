import OCI
import Records

/// The fixed rule by which what is large is divided, so that a change costs as much as the part it is in. It knows paths and sizes
/// and nothing else: the same tree is always divided in the same way, whatever was edited before.
///
/// Small files and large ones are in parts of their own: sources, which change, do not take data along, which does not. A path has
/// one of 256 places, the first byte of its SHA-256; a part holds neighbouring places.
public struct Division: Equatable, Sendable {
  /// How many parts hold the small files, and how many the large ones; powers of 2, or 0 where there is no such file.
  public let small: Int, large: Int

  /// What is smaller in all stays in one piece.
  private static let threshold = 1 << 20
  /// A file of this size is a large one.
  private static let border = 128 << 10
  /// What a part is to hold at most, as far as the number of parts allows.
  private static let part = 256 << 10
  /// Parts of a context, of either kind.
  static let limit = 256

  /// What the files take in a tar archive.
  public struct Bytes: Equatable, Sendable {
    var small = 0, large = 0

    public init() {}

    /// - Parameter size: of one more file.
    public mutating func add(_ size: Int) {
      let bytes = 512 + min(max(0, size), Number.limit).plus(511) / 512 * 512
      if size < border { small = small.plus(bytes) } else { large = large.plus(bytes) }
    }
  }

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

  /// In how many parts the files are.
  public var count: Int { small + large }

  /// Which part a file is in, from 0.
  public func part(_ place: UInt8, size: Int) -> Int {
    guard large > 0 else { return (Int(place) * small) >> 8 }
    return size < Division.border ? (Int(place) * small) >> 8 : small + ((Int(place) * large) >> 8)
  }

  public static func place(_ path: [UInt8]) -> UInt8 {
    var hash = SHA256()
    hash.update(path)
    return hash.finishBytes()[0]
  }
}

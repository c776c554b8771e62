import Command
import Glibc
import Records

/// The times of an application's files in its last image, by path: `cache/images/times/HEX`, by repository. May be
/// deleted at any time.
///
/// An unchanged file keeps its time, even in another checkout, clone or machine, so its layer stays the same bytes. A
/// changed file gets a later time than before: servers and browsers compare times in seconds, and the new file may be
/// older than the one it replaces. Removed files are remembered too, as far as there is room.
struct GivenTimes {
  private struct Given {
    var path: UInt64, content: UInt64
    var seconds: Int
  }

  private let cache: Cache, name: String
  private var before: [UInt64: Given] = [:]
  private var given: [Given] = []
  /// The number of removed files, and of applications, that are remembered.
  private static let gone = 1_024, applications = 128
  private static let end = 1 << 33

  init(_ images: ImageCache, repository: String) {
    cache = Cache(images.path + "/times", limit: GivenTimes.applications)
    name = ImageCache.key([repository])
    let stride = MemoryLayout<Given>.stride
    guard let bytes = cache.read(name, limit: 256 << 20), bytes.count % stride == 0 else { return }
    before.reserveCapacity(bytes.count / stride)
    bytes.withUnsafeBytes { bytes in
      for start in Swift.stride(from: 0, to: bytes.count, by: stride) {
        let one = bytes.loadUnaligned(fromByteOffset: start, as: Given.self)
        if (0..<GivenTimes.end).contains(one.seconds) { before[one.path] = one }
      }
    }
  }

  /// The layers, with the times their files should have. Of files with the same path only the last is visible; they are
  /// told apart by how many follow.
  mutating func give(_ layers: [TailEvaluation.Layer]) -> [TailEvaluation.Layer] {
    var covered: [UInt64: UInt8] = [:]
    return Array(layers.reversed().map { give($0, over: &covered) }.reversed())
  }

  private mutating func give(
    _ layer: TailEvaluation.Layer, over covered: inout [UInt64: UInt8]
  ) -> TailEvaluation.Layer {
    layer.map { entry in
      guard entry.kind != .directory, let own = entry.seconds else { return }
      var hash = FNV()
      hash.add(entry.path)
      let above = covered[hash.value, default: 0]
      covered[hash.value] = above &+ 1
      hash.add([0, above])
      let path = hash.value
      hash = FNV()
      hash.add([entry.kind.rawValue])
      hash.add(entry.content.utf8)
      hash.add(entry.target)
      var seconds = own
      if let last = before[path] {
        seconds = last.content == hash.value ? last.seconds : min(max(own, last.seconds + 1), GivenTimes.end - 1)
      }
      entry.seconds = seconds
      given.append(Given(path: path, content: hash.value, seconds: seconds))
    }
  }

  /// Saves the times when the image is made. Failing to write them does no harm.
  func write() {
    guard !given.isEmpty else { return }
    var rest = before
    for one in given { rest[one.path] = nil }
    let gone = rest.values.sorted { ($1.seconds, $0.path) < ($0.seconds, $1.path) }.prefix(GivenTimes.gone)
    try? Files.makeDirectories(cache.directory, mode: 0o700)
    try? cache.put((gone + given).withUnsafeBytes { Array($0) }, as: name)
  }

  /// http://www.isthe.com/chongo/tech/comp/fnv/ – fast, and good enough: a collision of two paths only affects a time.
  private struct FNV {
    private(set) var value: UInt64 = 0xCBF2_9CE4_8422_2325
    mutating func add(_ bytes: some Sequence<UInt8>) {
      for byte in bytes { value = (value ^ UInt64(byte)) &* 0x100_0000_01B3 }
    }
  }
}

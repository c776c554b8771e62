import Archives
import Command
import Contexts
import Glibc
import Images
import OCI
import Records
import Registry

/// Makes the output of an earlier stage again if it is missing or damaged, from the application's directory, provided
/// that still has the tree of the record. So the draft home's cache may be deleted at any time, even during work.
extension Pipeline {
  /// How often to try, since it may be deleted repeatedly.
  private static let tries = 16

  func again<T>(_ record: inout Record, by body: (inout Record) throws -> T) throws -> T {
    var attempt = 0
    while true {
      attempt += 1
      let before = record
      do { return try body(&record) } catch {
        guard attempt < Pipeline.tries, let file = lost(error) else { throw error }
        record = before
        if let reason = (error as? any Diagnosis)?.message { call.debug("made again, since: \(reason)") }
        let isSame: Bool
        do { isSame = try restore(&record, damaged: file) } catch let further {
          if lost(further) != nil { continue }
          throw error
        }
        guard isSame else { throw error }
      }
    }
  }

  /// The file in the caches that an error is about, or the directory of the lost files; nil if the error is about
  /// something else.
  private func lost(_ error: any Error) -> String? {
    switch error {
    case ArchiveError.payloadMissing(let path, _), ArchiveError.payloadDiffers(let path),
      ArchiveError.cannotWrite(let path, ENOENT), ArchiveError.cannotWrite(let path, ENOTDIR),
      ImageLayoutError.notLayout(let path, _), ImageLayoutError.noManifest(let path, _, _),
      ImageLayoutError.noBlob(let path, _), ImageLayoutError.damaged(let path, _):
      return isCached(path) ? path : nil
    case BuildError.lost: return home.path + "/cache"
    case BuildError.gone(_, let store): return isCached(store.filter { $0 != "'" }) ? store : nil
    case BuildError.export:
      // A builder that writes into the caches reports the loss in its own words.
      return Files.exists(home.path + "/cache/images/index.json") ? nil : home.path + "/cache/images"
    case let error as SystemError where [ENOENT, ENOTDIR, EISDIR].contains(error.number):
      return error.doing.contains("'\(home.path)/cache/") ? home.path + "/cache" : nil
    default: return damagedBlob(error).flatMap { isCached($0) ? $0 : nil }
    }
  }

  private func isCached(_ path: String) -> Bool { Files.relative(path, to: home.path + "/cache") != nil }

  /// Whether the payload's digest matches its place in the caches. If not, it is not one that we made.
  func isCached(_ payload: Payload) -> Bool {
    let hex = payload.digest.dropFirst("sha256:".count)
    return hex.utf8.count == 64 && isCached(payload.path) && payload.path.contains(hex)
  }

  /// Makes the context and the image of a record again if they are missing.
  /// - Returns: false if the result is not what the record says.
  private func restore(_ record: inout Record, damaged file: String) throws -> Bool {
    if let context: Context = try record.member(), !isWhole(context) {
      guard isCached(context.payload) else { return false }
      var same = try packContext(app, settings: settings, home: home)
      guard same.tree == context.tree else { return false }
      same.dockerfile = context.dockerfile
      record.set(same)
    }
    let image: Image? = try record.member()
    try removeDamaged(image, file: file, home: home)
    guard let image, Images.isCached(image, home: home) else { return true }
    var bare = record
    let again = try built(of: &bare)
    guard again.tag == image.tag, image.id == nil || again.id == image.id else { return false }
    if let context: Context = try bare.member() { record.set(context) }
    return true
  }

  private func isWhole(_ context: Context) -> Bool {
    (try? context.payload.parts().forEach { try $0.verify() }) != nil
  }
}

import Command
import Glibc
import Records

/// The times of a tarball's members. `SOURCE_DATE_EPOCH` applies to all, so that the same tree gives the same bytes.
/// Without it a chart has a fixed time, and the files of a context have their own.
/// https://reproducible-builds.org/specs/source-date-epoch/
package enum SourceDate {
  /// The time of charts: the epoch.
  package static let chart = 0
  /// 1980-01-02. Files of a build context end up in images, where ZIP-based tools (wheels, jars) reject older ones.
  package static let oldest = 315_619_200
  /// A ustar header holds 33 bits; later dates would change the format of every file's header.
  package static let end = 1 << 33

  /// `SOURCE_DATE_EPOCH`; nil if it is not set. Throws if it is not a valid date.
  package static func seconds() throws(ArchiveError) -> Int? {
    guard let text = environmentVariable("SOURCE_DATE_EPOCH") else { return nil }
    guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let value = Int(text), value < end else {
      throw .badSourceDate(text)
    }
    return value
  }

  /// The time of a new or changed file in a tree: its own in whole seconds, but not in the future, and later than the
  /// time of the previous file at its path. Servers and browsers recognize a new page by a later second, and `cp -p`,
  /// `mv` and a wrong clock can replace a file by one with an older time.
  /// - Parameters:
  ///   - own: the modification time.
  ///   - before: the time of the previous file at the path; nil if there was none.
  package static func given(own: Int, after before: Int?, now: Int) -> Int {
    let time = max(min(own, now), oldest)
    guard let before else { return time }
    return min(max(time, before.plus(1)), end - 1)
  }
}

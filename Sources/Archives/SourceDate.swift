import Command
import Glibc
import Records

/// The times that the members of a tarball carry. With `SOURCE_DATE_EPOCH` it is that one for all, so that the same
/// tree gives the same bytes; else a chart's is fixed, and what is in a context has its own.
/// https://reproducible-builds.org/specs/source-date-epoch/
package enum SourceDate {
  /// Charts carry the epoch itself.
  package static let chart = 0
  /// 1980-01-02. Files of a build context end up in images, where ZIP-based tools (Python wheels, jars) refuse anything before 1980.
  package static let oldest = 315_619_200
  /// A ustar header has room for 33 bits; dates beyond it would make the headers of every file differ in kind.
  package static let end = 1 << 33

  /// `SOURCE_DATE_EPOCH`; nil when it is not set. Throws when it is set to something that is no date.
  package static func seconds() throws(ArchiveError) -> Int? {
    guard let text = environmentVariable("SOURCE_DATE_EPOCH") else { return nil }
    guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let value = Int(text), value < end else {
      throw .badSourceDate(text)
    }
    return value
  }

  /// The time of what has come into a tree or changed in it: its own in whole seconds, as far as it has been; and later
  /// than that of what was at its path before. Servers and browsers tell a new page from an old one by a later second,
  /// and `cp -p`, `mv` and a clock that is wrong bring files whose times are older than what they take the place of.
  /// - Parameters:
  ///   - own: the modification time.
  ///   - before: the time given to what was there; nil when nothing was.
  package static func given(own: Int, after before: Int?, now: Int) -> Int {
    let time = max(min(own, now), oldest)
    guard let before else { return time }
    return min(max(time, before.plus(1)), end - 1)
  }
}

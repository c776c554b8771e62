import Command
import Records

/// The time every member of a tarball carries, so that the same tree gives the same bytes.
/// https://reproducible-builds.org/specs/source-date-epoch/
enum SourceDate {
  /// Charts carry the epoch itself.
  static let chart = 0
  /// 1980-01-02. Files of a build context end up in images, where ZIP-based tools (Python wheels, jars) refuse anything before 1980.
  static let context = 315_619_200

  /// `SOURCE_DATE_EPOCH`, or the default. Throws when it is set to something that is no date.
  static func seconds(or standard: Int) throws(ArchiveError) -> Int {
    guard let text = environmentVariable("SOURCE_DATE_EPOCH") else { return standard }
    // A ustar header has room for 33 bits; dates beyond it would make the headers of every file differ in kind.
    guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let value = Int(text), value < 1 << 33 else { throw .badSourceDate(text) }
    return value
  }
}

import Command
import Records

/// Labels that draft-release has helm put on a release, so that a list need not read the whole release:
///
///     draft=web  sh.draft.revision=3  sh.draft.chart=web-0.1.0  sh.draft.appversion=1.2  sh.draft.time=1795235468
///
/// helm copies labels to the next revision, also on an upgrade or rollback by hand. `draft` is still true then; the
/// others count only for the revision they were written for.
package struct DraftLabels: Equatable {
  package var chart: String
  package var appVersion: String?
  package var updated: Instant

  package init?(_ entry: HelmStorage.Entry) {
    guard entry.labels["sh.draft.revision"] == String(entry.revision), let chart = entry.labels["sh.draft.chart"],
      let version = entry.labels["sh.draft.appversion"],
      let time = entry.labels["sh.draft.time"].flatMap({ Number.whole($0) })
    else { return nil }
    self.chart = chart
    appVersion = version.isEmpty ? nil : version
    updated = Instant(seconds: time)
  }

  /// The value for `helm upgrade --labels`. A value that is not valid in a label is left out, and then the release is
  /// read instead. An empty value removes the previous revision's.
  package static func argument(_ app: String, revision: Int, chart: String, appVersion: String?, now: Int) -> String {
    let labels = [("sh.draft.chart", chart), ("sh.draft.appversion", appVersion ?? "")]
    let fit = labels.allSatisfy { isValue($0.1) }
    let told =
      fit
      ? labels.map { "\($0)=\($1)" } + ["sh.draft.revision=\(revision)", "sh.draft.time=\(now)"]
      : ["sh.draft.revision=none"]
    return "--labels=" + (["draft=\(app)"] + told).joined(separator: ",")
  }

  /// https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#syntax-and-character-set
  private static func isValue(_ text: String) -> Bool {
    func isAlphanumeric(_ byte: UInt8?) -> Bool {
      byte.map { (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0) } ?? true
    }
    return text.utf8.count <= 63 && isAlphanumeric(text.utf8.first) && isAlphanumeric(text.utf8.last)
      && text.utf8.allSatisfy {
        isAlphanumeric($0) || [UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: ".")].contains($0)
      }
  }
}

import Charts
import Command

/// The version of a snapshot, from git: what the next release after the last tag may be, how many commits there are
/// since, and which one it is: `1.2.4-snapshot.5.gabcdef0` five commits after `v1.2.3`. It is less than any release
/// after that tag, and each commit's is greater than the one before.
/// - Throws: ``PublishError/snapshot(_:reason:)``, also for a directory with changes that are not committed: they would
///   be published under the name of the commit.
package func snapshotVersion(of directory: String) throws -> String {
  func git(_ arguments: [String]) throws -> (text: String?, errors: String) {
    // The repository must not decide what is run.
    let result = try Child.run(
      ["git", "-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", "-C", directory] + arguments,
      output: .capture, errors: .capture)
    return (result.succeeded ? result.outputText.trimmed : nil, result.errorText.lines.first.map(String.init) ?? "")
  }
  func bad(_ reason: String) -> PublishError { .snapshot(directory, reason: reason) }
  let head = try git(["rev-parse", "--short=7", "HEAD"])
  guard let commit = head.text else { throw bad("git: \(head.errors)") }
  guard let changes = try git(["status", "--porcelain", "--", "."]).text, changes.isEmpty else {
    throw bad("it has changes that are not committed")
  }
  let described = try git(["describe", "--tags", "--long", "--abbrev=7", "--match=v[0-9]*", "--match=[0-9]*"]).text
  if let described, let version = snapshotVersion(described: described) { return version }
  let count = try git(["rev-list", "--count", "HEAD"]).text ?? "0"
  return "0.0.1-snapshot.\(count).g\(commit)"
}

/// - Parameter described: `v1.2.3-5-gabcdef0`.
/// - Returns: nil if the tag is not a version.
func snapshotVersion(described: String) -> String? {
  let parts = described.split(separator: "-", omittingEmptySubsequences: false).map(String.init)
  guard parts.count >= 3, let commit = parts.last, let count = UInt64(parts[parts.count - 2]),
    var version = Version(parts.dropLast(2).joined(separator: "-"))
  else { return nil }
  version.build = ""
  if version.pre.isEmpty {
    let (patch, isTooLarge) = version.patch.addingReportingOverflow(1)
    guard !isTooLarge else { return nil }
    version.patch = patch
    version.pre = "snapshot.\(count).\(commit)"
  } else {
    version.pre += ".snapshot.\(count).\(commit)"
  }
  return "\(version)"
}

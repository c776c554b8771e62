import Charts
import Command

/// The version of a snapshot, from git: what the next release after the last tag may be, how many commits there are
/// since, and which one it is: `1.2.4-snapshot.5.gabcdef0` five commits after `v1.2.3`. It is less than any release
/// after that tag, and each commit's is greater than the one before.
/// - Throws: ``PublishError/snapshot(_:reason:)``, also for a directory with changes that are not committed: they would
///   be published under the name of the commit.
package func snapshotVersion(of directory: String) throws -> String {
  let commit: String
  do { commit = try committed(directory) } catch let error as GitRefusal {
    throw PublishError.snapshot(directory, reason: error.reason)
  }
  let described =
    try git(["describe", "--tags", "--long", "--abbrev=7", "--match=v[0-9]*", "--match=[0-9]*"], directory).text
  if let described, let version = snapshotVersion(described: described) { return version }
  let count = try git(["rev-list", "--count", "HEAD"], directory).text ?? "0"
  return "0.0.1-snapshot.\(count).g\(commit)"
}

/// The version of a release, from git: the greatest among the tags of the commit, without its `v`.
/// - Throws: ``PublishError/release(_:reason:)`` for a commit without one, and for a directory with changes that are
///   not committed.
package func releaseVersion(of directory: String) throws -> String {
  do { _ = try committed(directory) } catch let error as GitRefusal {
    throw PublishError.release(directory, reason: error.reason)
  }
  let tags = try git(["tag", "--points-at", "HEAD"], directory).text ?? ""
  let versions = tags.lines.compactMap { line -> Version? in
    let text = line.hasPrefix("v") ? String(line.dropFirst()) : String(line)
    // `1.2` is taken for a version too, but none is called so.
    return Version(text).flatMap { "\($0)" == text ? $0 : nil }
  }
  guard let version = versions.max() else {
    throw PublishError.release(directory, reason: "its commit has no tag that is a version")
  }
  return "\(version)"
}

private struct GitRefusal: Error { var reason: String }

/// The commit of a directory without changes, in 7 digits.
private func committed(_ directory: String) throws -> String {
  let head = try git(["rev-parse", "--short=7", "HEAD"], directory)
  guard let commit = head.text else { throw GitRefusal(reason: "git: \(head.errors)") }
  guard let changes = try git(["status", "--porcelain", "--", "."], directory).text, changes.isEmpty else {
    throw GitRefusal(reason: "it has changes that are not committed")
  }
  return commit
}

private func git(_ arguments: [String], _ directory: String) throws -> (text: String?, errors: String) {
  // The repository must not decide what is run.
  let result = try Child.run(
    ["git", "-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", "-C", directory] + arguments,
    output: .capture, errors: .capture)
  return (result.succeeded ? result.outputText.trimmed : nil, result.errorText.lines.first.map(String.init) ?? "")
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

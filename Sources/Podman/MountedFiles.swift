import Archives
import Command
import Glibc
import Records
import Settings

/// The files of ConfigMaps and Secrets that pods of podman mount from the draft home: one directory for a content,
/// see PodMaterial. With every change of a value there is one more, so those that no pod mounts are removed, a day
/// after they were made.
package enum MountedFiles {
  /// The label of a pod that names its directories; it has it also where it mounts none.
  static let label = "sh.draft.files"
  /// So many may lie there before it is worth a question.
  private static let many = 20

  package static func names(in volumes: [JSON], home: Home) -> [String] {
    let parent = home.path + "/volumes/"
    let paths = volumes.compactMap { $0["hostPath"]?["path"]?.string }.filter { $0.hasPrefix(parent) }
    return Array(Set(paths.compactMap { $0.dropFirst(parent.count).split(separator: "/").first.map(String.init) })).sorted()
  }

  package static func prune(home: Home, seconds: Int, now: Int = time(nil), asking pods: (Int) throws -> [JSON] = MountedFiles.pods) {
    // Asked once, and only when one is a day old; where nobody can tell, all of them stay.
    lazy var used: Set<String>? = {
      guard let pods = try? pods(seconds) else { return nil }
      // One of an older draft does not tell what it mounts.
      guard pods.allSatisfy({ $0["Labels"]?[label] != nil }) else { return nil }
      return Set(pods.flatMap { ($0["Labels"]?[label]?.string ?? "").split(separator: " ").map(String.init) })
    }()
    Cache(home.path + "/volumes", limit: many, kept: 0, idle: 86_400).sweep(now: now) { used?.contains($0.name) == false }
  }

  private static func pods(_ seconds: Int) throws -> [JSON] {
    let result = try Podman.run(["pod", "ps", "--format=json", "--filter=label=sh.draft.revision"], seconds: seconds, doing: "list its pods")
    guard result.succeeded else { throw PodmanFailure.error(result.errorText, doing: "list its pods") }
    return result.output.isEmpty ? [] : try JSON(parsing: result.output).array ?? []
  }
}

import Archives
import Command
import Glibc
import Records
import Settings

/// The files of ConfigMaps and Secrets that podman's pods mount from the draft home: one directory for each content,
/// see PodMaterial. Each change of a value adds one, so directories that no pod mounts are removed a day after they
/// were made.
package enum MountedFiles {
  /// The label of a pod that names its directories; present even if it mounts none.
  static let label = "sh.draft.files"
  /// Up to this many are left before pods are asked.
  private static let many = 20

  package static func names(in volumes: [JSON], home: Home) -> [String] {
    let parent = home.path + "/volumes/"
    let paths = volumes.compactMap { $0["hostPath"]?["path"]?.string }.filter { $0.hasPrefix(parent) }
    return Array(Set(paths.compactMap { $0.dropFirst(parent.count).split(separator: "/").first.map(String.init) }))
      .sorted()
  }

  package static func prune(
    home: Home, seconds: Int, now: Int = time(nil), asking pods: (Int) throws -> [JSON] = MountedFiles.pods
  ) {
    // Asked once, and only if there is one older than a day; nil if it is not known, and then all of them stay.
    lazy var used: Set<String>? = {
      guard let pods = try? pods(seconds) else { return nil }
      // A pod of an older draft has no such label, so nothing is known about it.
      guard pods.allSatisfy({ $0["Labels"]?[label] != nil }) else { return nil }
      return Set(pods.flatMap { ($0["Labels"]?[label]?.string ?? "").split(separator: " ").map(String.init) })
    }()
    Cache(home.path + "/volumes", limit: many, kept: 0, idle: 86_400).sweep(now: now) {
      used?.contains($0.name) == false
    }
  }

  private static func pods(_ seconds: Int) throws -> [JSON] {
    let result = try Podman.run(
      ["pod", "ps", "--format=json", "--filter=label=sh.draft.revision"], seconds: seconds, doing: "list its pods")
    guard result.succeeded else { throw PodmanFailure.error(result.errorText, doing: "list its pods") }
    return result.output.isEmpty ? [] : try JSON(parsing: result.output).array ?? []
  }
}

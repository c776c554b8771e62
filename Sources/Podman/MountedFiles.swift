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
    return Array(Set(paths.compactMap { $0.dropFirst(parent.count).split(separator: "/").first.map(String.init) })).sorted()
  }

  package static func prune(home: Home, seconds: Int, now: Int = time(nil), asking pods: (Int) throws -> [JSON] = MountedFiles.pods) {
    let parent = home.path + "/volumes"
    guard let names = try? Files.list(parent), names.count > many else { return }
    let old = names.filter { name in
      var status = stat()
      return lstat("\(parent)/\(name)", &status) == 0 && status.st_mtim.tv_sec < now - 86_400
    }
    guard !old.isEmpty, let pods = try? pods(seconds) else { return }
    // A pod of an older draft has no such label, so nothing is known about it.
    guard pods.allSatisfy({ $0["Labels"]?[label] != nil }) else { return }
    let used = Set(pods.flatMap { ($0["Labels"]?[label]?.string ?? "").split(separator: " ").map(String.init) })
    for name in old where !used.contains(name) { removeTree("\(parent)/\(name)") }
  }

  private static func pods(_ seconds: Int) throws -> [JSON] {
    let result = try Podman.run(["pod", "ps", "--format=json", "--filter=label=sh.draft.revision"], seconds: seconds, doing: "list its pods")
    guard result.succeeded else { throw PodmanFailure.error(result.errorText, doing: "list its pods") }
    return result.output.isEmpty ? [] : try JSON(parsing: result.output).array ?? []
  }
}

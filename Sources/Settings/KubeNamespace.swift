import Command
import Glibc
import YAML

/// The namespace of a kube context: the default of kubectl and helm.
public struct KubeNamespace: Equatable {
  let name: String
  /// The context's name.
  let context: String

  /// The files that kubectl reads, in order of precedence: the list in `$KUBECONFIG`, else `~/.kube/config`.
  public static func files(_ variable: (String) -> String? = environmentVariable) -> [String] {
    if let list = variable("KUBECONFIG") { return list.split(separator: ":").map(String.init) }
    return variable("HOME").map { ["\($0)/.kube/config"] } ?? []
  }

  /// nil if the context has no namespace or does not exist. Unreadable files are skipped: the command that contacts the
  /// cluster reports them.
  /// - Parameter context: nil means the current one.
  init?(of context: String?, variable: (String) -> String?) {
    let files = KubeNamespace.files(variable).compactMap(KubeNamespace.read)
    let current = files.lazy.compactMap { $0["current-context"]?.text }.first { !$0.isEmpty }
    guard let context = context ?? current else { return nil }
    // The first file with the context defines all of it, as kubectl merges them.
    let found = files.lazy.compactMap { file in
      file["contexts"]?.sequence?.first { $0["name"]?.text == context && $0["context"] != nil }
    }.first
    guard let name = found?["context"]?["namespace"]?.text, !name.isEmpty else { return nil }
    (self.name, self.context) = (name, context)
  }

  private static func read(_ path: String) -> YAML? {
    var status = stat()
    // KUBECONFIG=/dev/null is a common way to say: none.
    guard stat(path, &status) == 0, status.st_mode & S_IFMT == Glibc.S_IFREG else { return nil }
    return try? YAML(parsing: Files.read(path, limit: 16 << 20), file: path)
  }
}

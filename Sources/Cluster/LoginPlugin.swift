/// A failed login plugin (`exec`) of the kubeconfig, as kubectl and helm report it: its own output, which says what to
/// do, followed by `…getting credentials: exec: executable aws failed with exit code 255`.
/// Source: https://kubernetes.io/docs/reference/access-authn-authz/authentication/#client-go-credential-plugins
public struct LoginPlugin: Equatable, Sendable {
  /// `aws`; nil if kubectl does not name it.
  package var program: String?
  /// Its output, each line once: it may have run several times.
  package var words: [String]
  /// How it ended, in kubectl's words.
  package var reason: String
  var isMissing: Bool

  /// nil for other errors.
  public init?(_ errors: String) {
    let lines = errors.split(whereSeparator: \.isNewline).map { String($0).trimmed }
    let mark = "getting credentials: "
    guard let last = lines.lastIndex(where: { !ClusterFailure.isNoise($0) && $0.contains(mark) }),
      let start = lines[last].firstRange(of: mark)?.upperBound
    else { return nil }
    reason = String(lines[last][start...])
    if reason.hasPrefix("exec: ") { reason = String(reason.dropFirst(6)) }
    isMissing = reason.hasSuffix("not found") || reason.hasSuffix("no such file or directory")
    let parts = reason.split(separator: " ")
    if ["executable", "fork/exec"].contains(parts.first), parts.count > 2 {
      program = parts[1].split(separator: "/").last.map { String($0.prefix { $0 != ":" }) }
    }
    words = []
    for line in lines[..<last] where !line.isEmpty && !line.contains(mark) && !ClusterFailure.isNoise(line) {
      if !words.contains(line) { words.append(line) }
    }
    words = words.suffix(6)
  }

  /// The error in one sentence.
  public var said: String {
    let name = "the login plugin" + (program.map { " '\($0)'" } ?? "")
    if isMissing { return "\(name) cannot be found" }
    if words.isEmpty { return "\(name) failed: \(reason)" }
    let text = words.dropFirst().reduce(words[0]) { text, line in
      text + (text.last.map { ".,:;!?".contains($0) } == true ? " " : "; ") + line
    }
    return "\(name) says: \(text.count > 600 ? "… " + text.suffix(600) : text)"
  }
}

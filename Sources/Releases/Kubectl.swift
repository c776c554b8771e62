import Command
import Records

/// Calls of kubectl in one context. Reading goes by `get --raw`: the API's own JSON, with its resource versions.
struct Kubectl: Sendable {
  let context: KubeContext
  let call: Call

  /// The words of a call: `kubectl VERB … --context=NAME`, and what may begin with a hyphen last.
  func argv(_ words: [String], namespace: String, operands: [String] = []) -> [String] {
    ["kubectl"] + words + ["--namespace=\(namespace)", "--context=\(context.name)"] + (operands.isEmpty ? [] : ["--"] + operands)
  }

  /// The API's answer for a path: `/api/v1/namespaces/default/pods`. Throws ``ReleaseError``.
  func get(_ path: String, doing: String) throws -> JSON {
    let argv = ["kubectl", "get", "--raw", path, "--context=\(context.name)", "--request-timeout=20s"]
    call.debug(argv.joined(separator: " "))
    let result = try Child.run(argv, output: .capture, errors: .capture)
    guard result.succeeded else { throw HelmFailure(result.errorText).clusterError(context: context, doing: doing) }
    do { return try JSON(parsing: result.output) } catch { throw ReleaseError.helm(doing: doing, said: error.reason) }
  }

  /// RFC 3986 §2.1, for a part of a query.
  static func escaped(_ text: String) -> String {
    let plain = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~".utf8), digits = Array("0123456789ABCDEF")
    return text.utf8.map { plain.contains($0) ? String(UnicodeScalar($0)) : "%\(digits[Int($0 >> 4)])\(digits[Int($0 & 15)])" }.joined()
  }
}

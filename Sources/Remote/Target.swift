import Cluster
import Command
import Glibc
import Records
import Releases
import Settings

/// Where the server is, and the program that connects to it.
public enum Target: Hashable, Sendable {
  /// A pod of the deployment that `draft init --server` creates.
  case kube(namespace: String, context: String)
  /// `ssh://[USER@]HOST[:PORT]`
  case ssh(String)
  /// A child process.
  case local

  /// - Parameters:
  ///   - text: `--to`, else the setting `remote`.
  ///   - settings: of the application, for the kube context.
  public init(_ text: String?, settings: Settings) throws {
    switch text {
    case nil: throw RemoteError.noTarget
    case "local": self = .local
    case "kube": self = .kube(namespace: Server.defaultNamespace, context: try contextName(settings))
    case let text? where text.hasPrefix("kube:") && Name.isNamespace(String(text.dropFirst(5))):
      self = .kube(namespace: String(text.dropFirst(5)), context: try contextName(settings))
    case let text? where text.hasPrefix("ssh://") && Target.isDestination(text.dropFirst(6)): self = .ssh(text)
    case let text?: throw RemoteError.badTarget(text)
    }
  }

  /// Whether ssh cannot take it for an option, nor a shell for more than one word.
  private static func isDestination(_ text: Substring) -> Bool {
    guard let first = text.utf8.first, first != UInt8(ascii: "-") else { return false }
    return !text.contains("@-")
      && text.utf8.allSatisfy { byte in
        (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte | 0x20) || "-._@:[]%".utf8.contains(byte)
      }
  }

  var text: String {
    switch self {
    case .kube(let namespace, _): "kube:\(namespace)"
    case .ssh(let destination): destination
    case .local: "local"
    }
  }

  /// The kube context's name here; nil if only the server knows it.
  var context: String? { if case .kube(_, let context) = self { context } else { nil } }

  /// The program and its arguments. ssh passes the last words to a shell on the server; they are constants without
  /// special characters.
  func argv() throws -> [String] {
    switch self {
    case let .kube(namespace, context):
      Kubectl.argv([
        "--context=\(context)", "exec", "-i", "-n", namespace, "deployment/\(Server.name)", "--", "draft", "serve"
      ])
    case let .ssh(destination): ["ssh", "-T", "-o", "ServerAliveInterval=15", destination, "draft", "serve"]
    case .local: [try program("draft-serve")]
    }
  }
}

/// The path of one of draft's commands, next to the running one.
func program(_ name: String) throws -> String {
  let own = try Files.executable()
  return own[..<(own.lastIndex(of: "/") ?? own.startIndex)] + "/" + name
}

@testable import Command
import Glibc
import Records
@testable import Settings

/// A directory with a draft.toml in it, removed at the end; and calls as a command would make them.
final class Sandbox {
  let path: String

  init(draft: String? = nil, name: String = "web") throws {
    path = try Temporary.directory(in: "/tmp") + "/" + name
    try Files.makeDirectories(path)
    if let draft { try Files.write(Array(draft.utf8), to: path + "/draft.toml") }
  }

  deinit { removeTree(String(path[..<(path.lastIndex(of: "/") ?? path.endIndex)])) }

  static let options: [Option] = [
    .environment, .kubeContext, Option("app", "a", value: "NAME", help: ""), Option("registry", value: "R", help: ""),
    Option("wait", help: ""), Option("no-wait", help: ""), Option("set", value: "K=V", repeats: true, help: ""),
    Option("build-arg", value: "K=V", repeats: true, help: ""), Option("namespace", value: "N", help: ""),
    Option("watch-delay", value: "S", help: ""), Option("builder", value: "B", help: ""), Option("chart", value: "C", help: ""),
  ]

  static func call(_ words: [String] = []) throws -> Call {
    Call(name: "draft-test", arguments: try Arguments(parsing: words, options: options), quiet: true, debugging: false)
  }

  func begin(_ words: [String] = []) throws -> App { try Project.begin(directory: path, call: Sandbox.call(words)).required(App.self) }

  func settings(_ words: [String] = [], app: App? = nil) throws -> Settings {
    try Settings(for: app ?? begin(words), call: Sandbox.call(words))
  }

  /// The message of what `body` throws; nil when it throws nothing that can be told.
  static func message(_ body: () throws -> some Any) -> String? {
    do { _ = try body() } catch { return (error as? any Diagnosis)?.message }
    return nil
  }
}

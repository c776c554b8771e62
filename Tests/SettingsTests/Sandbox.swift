@testable import Command
import Glibc
import Records
@testable import Settings

/// A temporary directory with a draft.toml; calls as a command would make them; and variables and a config.toml of its
/// own, since the process environment is shared.
final class Sandbox {
  let path: String

  init(draft: String? = nil, name: String = "web") throws {
    path = try Files.resolve(Temporary.directory(in: "/tmp")) + "/" + name
    try Files.makeDirectories(path)
    if let draft { try write(draft, to: "draft.toml") }
  }

  /// One environment, `development`, with these lines; the first is line 2 of the file.
  convenience init(_ first: String, _ lines: String...) throws {
    try self.init(draft: "[environments.development]\n" + ([first] + lines).map { $0 + "\n" }.joined())
  }

  deinit { removeTree(String(path[..<(path.lastIndex(of: "/") ?? path.endIndex)])) }

  var variables: [String: String] = [:]
  private var surroundings: Surroundings { Surroundings(variables: variables, config: path + "/../config.toml") }

  func write(_ text: String, to name: String) throws { try Files.write(Array(text.utf8), to: path + "/" + name) }

  static let options: [Option] =
    [
      .environment, .kubeContext, Option("app", "a", value: "NAME", help: ""), Option("wait", help: ""),
      Option("no-wait", help: "")
    ]
    + ["registry", "namespace", "watch-delay", "builder", "chart", "basedomain", "dockerfile"].map {
      Option($0, value: "X", help: "")
    }
    + ["set", "build-arg", "override-port"].map { Option($0, value: "X", repeats: true, help: "") }

  static func call(_ words: [String] = []) throws -> Call {
    Call(name: "draft-test", arguments: try Arguments(parsing: words, options: options), quiet: true, debugging: false)
  }

  func begin(_ words: String...) throws -> App { try begin(words) }

  private func begin(_ words: [String]) throws -> App {
    try Project.begin(directory: path, call: Sandbox.call(words), in: surroundings).required(App.self)
  }

  /// The settings in a stage that starts the record itself.
  func settings(_ words: String...) throws -> Settings {
    try Settings(for: begin(words), call: Sandbox.call(words), in: surroundings)
  }

  /// The settings in a later stage.
  func settings(for app: App, _ words: String...) throws -> Settings {
    try Settings(for: app, call: Sandbox.call(words), in: surroundings)
  }

  /// The message if the settings cannot be used; the file is always called `draft.toml`.
  func refusal(_ words: String...) -> String? {
    do { _ = try Settings(for: begin(words), call: Sandbox.call(words), in: surroundings) } catch {
      let message = (error as? any Diagnosis)?.message ?? "\(error)"
      return message.split(separator: path + "/").joined()
    }
    return nil
  }
}

/// The exit code of the error that the body throws; 0 if it throws none.
func exitCode(_ body: () throws -> some Any) -> Int32 {
  do { _ = try body() } catch { return (error as? any Diagnosis)?.exitCode.rawValue ?? -1 }
  return 0
}

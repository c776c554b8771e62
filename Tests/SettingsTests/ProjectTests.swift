@testable import Command
import Glibc
import Records
import Testing

@testable import Settings

@Test(arguments: [
  ("web", "web"), ("My_App.v2", "my-app-v2"), ("--a--", "a"), ("ünï", "n"), ("", "app"), ("…", "app"), ("a  b", "a-b"),
  ("9lives", "9lives"),
  (String(repeating: "x", count: 60), String(repeating: "x", count: 53)),
  (String(repeating: "x", count: 52) + "-y", String(repeating: "x", count: 52))
])
func safeNames(_ text: String, _ name: String) {
  #expect(Name.safe(text) == name)
  #expect(Name.isApplication(name))
}

@Test func namesOfAProject() throws {
  #expect(try Sandbox(name: "My App").begin().name == "my-app")
  #expect(try Sandbox("name = \"listed\"").begin().name == "listed")
  #expect(try Sandbox("name = \"listed\"").begin("--app", "Given").name == "given")
  // A name in a file is not made safe, and is checked even if it is overridden.
  #expect(exitCode { try Sandbox("name = \"Listed\"").begin() } == 78)
}

/// Paths are compared as bytes: these two directories are equal as Strings.
@Test func aTwinIsOutside() throws {
  let sandbox = try Sandbox(draft: "[environments.development]\ndockerfile = \"link/Dockerfile\"\n", name: "caf\u{E9}")
  let twin = String(sandbox.path.dropLast()) + "e\u{301}"
  #expect(twin == sandbox.path && !Files.exists(twin))
  try Files.makeDirectories(twin)
  try Files.write([], to: twin + "/Dockerfile")
  symlink(twin, sandbox.path + "/link")
  #expect(
    sandbox.refusal()
      == "cannot use 'dockerfile' (draft.toml:2): 'link/Dockerfile' is outside the application's directory")
}

/// All work on a record uses one reading of the file; the next record sees later changes.
@Test func aRecordUsesOneReadingOfAFile() throws {
  let sandbox = try Sandbox("name = \"one\""), call = try Sandbox.call(),
    nothing = Surroundings(variables: [:], config: nil)
  func name(_ call: Call) throws -> String {
    try Project.begin(directory: sandbox.path, call: call, in: nothing).required(App.self).name
  }
  #expect(try name(call) == "one")
  try sandbox.write("[environments.development]\nname = \"two\"\n", to: "draft.toml")
  #expect(try name(call) == "one")
  #expect(try name(call.forOneLine()) == "two")
}

@Test func randomNames() throws {
  #expect(Name.adjectives.count >= 100 && Name.animals.count >= 100)
  #expect(Set(Name.adjectives).count == Name.adjectives.count && Set(Name.animals).count == Name.animals.count)
  #expect(Set((0..<50).map { _ in Name.random() }).count > 40)
  for _ in 0..<50 { #expect(Name.isApplication(Name.random()) && Name.random().split(separator: "-").count == 2) }
  let sandbox = try Sandbox(), call = try Sandbox.call(["--app", "random"]),
    nothing = Surroundings(variables: [:], config: nil)
  func begin(_ call: Call) throws -> App {
    try Project.begin(directory: sandbox.path, call: call, in: nothing).required(App.self)
  }
  let app = try begin(call)
  // The same throughout a run.
  #expect(try Settings(for: app, call: call.forOneLine(), in: nothing).name == app.name)
  let others = try (0..<5).map { _ in try begin(Sandbox.call(["--app", "random"])).name }
  #expect(others.contains { $0 != app.name })
}

@Test func directories() throws {
  let sandbox = try Sandbox()
  let call = try Sandbox.call()
  try sandbox.write("", to: "file")
  symlink(sandbox.path, sandbox.path + "/link")
  #expect(exitCode { try Project.begin(directory: sandbox.path + "/gone", call: call) } == 66)
  #expect(exitCode { try Project.begin(directory: sandbox.path + "/file", call: call) } == 66)
  // Latin-1 `b\xFCro`, as it arrives in an argument.
  #expect(throws: SettingsError.notText(sandbox.path + "/b\u{FFFD}ro")) {
    try Project.begin(directory: sandbox.path + "/b\u{FFFD}ro", call: call)
  }
  #expect(
    try Project.begin(directory: sandbox.path + "/link/../web/.", call: call).required(App.self).dir == sandbox.path)
}

@Test func nearestNames() {
  let keys = Key.all.flatMap(\.spellings)
  #expect(nearest(to: "regisrty", among: keys) == "registry")
  #expect(nearest(to: "watchdelay", among: keys) == "watch-delay")
  #expect(nearest(to: "namespcae", among: keys) == "namespace")
  #expect(nearest(to: "xyzzy", among: keys) == nil)
  #expect(nearest(to: "", among: keys) == nil)
}

/// draft-toml(5) has the same table of keys as the code: names, types, defaults, variables, and use in config.toml.
@Test func theManualPageListsTheKeys() throws {
  let root = #filePath.split(separator: "/").dropLast(3).map { "/\($0)" }.joined()
  let lines = try Files.readText(root + "/man/draft-toml.5").split(separator: "\n").map(String.init)
  let start = try #require(lines.firstIndex(of: ".Ss Keys"))
  let end = try #require(lines.firstIndex(of: ".Sh ENVIRONMENT"))
  var page: [String: [String]] = [:]
  var names: [String] = []
  for line in lines[start..<end] {
    if line.hasPrefix(".It Li ") {
      names.append(line)
    } else if let name = names.last {
      page[name, default: []].append(line)
    }
  }
  #expect(names == Key.all.map { ".It Li \($0.name) Pq \($0.kind.rawValue)" })
  for (key, name) in zip(Key.all, names) {
    let text = page[name] ?? []
    #expect(text.contains("Default: \(key.fallback)."), "\(key.name)")
    #expect(text.filter { $0.hasPrefix(".Ev DRAFT_") } == (key.variable.map { [".Ev \($0) ."] } ?? []), "\(key.name)")
    #expect(text.contains("Also in config.toml.") == key.inConfig, "\(key.name)")
    if let old = key.old { #expect(text.contains(".Li \(old)"), "\(key.name)") }
  }
}

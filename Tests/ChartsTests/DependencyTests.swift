import Command
import Testing

@testable import Charts

/// The oracle. CI must not do without.
private func helm() -> String? {
  let found = Child.find("helm")
  if found == nil, environmentVariable("CI") != nil { Issue.record("there is no helm") }
  return found
}

/// Dependencies and their locks.
struct DependencyTests {
  private func chart(_ scratch: Scratch, _ file: String, lock: String? = nil, requirements: String? = nil) throws
    -> LoadedChart
  {
    try scratch.write("web/Chart.yaml", file)
    if let lock { try scratch.write("web/Chart.lock", lock) }
    if let requirements { try scratch.write("web/requirements.yaml", requirements) }
    return try LoadedChart(path: scratch.path + "/web")
  }

  /// A lock that helm has just made.
  @Test(arguments: [
    "apiVersion: v2\nname: web\nversion: 1.0.0\ndependencies:\n- name: inner\n  version: '>=1.0 <2'\n  repository: "
      + "file://../inner\n  condition: inner.enabled\n  alias: a\n  tags: [x, 'y & z']\n  import-values: [data, "
      + "{parent: p, child: c}]\n",
    "apiVersion: v1\nname: web\nversion: 1.0.0\ndependencies:\n- name: inner\n  version: '>=1.0 <2'\n  repository: "
      + "file://../inner\n  condition: inner.enabled\n  alias: a\n  tags: [x, 'y & z']\n  import-values: [{child: c, "
      + "parent: p, x: 1}]\n"
  ]) func theDigestOfALockIsHelms(_ file: String) throws {
    guard let helm = helm() else { return }
    let scratch = try Scratch()
    try scratch.write("inner/Chart.yaml", "apiVersion: v2\nname: inner\nversion: 1.2.3\n")
    try scratch.write("web/Chart.yaml", file)
    let updated = try Child.run(
      [helm, "dependency", "update", scratch.path + "/web"], output: .capture, errors: .capture,
      environment: ["HOME": scratch.path])
    try #require(updated.succeeded, "\(updated.errorText)")
    let made = try LoadedChart(path: scratch.path + "/web")
    #expect(made.isLockCurrent(repositories: [:]) == true)
    // Whatever is declared counts, and the lock itself.
    for (old, new) in [
      ("inner.enabled", "inner.on"), ("alias: a", "alias: b"), ("y & z", "y"), ("child: c", "child: d"),
      (">=1.0 <2", ">=1.0")
    ] {
      try scratch.write("web/Chart.yaml", file.replacing(old, with: new))
      #expect(try LoadedChart(path: scratch.path + "/web").isLockCurrent(repositories: [:]) == false, "\(new)")
    }
  }

  @Test func aRepositoryByNameCountsAsItsURL() throws {
    let scratch = try Scratch()
    let url = "https://charts.example.com"
    func declared(_ repository: String) -> String {
      "apiVersion: v2\nname: web\nversion: 1.0.0\ndependencies: [{name: db, version: 1.0.0, repository: "
        + "'\(repository)'}]\n"
    }
    var direct = try chart(
      scratch, declared(url), lock: "digest: x\ndependencies: [{name: db, version: 1.0.0, repository: '\(url)'}]\n")
    #expect(direct.isLockCurrent(repositories: [:]) == false)
    let list = direct.metadata.dependencies.map(\.json)
    let digest = ChartLock.digest(of: .array([.array(list), .array(list)]))
    direct.lock?.digest = digest
    #expect(direct.isLockCurrent(repositories: [:]) == true)
    for name in ["@stable", "alias:stable"] {
      let named = try chart(
        scratch, declared(name),
        lock: "digest: \(digest)\ndependencies: [{name: db, version: 1.0.0, repository: '\(url)'}]\n")
      #expect(named.isLockCurrent(repositories: ["stable": url]) == true)
      #expect(named.isLockCurrent(repositories: [:]) == false)
    }
  }

  /// The words of `helm dependency list`.
  @Test func dependencyStatesAreThoseOfHelm() throws {
    let scratch = try Scratch()
    let names = ["none": "1.0.0", "there": "^1.0", "other": "^2", "bad": "x!", "plain": "1.0.0"]
    let list = names.sorted { $0.key < $1.key }.map { "{name: \($0.key), version: '\($0.value)', repository: ''}" }
      .joined(separator: ", ")
    for name in ["there", "other", "bad", "plain"] {
      try scratch.write("web/charts/\(name)/Chart.yaml", "apiVersion: v2\nname: \(name)\nversion: 1.0.0\n")
    }
    let web = try chart(scratch, "apiVersion: v2\nname: web\nversion: 1.0.0\ndependencies: [\(list)]\n")
    let states = web.metadata.dependencies.map { "\($0.name) \(web.state(of: $0).rawValue)" }
    #expect(
      states == ["bad invalid version", "none missing", "other wrong version", "plain unpacked", "there unpacked"])
    #expect(web.missing.map(\.name) == ["none"])
    guard let helm = helm() else { return }
    let told = try Child.run([helm, "dependency", "list", scratch.path + "/web"], output: .capture, errors: .discard)
      .outputText
    let rows = told.lines.dropFirst().filter { !$0.hasPrefix("WARNING") }.map {
      $0.split(separator: "\t").map { String($0).trimmed }
    }
    #expect(rows.compactMap { $0.count > 2 ? "\($0[0]) \($0[$0.count - 1])" : nil } == states)
  }
}

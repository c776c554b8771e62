import Command
import Glibc
import Records
import Testing

@testable import Archives
@testable import Charts

/// Charts from directories and archives: those that helm loads, and hostile ones.
struct LoadedChartTests {
  private func loads(_ scratch: Scratch, _ name: String = "web", within: String? = nil) -> Result<
    LoadedChart, any Error
  > {
    Result { try LoadedChart(path: scratch.path + "/" + name, within: within.map { scratch.path + "/" + $0 }) }
  }

  /// The message of the error; it must be bad data, in one sentence.
  private func refused(_ result: Result<LoadedChart, any Error>) -> String {
    guard case .failure(let error) = result else { return "it was loaded" }
    let diagnosis = diagnosis(of: error)
    #expect(diagnosis.exitCode == .badData && !diagnosis.message.contains("\n"), "\(diagnosis.message)")
    return diagnosis.message
  }

  private func archive(
    _ scratch: Scratch, _ name: String = "web", gzip: Bool = true, _ body: (TarWriter) throws -> Void
  ) throws {
    var bytes: [UInt8] = []
    let writer = try TarWriter(seconds: 0, gzip: gzip) { bytes += $0 }
    try body(writer)
    try writer.finish()
    try scratch.write(name, bytes)
  }

  private func file(_ writer: TarWriter, _ name: String, _ text: String) throws {
    try writer.begin(Array(name.utf8), .file(size: text.utf8.count), mode: 0o644)
    try Array(text.utf8).withUnsafeBytes { try writer.data($0) }
  }

  private let chartFile = "apiVersion: v2\nname: web\nversion: 1.0.0\n"

  @Test func aDirectoryIsSortedIntoItsParts() throws {
    let scratch = try Scratch()
    try scratch.write(
      "web/Chart.yaml",
      "apiVersion: v2\nname: web\nversion: 1.10\nappVersion: 1.20\nKeyWords: [y, 0x10]\ndependencies:\n- {name: db, "
        + "version: ^1, repository: 'file://../db', alias: store}\n"
    )
    try scratch.write(
      "web/values.yaml", [0xEF, 0xBB, 0xBF] + Array("# The port.\n# More.\nport: 80\n\nother: x # y\n".utf8))
    try scratch.write("web/values.schema.json", "{}")
    try scratch.write("web/Chart.lock", "digest: sha256:x\ndependencies: [{name: db, version: 1.2.3}]\n")
    for name in [
      "templates/b.yaml", "templates/_a.tpl", "templates/.hidden", "crds/c.yaml", "crds/README.md", "README.md",
      ".helmignore", "secret.key", "ci/a.yaml"
    ] { try scratch.write("web/" + name, name) }
    try scratch.write("web/.helmignore", "*.key\n/ci/\n")
    try scratch.write("web/charts/db/Chart.yaml", "name: db\nversion: 1.2.3\n")
    try scratch.write("web/charts/db/requirements.yaml", "dependencies: [{name: x, version: '1'}]\n")
    try scratch.write("web/charts/.keep/x", "")
    try scratch.write("web/charts/_off/x", "")
    try scratch.write("web/charts/db-1.tgz.prov", "signed")
    let chart = try LoadedChart(path: scratch.path + "/web")
    #expect((chart.metadata.name, chart.metadata.version, chart.metadata.appVersion) == ("web", "1.1", "1.2"))
    #expect(chart.metadata.keywords == ["true", "16"])
    #expect(chart.metadata.dependencies.map(\.key) == ["store"] && chart.metadata.dependencies[0].line == 7)
    #expect(chart.templates.map(\.name) == ["templates/_a.tpl", "templates/b.yaml"])
    #expect(
      chart.files.map(\.name) == [".helmignore", "README.md", "charts/db-1.tgz.prov", "crds/README.md", "crds/c.yaml"])
    #expect(chart.crds.map(\.name) == ["crds/c.yaml"])
    #expect(chart.values?.yaml["port"]?.start.line == 3 && chart.values?.comment(above: 3) == ["The port.", "More."])
    #expect(chart.values?.comment(above: 5) == [])
    #expect(chart.lock?.dependencies.map(\.version) == ["1.2.3"])
    #expect(chart.subcharts.map(\.place) == ["charts/db"])
    let inner = chart.subcharts[0]
    #expect(
      inner.metadata.apiVersion == "v1" && inner.metadata.dependencies.map(\.name) == ["x"]
        && inner.files.map(\.name) == ["requirements.yaml"])
    #expect(inner.shown("values.yaml") == scratch.path + "/web/charts/db/values.yaml")
  }

  @Test func packedChartsLoadTheSame() throws {
    let scratch = try Scratch()
    try scratch.write("web/Chart.yaml", chartFile)
    try scratch.write("web/templates/\(String(repeating: "long/", count: 40))x.yaml", "a: b\n")
    try scratch.write("web/charts/db/Chart.yaml", "apiVersion: v2\nname: db\nversion: 1.0.0\n")
    let chart = try LoadedChart(path: scratch.path + "/web")
    let first = try Temporary.file(beside: scratch.path + "/a.tgz"), path = first.path
    defer { Temporary.remove(path) }
    let target = first.file.descriptor
    let written = try chart.write(chart.packed(), seconds: 0) { try writeAll($0, to: target) }
    let again = try LoadedChart(path: path)
    #expect(
      again.metadata == chart.metadata && again.templates == chart.templates
        && again.subcharts.map(\.metadata) == chart.subcharts.map(\.metadata))
    #expect(try written.size == Files.read(path).count && chart.packed().count == 3)
    // A sub-chart may be an archive.
    try scratch.write("outer/Chart.yaml", "apiVersion: v2\nname: outer\nversion: 1.0.0\n")
    try scratch.write("outer/charts/web-1.0.0.tgz", try Files.read(path))
    let outer = try LoadedChart(path: scratch.path + "/outer")
    #expect(outer.all.map(\.place) == ["", "charts/web-1.0.0.tgz", "charts/web-1.0.0.tgz/charts/db"])
  }

  @Test func onlyTheFirstDocumentOfAFileCounts() throws {
    let scratch = try Scratch()
    try scratch.write("web/Chart.yaml", chartFile + "---\nname: other\n")
    try scratch.write("web/values.yaml", "a: 1\n---\nb: 2\n")
    let chart = try LoadedChart(path: scratch.path + "/web")
    #expect(chart.metadata.name == "web" && chart.values?.yaml["b"] == nil)
  }

  @Test(arguments: [
    ("", "is not a mapping|has no name"), ("- a\n", "is not a mapping"), ("version: 1.0.0\n", "has no name"),
    ("name: web\n", "has no version"), ("name: a/b\nversion: 1.0.0\n", "cannot be called 'a/b'"),
    ("name: ..\nversion: 1.0.0\n", "cannot be called '..'"), ("name: web\nversion: x\n", "cannot have the version 'x'"),
    ("name: [a]\nversion: 1.0.0\n", "'name' that is not a text"),
    ("name: web\nversion: 1.0.0\ntype: lib\n", "type 'lib'"),
    ("name: web\nversion: 1.0.0\nkeywords: a\n", "'keywords' that is not a list"),
    ("name: web\nversion: 1.0.0\ndeprecated: 1\n", "'deprecated' that is not true or false"),
    (
      "name: web\nversion: 1.0.0\ndependencies: [{name: a}, {name: b, alias: a}]\n",
      "more than one dependency called 'a'"
    ), ("name: web\nversion: 1.0.0\ndependencies: [~]\n", "empty dependency"),
    ("name: web\nversion: 1.0.0\ndependencies: [{name: a, alias: a/b}]\n", "the alias 'a/b'"),
    ("name: web\nversion: 1.0.0\na: &a [*a]\n", "inside its own anchor"), ("a: {\n", "did not find expected")
  ]) func aChartFileThatIsWrongIsNamed(_ text: String, _ words: String) throws {
    let scratch = try Scratch()
    try scratch.write("web/Chart.yaml", text)
    let message = refused(loads(scratch))
    #expect(
      words.split(separator: "|").contains { message.contains($0) } && message.contains("web/Chart.yaml"), "\(message)")
  }

  @Test func aliasBombsAreRejected() throws {
    let scratch = try Scratch()
    try scratch.write("web/Chart.yaml", chartFile)
    let bomb =
      "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
      + (1...9).map { "a\($0): &a\($0) [\(Array(repeating: "*a\($0 - 1)", count: 10).joined(separator: ", "))]\n" }
      .joined()
    try scratch.write("web/values.yaml", bomb)
    #expect(refused(loads(scratch)).contains("aliases expand to more than"))
    try scratch.write("web/values.yaml", String(repeating: "[", count: 500))
    #expect(refused(loads(scratch)).contains("nested deeper"))
  }

  @Test func tooLargeFilesAreRejectedBeforeTheyAreRead() throws {
    let scratch = try Scratch()
    try scratch.write("web/Chart.yaml", chartFile)
    let values = open(scratch.path + "/web/values.yaml", O_CREAT | O_WRONLY, 0o644)
    ftruncate(values, 50 << 20)
    close(values)
    #expect(refused(loads(scratch)).contains("has 'values.yaml' of more than 5 MB"))
    unlink(scratch.path + "/web/values.yaml")
    // Twenty-one files of 5 MB.
    for number in 0...20 {
      let file = open(scratch.path + "/web/\(number)", O_CREAT | O_WRONLY, 0o644)
      ftruncate(file, 5 << 20)
      close(file)
    }
    #expect(refused(loads(scratch)).contains("unpacks to more than 100 MB"))
  }

  @Test func gzipBombsAreRejected() throws {
    let scratch = try Scratch()
    let zeros = [UInt8](repeating: 0, count: 1 << 20)
    func bomb(_ megabytes: Int) throws {
      try archive(scratch, "web.tgz") { writer in
        try file(writer, "web/Chart.yaml", chartFile)
        for number in 0..<(megabytes / 5) {
          try writer.begin(Array("web/\(number)".utf8), .file(size: 5 << 20), mode: 0o644)
          for _ in 0..<5 { try zeros.withUnsafeBytes { try writer.data($0) } }
        }
      }
    }
    try bomb(110)
    #expect(try Files.read(scratch.path + "/web.tgz").count < 1 << 20)
    #expect(refused(loads(scratch, "web.tgz")).contains("unpacks to more than 100 MB"))
    // The same hidden in a sub-chart: all count together.
    try bomb(60)
    try scratch.write("outer/Chart.yaml", "apiVersion: v2\nname: outer\nversion: 1.0.0\n")
    try scratch.write("outer/charts/a.tgz", try Files.read(scratch.path + "/web.tgz"))
    #expect(try loads(scratch, "outer").get().subcharts.count == 1)
    try scratch.write("outer/charts/b.tgz", try Files.read(scratch.path + "/web.tgz"))
    #expect(refused(loads(scratch, "outer")).contains("unpacks to more than 100 MB"))
  }

  @Test func tooManyFilesAndTooDeepChartsAreRejected() throws {
    let scratch = try Scratch()
    try archive(scratch, "web.tgz") { writer in
      for number in 0...ChartLimits.entries { try writer.begin(Array("web/\(number)".utf8), .directory, mode: 0o755) }
    }
    #expect(refused(loads(scratch, "web.tgz")).contains("has more than 20000 files and directories"))
    let deep = (0...17).map { String(repeating: "charts/c/", count: $0) + "Chart.yaml" }
    for name in deep { try scratch.write("web/" + name, "apiVersion: v2\nname: c\nversion: 1.0.0\n") }
    #expect(refused(loads(scratch)).contains("charts in charts more than 16 deep"))
    try archive(scratch, "long.tgz") { writer in
      try file(writer, "web/" + String(repeating: "x/", count: 600) + "y", "")
    }
    #expect(refused(loads(scratch, "long.tgz")).contains("a path of more than 1000 bytes"))
  }

  @Test(arguments: [
    ("/etc/passwd", "absolute"), ("web/../x", "leads out"), ("../x", "leads out"), ("web/a/../../../x", "leads out"),
    ("Chart.yaml", "not in a directory"), ("web\\..\\x", "leads out"),
    ("web/C:/x", "drive"), ("web\\a/../b", "slashes"), ("web/a\u{1}b", "control characters")
  ]) func aMemberWithABadPathIsRejected(_ name: String, _ words: String) throws {
    let scratch = try Scratch()
    try archive(scratch, "web.tgz") { writer in
      try file(writer, "web/Chart.yaml", chartFile)
      try file(writer, name, "x")
    }
    #expect(refused(loads(scratch, "web.tgz")).contains(words), "\(refused(loads(scratch, "web.tgz")))")
  }

  @Test func linksAndDevicesInAnArchiveAreRejected() throws {
    let scratch = try Scratch()
    for target in ["Chart.yaml", "/etc/passwd", "../../x"] {
      try archive(scratch, "web.tgz") { writer in
        try file(writer, "web/Chart.yaml", chartFile)
        try writer.begin(Array("web/link".utf8), .link(to: Array(target.utf8)), mode: 0o777)
      }
      #expect(refused(loads(scratch, "web.tgz")).contains("'web/link' of chart"))
    }
  }

  @Test func linksOfADirectoryStayInside() throws {
    let scratch = try Scratch()
    try scratch.write("web/Chart.yaml", chartFile)
    try scratch.write("outside/secret", "x")
    try scratch.write("web/real/a.yaml", "a")
    symlink("real", scratch.path + "/web/templates")
    #expect(try loads(scratch).get().templates.map(\.name) == ["templates/a.yaml"])
    symlink("../outside", scratch.path + "/web/out")
    #expect(refused(loads(scratch)).contains("'out' of chart"))
    #expect(try loads(scratch, within: "").get().files.map(\.name) == ["out/secret", "real/a.yaml"])
    unlink(scratch.path + "/web/out")
    symlink("..", scratch.path + "/web/real/up")
    #expect(refused(loads(scratch)).contains("a directory above it"))
    unlink(scratch.path + "/web/real/up")
    symlink("nowhere", scratch.path + "/web/broken")
    #expect(refused(loads(scratch)).contains("the link is broken"))
    unlink(scratch.path + "/web/broken")
    mkfifo(scratch.path + "/web/fifo", 0o600)
    #expect(refused(loads(scratch)).contains("neither a file nor a directory"))
  }

  @Test func filesThatAreNotAChartAreReported() throws {
    let scratch = try Scratch()
    #expect(diagnosis(of: Result { try LoadedChart(path: scratch.path + "/x") }.failure!).exitCode == .noInput)
    try scratch.write("web/values.yaml", "")
    #expect(refused(loads(scratch)).contains("it has no Chart.yaml"))
    try archive(scratch, "empty.tgz") { _ in }
    #expect(refused(loads(scratch, "empty.tgz")).contains("it has no Chart.yaml"))
    try scratch.write("text.tgz", "not an archive at all, but a text")
    #expect(refused(loads(scratch, "text.tgz")).contains("text.tgz"))
    try scratch.write("web/Chart.yaml", chartFile)
    try scratch.write("web/charts/README.md", "x")
    #expect(refused(loads(scratch)).contains("sub-chart 'README.md'"))
  }
}

extension Result {
  fileprivate var failure: Failure? { if case .failure(let error) = self { error } else { nil } }
}

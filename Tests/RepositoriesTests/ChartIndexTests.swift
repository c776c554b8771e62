import Command
import Glibc
import HTTP
import Testing
import YAML

@testable import Charts
@testable import Repositories

private func versions(_ text: String, of chart: String = "web") throws -> [IndexedVersion] {
  let path = try Temporary.directory() + "/index.yaml"
  try Files.write(Array(text.utf8), to: path)
  let descriptor = open(path, O_RDONLY | O_CLOEXEC)
  defer { close(descriptor) }
  return try ChartIndex.versions(of: chart, readingFrom: descriptor, shown: "index.yaml")
}

private let entry = """
  apiVersion: v1
  entries:
    other: [{version: 9.0.0, urls: [other.tgz], nested: {entries: {web: []}}}]
    web:
    - {name: web, version: 1.2.0, urls: [charts/web-1.2.0.tgz], digest: 0000000000000000000000000000000000000000000000000000000000000000}
    - {name: web, version: 1.10.0, urls: [https://example.com/web-1.10.0.tgz]}
    - {name: web, version: 2.0.0-rc.1, urls: []}
    - {name: web, version: what}
    - {name: not-web, version: 3.0.0}

  """

@Test func theEntriesOfOneChart() throws {
  let found = try versions(entry)
  #expect(found.map(\.version.original) == ["1.2.0", "1.10.0", "2.0.0-rc.1"])
  #expect(found[0].urls == ["charts/web-1.2.0.tgz"])
  #expect(found[0].digest?.hex == String(repeating: "0", count: 64))
  #expect(try versions(entry, of: "nothing").isEmpty)
  #expect(
    try versions(#"{"apiVersion":"v1","entries":{"web":[{"name":"web","version":"1.0.0","urls":["a\/b.tgz"]}]}}"#)[0]
      .urls == ["a/b.tgz"])
}

@Test func aVersionIsChosenAsHelmDoes() throws {
  let found = try versions(entry)
  func chosen(_ wanted: String?) -> String? { ChartIndex.choose(wanted, of: found)?.version.original }
  #expect(chosen(nil) == "1.10.0")
  #expect(chosen("^1") == "1.10.0")
  #expect(chosen("~1.2") == "1.2.0")
  #expect(chosen("2.0.0-rc.1") == "2.0.0-rc.1")
  #expect(chosen(">0.0.0-0") == "2.0.0-rc.1")
  #expect(chosen("3") == nil)
}

@Test(arguments: [
  ("<html></html>", "it is HTML"), ("apiVersion: v1\n", "it has no 'entries'"), ("", "it has no 'entries'"),
  ("- a\n", "it has no 'entries'"),
  ("entries: {web: [", "line 2: did not find expected node content while parsing a flow node"),
  ("entries:\n  web: []\n  bad: \"x\n", "line 4: found unexpected end of stream while scanning a quoted scalar")
])
func filesThatAreNotAnIndex(_ text: String, _ reason: String) {
  #expect(throws: RepositoryError.badIndex("index.yaml", reason: reason)) { try versions(text) }
}

@Test func anIndexOfOneHugeChartEnds() {
  let text = "entries:\n  web:\n" + String(repeating: "  - [0,0,0,0,0,0,0,0,0]\n", count: 30_000)
  #expect(throws: RepositoryError.self) { try versions(text) }
  let deep = "entries:\n  other: " + String(repeating: "[", count: 5_000)
  #expect(throws: RepositoryError.self) { try versions(deep) }
}

@Test func aLoginIsForItsRepositoryAlone() {
  let repository = HelmRepository(name: "a", url: "https://example.com/charts")
  #expect(repository.covers(.init("https://example.com/charts/web.tgz")!))
  for other in [
    "http://example.com/charts/web.tgz", "https://example.com/chartsx/web.tgz",
    "https://example.com:444/charts/web.tgz", "https://example.org/charts/web.tgz"
  ] {
    #expect(!repository.covers(.init(other)!))
  }
}

@Test func aRedirectDoesNotLeaveTLS() throws {
  let from = Address("https://example.com/charts/web.tgz")!
  func next(_ location: String?) throws -> String { try WebClient.next(location, from: from, what: "'x'").text }
  #expect(try next("https://cdn.example.org/web.tgz?a=b") == "https://cdn.example.org/web.tgz?a=b")
  #expect(try next("../web.tgz") == "https://example.com/charts/../web.tgz")
  for (location, reason) in [
    ("http://example.com/web.tgz", "it redirects from https to http"),
    ("file:///etc/passwd", "its Location cannot be followed")
  ] {
    #expect(throws: RepositoryError.answer(what: "'x'", host: "example.com", reason: reason)) { try next(location) }
  }
  #expect(throws: RepositoryError.self) { try next(nil) }
}

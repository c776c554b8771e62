import Command
import Glibc
import Settings
import Testing

@testable import Repositories

private let index = """
  apiVersion: v1
  entries:
    web:
    - {version: 1.2.0, description: The server, keywords: [http, web]}
    - {version: 2.0.0-rc.1, appVersion: "2", description: The server, keywords: [http, web]}
    - {version: 1.10.0, description: "Two\\nlines", deprecated: true}
    - {version: what}
    - {name: other, version: 9.0.0}
    - 7
    nothing: []
    none:
    "a/b":
    - {version: 1.0.0}
    db:
    - &one {version: 1.0.0, urls: [a]}
    - *one

  """

private func summary(_ text: String, in home: Home, path: String) throws -> [String] {
  try Files.write(Array(text.utf8), to: path)
  // Not one of this moment, which would not be kept.
  var times = [timeval(tv_sec: 1, tv_usec: 0), timeval(tv_sec: 1, tv_usec: 0)]
  utimes(path, &times)
  let summary = try IndexSummary(of: path, home: home)
  var lines: [String] = []
  summary.charts { chart in
    summary.versions(of: chart) { entry in
      lines.append(
        "\(summary.text(chart.name)) \(summary.text(entry.version)) \(summary.text(entry.appVersion))"
          + "|\(summary.text(entry.description))|\(summary.text(entry.keywords))"
          + (entry.isDeprecated ? " deprecated" : "") + (entry.isPreRelease ? " pre-release" : ""))
      return true
    }
  }
  return lines
}

@Suite struct IndexSummaryTests {
  @Test func whatIsKept() throws {
    let directory = try Temporary.directory()
    let lines = try summary(index, in: Home(path: directory + "/home"), path: directory + "/index.yaml")
    #expect(
      lines == [
        "web 2.0.0-rc.1 2|The server|http\nweb pre-release", "web 1.10.0 |Two lines| deprecated",
        "web 1.2.0 |The server|http\nweb", "db 1.0.0 ||"
      ])
  }

  /// A summary that is damaged in any byte is no reason to fail, nor to read beyond it.
  @Test func damaged() throws {
    let directory = try Temporary.directory(), home = Home(path: directory + "/home")
    let path = directory + "/index.yaml"
    _ = try summary(index, in: home, path: path)
    let cache = try home.cache("search"), name = try #require(cache.entries().first?.name)
    let whole = try #require(cache.read(name))
    for at in 40..<whole.count {
      for value: UInt8 in [0, 1, 0x7F, 0xFF] {
        var bytes = whole
        bytes[at] = value
        try Files.write(bytes, to: cache.path(name), durable: false)
        let summary = try IndexSummary(of: path, home: home)
        summary.charts { chart in summary.versions(of: chart) { _ in true } }
      }
    }
  }

  @Test func refused() throws {
    let directory = try Temporary.directory(), home = Home(path: directory + "/home")
    for (text, reason) in [
      ("<html>", "it is HTML"), ("entries: {}", "it has no 'apiVersion'"), ("apiVersion: v1", "it has no 'entries'"),
      ("", "it has no 'apiVersion'")
    ] {
      #expect(throws: RepositoryError.badIndex(directory + "/index.yaml", reason: reason)) {
        try summary(text, in: home, path: directory + "/index.yaml")
      }
    }
    let many = "apiVersion: v1\nentries:\n  a: [" + String(repeating: "{version: 1.0.0},", count: 200_001) + "]\n"
    #expect(
      throws: RepositoryError.badIndex(
        directory + "/index.yaml", reason: "'a' has more than 200000 versions")
    ) { try summary(many, in: home, path: directory + "/index.yaml") }
  }
}

@Suite struct RepositoryNameTests {
  @Test(arguments: [
    ("https://example.com/charts", "example"), ("https://argoproj.github.io/argo-helm", "argo-helm"),
    ("https://charts.bitnami.com/bitnami/", "bitnami"), ("https://charts.example.com", "example"),
    ("https://prometheus-community.github.io/helm-charts", "prometheus-community"),
    ("http://127.0.0.1:8080/charts", "127-0-0-1"), ("https://example.com/a%20b?x=/c", "a-20b"),
    ("https://example.com/Team_A/stable", "team_a"), ("https://charts.com", "charts"), ("https://-", "repository")
  ]) func made(url: String, name: String) { #expect(repositoryName(for: url, besides: []) == name) }

  @Test func taken() {
    #expect(repositoryName(for: "https://example.com", besides: ["example", "example-2"]) == "example-3")
  }
}

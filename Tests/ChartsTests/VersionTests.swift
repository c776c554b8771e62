import Command
import Records
import Testing

@testable import Charts

let fixtures =
  #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(2).joined(separator: "/")
  + "/fixtures/charts"

/// Versions and constraints, compared with helm.
struct VersionTests {
  private let versions: [String]
  private let answers: [(constraint: String, admits: String)]

  init() throws {
    let lines = try Files.readText(fixtures + "/constraints.tsv").split(separator: "\n").filter { !$0.hasPrefix("#") }
    versions = lines[0].split(separator: " ").map(String.init)
    answers = try lines.dropFirst().map { line in
      let parts = line.split(separator: "\t")
      return (try #require(try JSON(parsing: Array(parts[0].utf8)).string), String(parts[1]))
    }
  }

  @Test func aConstraintAdmitsWhatItAdmitsForHelm() throws {
    let all = try versions.map { try #require(Version($0), "\($0)") }
    #expect(answers.count > 400)
    for (text, expected) in answers {
      let constraint = VersionConstraint(text)
      let found = constraint.map { constraint in all.map { constraint.admits($0) ? "1" : "0" }.joined() } ?? "-"
      let difference = zip(versions, zip(found, expected)).filter { $0.1.0 != $0.1.1 }.map(\.0)
      #expect(found == expected, "'\(text)': differs for \(difference)")
    }
  }

  @Test func versionsAreOrderedAsByHelm() throws {
    let all = try versions.map { try #require(Version($0), "\($0)") }
    for (newer, older) in zip(all, all.dropFirst()) { #expect(newer >= older, "\(newer.original) \(older.original)") }
    // The order of semver.org itself.
    let chain = [
      "1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-alpha.beta", "1.0.0-beta", "1.0.0-beta.2", "1.0.0-beta.11", "1.0.0-rc.1",
      "1.0.0"
    ]
    for (a, b) in zip(chain, chain.dropFirst()) { #expect(try #require(Version(a)) < #require(Version(b))) }
    #expect(Version("v1.2") == Version("1.2.0+x"))
    #expect(Version("1.2.3-a+b")?.description == "1.2.3-a+b")
  }

  @Test(arguments: [
    "18446744073709551616.0.0", "a", "1.2.3.4", "1.2.", "1..2", "-1", "1.0.0-", "1.0.0+", "1.0.0-a..b", "V1.0.0",
    " 1.0.0", "1.0.0 ", "1.0.0_1", "x", "", "1.0.0-01", "vv1"
  ])
  func isNoVersion(_ text: String) { #expect(Version(text) == nil) }

  @Test func theBestOfAList() throws {
    let list = ["1.0.0", "1.3.0-rc.1", "1.2.9", "2.0.0"].compactMap { Version($0) }
    #expect(VersionConstraint("^1")?.best(of: list)?.original == "1.2.9")
    #expect(VersionConstraint(">=1.2-0 <2")?.best(of: list)?.original == "1.2.9")
    #expect(VersionConstraint("^3")?.best(of: list) == nil)
  }
}

import Command
import Helm
import Records
import Settings
import Testing

@testable import Releases

/// Whose release exists, from what helm has stored.
struct StandingTests {
  private func standing(
    config: String = #"{"draft":"web"}"#, description: String = "draft sha256:0", chart: String = "web"
  ) throws -> Standing {
    Standing(
      try HelmState(
        parsing: Array(
          #"""
          {"name":"web","version":3,"config":\#(config),"chart":{"metadata":{"name":"\#(chart)","version":"1.2"}},"manifest":"",
           "info":{"status":"deployed","description":"\#(description)","last_deployed":"2026-11-21T04:31:08.5Z"}}
          """#.utf8), name: "web"))
  }

  @Test func releasesMadeByDraft() throws {
    let ours = try standing(config: #"{"draft":"web","releasedBy":"ann@laptop:/src/web\u001b[2J"}"#)
    #expect(ours.isDrafts && !ours.isByHand && ours.by == "ann@laptop:/src/web[2J")
    #expect(ours.words == "revision 3 of chart web-1.2, 2026-11-21T04:31:08Z")
    // Made by a rollback, by an upgrade that keeps the values, by a failed one; by an older draft that recorded less.
    for description in ["Rollback to 2", "Upgrade complete", "Upgrade \\\"web\\\" failed: timed out"] {
      let standing = try standing(description: description)
      #expect(standing.isDrafts && standing.by == nil)
    }
    #expect(try standing(description: "Upgrade complete").isByHand)
    #expect(try standing(config: "null").isDrafts)
  }

  @Test(arguments: ["null", "{}", #"{"image":{"tag":"1"}}"#]) func releasesNotMadeByDraft(config: String) throws {
    #expect(try !standing(config: config, description: "Install complete").isDrafts)
  }

  @Test(arguments: [
    ("web-0.1.0", "web"), ("web-2-1.0.0", "web-2"), ("web-app-1.2", "web-app"), ("web-1.0.0-rc.1", "web"),
    ("web", "web"), ("-", "-"), ("", "")
  ])
  func chartNames(chart: String, name: String) { #expect(Standing.name(ofChart: chart) == name) }
}

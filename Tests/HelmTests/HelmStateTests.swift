import Command
import Testing

@testable import Helm

/// Helm's release objects, as stored in the Secret.
struct HelmStateTests {
  /// `printf '{"name":"web","version":7,"info":{"status":"deployed","description":"draft sha256:0","notes":"\nhi\n"},"manifest":"---\n"}' | gzip -9n | base64 -w0 | base64 -w0`
  private let secret =
    "SDRzSUFBQUFBQUFDQXgzTFVRckNNQkNFNGF2SVBDY2dnaFZ5bHI2c3pZWXUyRTNKcmhVcDN0MjByLzk4czBOcFlTUjgrSW1Balp0SlZhUkhnR2lwU0R2TXlkL1dTZWIxVmIrY3U4dHNVNVBWVDR2Y3FQakZacnJkaDNUdHMxYm40ekhxTEtQaUY3Q1FTbUh6SG1PTVIvc0RYY1k1YTNvQUFBQT0="

  @Test func eventsOfAReleaseWatch() {
    var revisions = ReleaseWatch.Revisions()
    func hears(_ lines: String...) { for line in lines { revisions.take(line + "\n") } }
    #expect(!revisions.isNewest(1))
    hears("ADDED 3 deployed")
    #expect(revisions.isNewest(3) && !revisions.isNewest(2))
    // A pending revision, and the same once deployed.
    hears("ADDED 4 pending-upgrade")
    #expect(!revisions.isNewest(3) && !revisions.isNewest(4))
    hears("DELETED 3 superseded", "MODIFIED 4 deployed")
    #expect(revisions.isNewest(4) && !revisions.isNewest(3))
    hears("ADDED 5 failed")
    #expect(!revisions.isNewest(4) && !revisions.isNewest(5))
    hears("DELETED 5 failed", "error: something else that kubectl says")
    #expect(revisions.isNewest(4))
    hears("DELETED 4 deployed")
    #expect(!revisions.isNewest(4))
  }

  @Test func secretIsDecoded() throws {
    let state = try HelmState(parsing: HelmState.decoded(secret[...], name: "web"), name: "web")
    #expect(state.revision == 7 && state.status == "deployed" && state.description == "draft sha256:0")
    #expect(state.notes == "hi" && state.manifest == "---\n")
  }

  @Test func malformedInputIsReported() {
    #expect(throws: HelmError.unreadableRelease(name: "web", reason: "its Secret is not base64")) {
      try HelmState.decoded("*", name: "web")
    }
    #expect(throws: HelmError.unreadableRelease(name: "web", reason: "its Secret cannot be decompressed")) {
      try HelmState.decoded("SDRzSUFBQUE=", name: "web")
    }
    #expect(throws: HelmError.self) { try HelmState(parsing: Array("{}".utf8), name: "web") }
    #expect(throws: HelmError.self) { try HelmState(parsing: [], name: "web") }
  }

  @Test func decompressionHasALimit() throws {
    let inner = try #require(Base64.decode(secret).flatMap { Base64.decode($0) })
    #expect(gunzipped(inner) != nil)
    #expect(gunzipped(inner, limit: 10) == nil)
    #expect(gunzipped(Array(inner.prefix(40))) == nil)
  }
}

/// A revision is a number from a label or a Secret, which anyone may have written, and one is added to it.
struct HostileRevisionTests {
  private static let extremes = [
    "9223372036854775807", "-9223372036854775808", "9007199254740993", "99999999999999999999"
  ]

  @Test(arguments: extremes) func ofASecret(_ revision: String) throws {
    let said = "its Secret is of version '\(revision)'"
    #expect(throws: HelmError.unreadableRelease(name: "web", reason: said)) {
      _ = try HelmState.newest(of: "web", in: "\(revision) deployed e30=\n")
    }
    let body = Array(#"{"name":"web","version":\#(revision),"info":{"status":"deployed"}}"#.utf8)
    #expect(throws: HelmError.self) { try HelmState(parsing: body, name: "web") }
    let line =
      "sh.helm.release.v1.web.v\(revision) helm.sh/release.v1 1 1d "
      + "name=web,owner=helm,status=deployed,version=\(revision)"
    #expect(HelmStorage.entry(line[...], namespace: "default") == nil)
  }

  @Test func ofALock() {
    var revisions = ReleaseWatch.Revisions()
    for revision in HostileRevisionTests.extremes { revisions.take("ADDED \(revision) deployed\n") }
    #expect(!revisions.isNewest(.max) && !revisions.isNewest(.min))
  }
}

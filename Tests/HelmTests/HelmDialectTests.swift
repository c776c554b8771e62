import Command
import Testing

@testable import Helm

/// Arguments for helm 3 and for helm 4.
struct HelmDialectTests {
  @Test(arguments: [
    ("v3.17.3+ge4da497\n", HelmDialect.helm3), ("v4.0.0+g99cd196", .helm4), ("v4.2.3", .helm4), ("v10.1.0", .helm4),
    ("", .helm3), ("what?", .helm3)
  ])
  func dialectIsByVersion(version: String, dialect: HelmDialect) {
    #expect(HelmDialect(version: version) == dialect)
  }

  /// What Go writes into a program is known without starting it.
  @Test func dialectIsThatOfTheProgram() throws {
    #expect(HelmDialect(package: "helm.sh/helm/v4/cmd/helm") == .helm4)
    #expect(HelmDialect(package: "helm.sh/helm/v3/cmd/helm") == .helm3)
    #expect(HelmDialect(package: "example.org/helm/v4") == nil)
    if let helm = Child.find("helm"), let package = GoProgram.package(of: helm) {
      #expect(HelmDialect(package: package) == HelmDialect.spoken)
    }
    let directory = try Temporary.directory()
    defer { Temporary.remove(directory) }
    let head: [UInt8] = [0x7F, 0x45, 0x4C, 0x46, 2, 1]
    for bytes in [[], head, head + [UInt8](repeating: 0xFF, count: 200), head + [UInt8](repeating: 0, count: 200)] {
      try Files.write(bytes, to: directory + "/program", durable: false)
      #expect(GoProgram.package(of: directory + "/program") == nil)
    }
    #expect(GoProgram.package(of: "/bin/sh") == nil)
    #expect(GoProgram.package(of: directory + "/none") == nil)
  }

  private func state(_ more: String) throws -> HelmState {
    try HelmState(parsing: Array(#"{"name":"web","version":1,"info":{"status":"deployed"}\#(more)}"#.utf8), name: "web")
  }

  @Test func helm3GetsTheSameArguments() throws {
    let words = ["upgrade", "--install", "web", "web.tgz", "--wait"]
    #expect(HelmDialect.helm3.words(words, newest: nil) == words)
    #expect(try HelmDialect.helm3.words(words, newest: state(#","apply_method":"ssa""#)) == words)
  }

  @Test func helm4() throws {
    let words = ["upgrade", "--install", "web", "web.tgz", "--wait"]
    let forced = ["upgrade", "--server-side=true", "--force-conflicts", "--install", "web", "web.tgz", "--wait=watcher"]
    #expect(HelmDialect.helm4.words(words, newest: nil) == forced)
    #expect(try HelmDialect.helm4.words(words, newest: state(#","apply_method":"ssa""#)) == forced)
    // Client-side apply: helm refuses to force conflicts.
    for method in ["", #","apply_method":"csa""#] {
      #expect(
        try HelmDialect.helm4.words(words, newest: state(method)) == [
          "upgrade", "--install", "web", "web.tgz", "--wait=watcher"
        ])
    }
    #expect(
      HelmDialect.helm4.words(["rollback", "web", "1"], newest: nil) == [
        "rollback", "--server-side=true", "--force-conflicts", "web", "1"
      ])
    for other in [["uninstall", "web"], ["history", "web", "--output=json"], ["status", "web"]] {
      #expect(HelmDialect.helm4.words(other, newest: nil) == other)
    }
  }
}

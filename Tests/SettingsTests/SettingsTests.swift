import Command
import Records
import Testing

@testable import Settings

@Test func noFileMeansDefaults() throws {
  let sandbox = try Sandbox(name: "My_App.v2")
  let app = try sandbox.begin()
  #expect(app == App(name: "my-app-v2", dir: sandbox.path))
  let settings = try sandbox.settings(app: app)
  #expect(settings.name == "my-app-v2" && settings.namespace == "default" && settings.wait && settings.watchDelay == 2)
  #expect(settings.dockerfile == "Dockerfile" && settings.builder == "buildah" && settings.registry == nil && settings.chart == nil)
  #expect(settings.source(of: "wait") == "default" && settings.source(of: "name") == "record")
}

@Test func defaultsArePerKey() throws {
  let settings = try Sandbox(draft: "[environments.development]\nname = \"shop\"\n").settings()
  #expect(settings.name == "shop" && settings.wait && settings.namespace == "default" && settings.watchDelay == 2)
}

@Test func bothSpellings() throws {
  for (delay, ports) in [("watch-delay", "override-ports"), ("watch_delay", "override_ports")] {
    let settings = try Sandbox(draft: "[environments.development]\n\(delay) = 7\n\(ports) = [\"8080:80\"]\n").settings()
    #expect(settings.watchDelay == 7 && settings.overridePorts == ["8080:80"])
    #expect(settings.source(of: "watch-delay") == "draft.toml:2")
  }
}

import Records
import Settings
import Testing

@testable import Charts

/// No value may set another key, and draft's own values win.
struct ChartValuesTests {
  private func values(_ repository: String = "web", _ tag: String = "1", set: [String] = []) -> ChartValues? {
    var settings = Settings(name: "web")
    settings.set = set.enumerated().map { (text: $1, source: "draft.toml:\($0 + 1)") }
    settings.basedomain = "a,b=c{"
    return ChartValues(
      app: App(name: "web", dir: "/"),
      image: Image(repository: repository, tag: tag, store: "containers-storage", how: "builder", why: ""),
      settings: settings)
  }

  @Test func injectedValuesComeLastAndAreEscaped() {
    #expect(
      values(set: ["a=1,b=2", "image.tag=x"])?.arguments == [
        "--set=a=1,b=2", "--set=image.tag=x", "--set=ondraft=true", "--set-string=image.repository=web",
        "--set-string=image.tag=1", "--set-string=draft=web",
        "--set-string=buildID=1", #"--set-string=basedomain=a\,b\=c\{"#
      ])
  }

  @Test func recordTellsSources() {
    #expect(
      values(set: [#"a=1,b={x,y},c=\,z"#])?.settings.prefix(4) == [
        .init(key: "a", value: "1", source: "draft.toml:1"), .init(key: "b", value: "{x,y}", source: "draft.toml:1"),
        .init(key: "c", value: #"\,z"#, source: "draft.toml:1"),
        .init(key: "image.repository", value: "web", source: "draft")
      ])
  }

  @Test(arguments: ["a b", "a,b", "-web", "", "a\nb", "a\"b", "ä", "{a}"]) func hostileRepositoryIsRejected(
    repository: String
  ) {
    #expect(values(repository) == nil)
  }

  @Test(arguments: ["127.0.0.1:5000/a/web", "docker.io/me/web", "web", "[::1]:5000/web"]) func repositoryIsTaken(
    repository: String
  ) {
    #expect(values(repository)?.settings.first?.value == repository)
  }

  @Test(arguments: ["a:b", ".x", "", "a/b"]) func hostileTagIsRejected(tag: String) {
    #expect(values("web", tag) == nil)
  }
}

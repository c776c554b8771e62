import Command
import Glibc
import Records
import Testing

@testable import Settings

@Test func noFileMeansDefaults() throws {
  let sandbox = try Sandbox(name: "web")
  let app = try sandbox.begin()
  #expect(app == App(name: "web", dir: sandbox.path))
  let settings = try sandbox.settings(for: app)
  #expect(
    settings.namespace == "default" && settings.wait && !settings.watch && settings.watchDelay == 2
      && !settings.autoConnect)
  #expect(
    settings.dockerfile == "Dockerfile" && settings.builder == "buildah" && settings.registry == nil
      && settings.chart == nil)
  #expect(
    settings.set.isEmpty && settings.customTags.isEmpty && settings.buildArguments.isEmpty
      && settings.kubeContext == nil)
  #expect(settings.source(of: "wait") == "default" && settings.source(of: "name") == "record")
  // Without a file any environment is accepted; a file lists its environments.
  #expect(try sandbox.begin("-e", "staging").environment == "staging")
}

@Test func defaultsArePerKey() throws {
  let settings = try Sandbox("name = \"shop\"").settings()
  #expect(settings.name == "shop" && settings.wait && settings.namespace == "default" && settings.watchDelay == 2)
  // Files without settings for any environment.
  for text in ["", "# only a comment\n", "[environments]\n"] { #expect(try Sandbox(draft: text).settings().wait) }
}

@Test func everyKeyIsRead() throws {
  let sandbox = try Sandbox(
    "name = \"shop\"", "namespace = \"team\"", "registry = \"127.0.0.1:5000/a/\"", "builder = \"docker\"",
    "dockerfile = \"build/./Dockerfile\"",
    "chart = \"deploy/../charts/shop\"", "build-tar = \"b.tgz\"", "chart-tar = \"c.tgz\"", "set = [\"a.b=c\", \"d=1\"]",
    "wait = false", "watch = true",
    "watch-delay = 0.5", "override-ports = [\"8080:80\"]", "auto-connect = true",
    "custom-tags = [\"latest\", \"v1.0\"]", "kube-context = \"kind-x\"",
    "basedomain = \"example.org\"", "disable-push-warning = false", "resource-group-name = \"old\"",
    "image-build-args = { B = \"2\", A = \"1 = 1\" }")
  let settings = try sandbox.settings()
  #expect(
    settings.name == "shop" && settings.namespace == "team" && settings.registry == "127.0.0.1:5000/a"
      && settings.builder == "docker")
  #expect(
    settings.dockerfile == "build/Dockerfile" && settings.chart == "charts/shop" && settings.buildTar == "b.tgz"
      && settings.chartTar == "c.tgz")
  #expect(
    settings.set.map(\.text) == ["a.b=c", "d=1"] && settings.set.map(\.source) == ["draft.toml:10", "draft.toml:10"])
  #expect(
    !settings.wait && settings.watch && settings.watchDelay == 0.5 && settings.autoConnect
      && !settings.disablePushWarning)
  #expect(settings.overridePorts == ["8080:80"] && settings.customTags == ["latest", "v1.0"])
  #expect(settings.buildArguments.map(\.name) == ["B", "A"] && settings.buildArguments.map(\.value) == ["2", "1 = 1"])
  #expect(settings.kubeContext == "kind-x" && settings.basedomain == "example.org")
  #expect(try sandbox.begin() == App(name: "shop", dir: sandbox.path, namespace: "team", context: "kind-x"))
}

@Test func everyKeyHasBothSpellings() throws {
  #expect(
    Key.all.filter { $0.name.contains("-") }.allSatisfy {
      $0.spellings.contains($0.name.map { $0 == "-" ? "_" : String($0) }.joined())
    })
  let settings = try Sandbox(
    "watch_delay = 7", "override_ports = [\"8080:80\"]", "build_tar = \"b\"", "chart_tar = \"c\"",
    "container_builder = \"docker\"", "auto_connect = true"
  ).settings()
  #expect(
    settings.watchDelay == 7 && settings.overridePorts == ["8080:80"] && settings.buildTar == "b"
      && settings.builder == "docker" && settings.autoConnect)
  #expect(settings.source(of: "watch-delay") == "draft.toml:2" && settings.source(of: "builder") == "draft.toml:6")
  #expect(
    try Sandbox("watch-delay = 1", "watch_delay = 2").refusal()
      == "cannot use 'watch_delay' (draft.toml:3): it is set already (draft.toml:2, 'watch-delay')")
}

@Test func environments() throws {
  let sandbox = try Sandbox(
    draft:
      "[environments.development]\nname = \"web\"\n[environments.production]\nname = \"web-live\"\nnamespace = "
      + "\"live\"\nkube-context = \"prod\"\nwait = false\n"
  )
  #expect(
    try sandbox.begin("-e", "production")
      == App(name: "web-live", dir: sandbox.path, environment: "production", namespace: "live", context: "prod"))
  #expect(sandbox.refusal("-e", "staging") == "cannot find environment 'staging' in 'draft.toml'")
  #expect(exitCode { try sandbox.begin("-e", "staging") } == 78)
  #expect(
    SettingsError.noEnvironment("s", file: "f", available: ["a", "b"]).hint
      == "it has 'a', 'b'; choose with --environment or DRAFT_ENV")
  // A record started for development, and a stage with another environment: no setting of development is kept.
  let settings = try sandbox.settings(for: sandbox.begin(), "-e", "production")
  #expect(
    settings.environment == "production" && settings.namespace == "live" && settings.kubeContext == "prod"
      && !settings.wait)
  #expect(exitCode { try sandbox.begin("-e", "../x") } == 64)
}

@Test func theCommandLineOverridesTheRecord() throws {
  let sandbox = try Sandbox("name = \"web\"", "namespace = \"file\"", "kube-context = \"file\"")
  let app = App(name: "other", dir: sandbox.path, namespace: "record", context: "record")
  let settings = try sandbox.settings(for: app)
  #expect(
    settings.name == "other" && settings.namespace == "record" && settings.kubeContext == "record"
      && settings.source(of: "namespace") == "record")
  let told = try sandbox.settings(for: app, "--namespace", "argv", "--kube-context", "argv", "--app", "Argv App")
  #expect(
    told.name == "argv-app" && told.namespace == "argv" && told.kubeContext == "argv"
      && told.source(of: "name") == "--app")
}

@Test func impossibleRecordsAreRejected() throws {
  let sandbox = try Sandbox()
  for app in [
    App(name: "../x", dir: sandbox.path), App(name: "web", dir: "relative"),
    App(name: "web", dir: sandbox.path, namespace: "a/b"),
    App(name: "web", dir: sandbox.path, environment: "a\nb"), App(name: "", dir: sandbox.path)
  ] { #expect(exitCode { try sandbox.settings(for: app) } == 65) }
  #expect(exitCode { try sandbox.settings(for: App(name: "web", dir: sandbox.path + "/gone")) } == 66)
}

@Test func brokenFiles() throws {
  #expect(
    try Sandbox(draft: "[environments.development]\nname = \"a\"\nwait = tru\n").refusal()?.hasPrefix(
      "cannot read 'draft.toml': line 3, column ") == true)
  #expect(exitCode { try Sandbox("name = \"a\"", "name = \"b\"").begin() } == 78)
  #expect(exitCode { try Sandbox(draft: "\u{0}\u{1}").begin() } == 78)
  #expect(exitCode { try Sandbox(draft: "a." + String(repeating: "a.", count: 200_000) + "a = 1").begin() } == 78)
  #expect(exitCode { try Sandbox(draft: "a = " + String(repeating: "[", count: 200_000)).begin() } == 78)
  #expect(
    try Sandbox(draft: "environments = 3\n").refusal()
      == "cannot use 'environments' (draft.toml:1): it takes a table of environments, not a number")
  #expect(
    try Sandbox(draft: "[environments]\ndevelopment = []\n").refusal()
      == "cannot use 'environments.development' (draft.toml:2): it takes a table, not a list")
  let sandbox = try Sandbox()
  try Files.makeDirectories(sandbox.path + "/draft.toml")
  #expect(exitCode { try sandbox.begin() } == 74)
}

@Test(arguments: [
  ("wait = \"yes\"", "'wait' (draft.toml:2): it takes true or false, not a string"),
  ("watch-delay = \"2s\"", "'watch-delay' (draft.toml:2): it takes a number of seconds, not a string"),
  ("watch-delay = -1", "'watch-delay' (draft.toml:2): it must be a number of seconds from 0 to 3600"),
  ("watch-delay = nan", "'watch-delay' (draft.toml:2): it must be a number of seconds from 0 to 3600"),
  ("set = \"a=b\"", "'set' (draft.toml:2): it takes a list of strings, not a string"),
  ("set = [\n\"a=b\",\n3]", "'set' (draft.toml:4): it takes strings only, not a number"),
  ("name = 3", "'name' (draft.toml:2): it takes a string, not a number"),
  ("name = \"My App\"", "'name' (draft.toml:2): 'My App' is not a valid Kubernetes name"),
  ("name = \"\"", "'name' (draft.toml:2): '' is not a valid Kubernetes name"),
  ("namespace = \"a.b\"", "'namespace' (draft.toml:2): 'a.b' is not a valid Kubernetes name"),
  ("image-build-args = [\"A=1\"]", "'image-build-args' (draft.toml:2): it takes a table of strings, not a list"),
  ("image-build-args = { A = 1 }", "'image-build-args' (draft.toml:2): it takes a string for 'A', not a number"),
  (
    "image-build-args = { \"A B\" = \"1\" }",
    "'image-build-args' (draft.toml:2): 'A B' is not a valid build argument name"
  ),
  ("override-ports = [\"8080\"]", "'override-ports' (draft.toml:2): '8080' is not LOCAL:REMOTE"),
  ("override-ports = [\"0:80\"]", "'override-ports' (draft.toml:2): '0:80' is not LOCAL:REMOTE"),
  ("override-ports = [\"1:80\", \"2:80\"]", "'override-ports' (draft.toml:2): remote 80 is mapped twice"),
  ("custom-tags = [\"a b\"]", "'custom-tags' (draft.toml:2): 'a b' is not a tag"),
  ("builder = \"acrbuild\"", "'builder' (draft.toml:2): 'acrbuild' is no longer supported"),
  ("builder = \"../evil\"", "'builder' (draft.toml:2): '../evil' is not a valid builder name"),
  ("registry = \"https://x.io\"", "'registry' (draft.toml:2): 'https://x.io' is a URL"),
  ("registry = \"me:secret@x.io\"", "'registry' (draft.toml:2): it contains a user or a password"),
  ("registry = \"x.io:99999\"", "'registry' (draft.toml:2): 'x.io:99999' is not a registry"),
  ("registry = \"x.io/Up\"", "'registry' (draft.toml:2): 'x.io/Up' is not a registry"),
  ("registry = \"x.io/a b\"", "'registry' (draft.toml:2): 'x.io/a b' is not a registry"),
  ("basedomain = \"-x\"", "'basedomain' (draft.toml:2): '-x' is not a domain"),
  ("kube-context = \"a\\u001Bb\"", "'kube-context' (draft.toml:2): it contains a control character"),
  ("build-tar = \"b\"", "'build-tar' (draft.toml:2): it needs 'chart-tar' too"),
  ("set = [\"novalue\"]", "'set' (draft.toml:2): 'novalue' is not KEY=VALUE")
])
func valuesThatCannotBeUsed(_ line: String, _ message: String) throws {
  let sandbox = try Sandbox(line)
  #expect(sandbox.refusal() == "cannot use " + message)
  #expect(exitCode { try sandbox.begin() } == 78)
}

@Test func registries() throws {
  for registry in [
    "docker.io/me", "localhost:5000", "127.0.0.1:5000/a/b_c/d-e", "[::1]:5000", "[fe80::1]", "me",
    "Registry.Example:443"
  ] {
    #expect(try Sandbox("registry = \"\(registry)\"").settings().registry == registry)
  }
  #expect(try Sandbox("registry = \"\"").settings().registry == nil)
}

@Test func pathsStayInside() throws {
  for key in ["dockerfile", "chart"] {
    for (path, message) in [
      ("/etc/passwd", "'/etc/passwd' is an absolute path"), ("../x", "'../x' is outside the application's directory"),
      ("a/../../x", "'a/../../x' is outside the application's directory"),
      (".", "'.' is the application's directory itself")
    ] { #expect(try Sandbox("\(key) = \"\(path)\"").refusal() == "cannot use '\(key)' (draft.toml:2): \(message)") }
  }
  let sandbox = try Sandbox("dockerfile = \"link/hostname\"")
  symlink("/etc", sandbox.path + "/link")
  #expect(
    sandbox.refusal()
      == "cannot use 'dockerfile' (draft.toml:2): 'link/hostname' is outside the application's directory")
  // A link that stays inside is fine, and so is a path that does not exist yet.
  let inside = try Sandbox("dockerfile = \"link/Dockerfile\"", "chart = \"not/yet\"")
  try Files.makeDirectories(inside.path + "/real")
  try inside.write("FROM scratch\n", to: "real/Dockerfile")
  symlink("real", inside.path + "/link")
  #expect(try inside.settings().dockerfile == "link/Dockerfile")
}

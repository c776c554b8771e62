import Records
import Testing

@testable import Settings

@Test func eachLayerGivesWayToTheOneAbove() throws {
  let sandbox = try Sandbox("name = \"web\"")
  try sandbox.write("# mine\nbasedomain = \"config.example\"\n", to: "../config.toml")
  #expect(
    try sandbox.settings().basedomain == "config.example"
      && sandbox.settings().source(of: "basedomain") == "config.toml:2")
  try sandbox.write("[environments.development]\nbasedomain = \"file.example\"\n", to: "draft.toml")
  #expect(
    try sandbox.settings().basedomain == "file.example" && sandbox.settings().source(of: "basedomain") == "draft.toml:2"
  )
  sandbox.variables = ["DRAFT_BASEDOMAIN": "variable.example"]
  #expect(
    try sandbox.settings().basedomain == "variable.example"
      && sandbox.settings().source(of: "basedomain") == "$DRAFT_BASEDOMAIN")
  let told = try sandbox.settings("--basedomain", "argv.example")
  #expect(told.basedomain == "argv.example" && told.source(of: "basedomain") == "--basedomain")
  // A bad value is reported with its place; on the command line it is a usage error.
  sandbox.variables = ["DRAFT_BASEDOMAIN": "-"]
  #expect(sandbox.refusal() == "cannot use 'basedomain' ($DRAFT_BASEDOMAIN): '-' is not a domain")
  #expect(exitCode { try sandbox.begin() } == 78)
  #expect(exitCode { try sandbox.begin("--basedomain", "-") } == 64)
}

@Test func everyKeyHasAVariable() throws {
  let sandbox = try Sandbox(
    "name = \"web\"", "namespace = \"file\"", "wait = true", "watch-delay = 9", "dockerfile = \"F\"")
  sandbox.variables = [
    "DRAFT_NAMESPACE": "n", "DRAFT_REGISTRY": "r", "DRAFT_BUILDER": "b", "DRAFT_DOCKERFILE": "d", "DRAFT_CHART": "c",
    "DRAFT_BUILD_TAR": "bt",
    "DRAFT_CHART_TAR": "ct", "DRAFT_IMAGE_BUILD_ARGS": "A=1", "DRAFT_CUSTOM_TAGS": "t", "DRAFT_SET": "s=1",
    "DRAFT_WAIT": "no", "DRAFT_WATCH": "1",
    "DRAFT_WATCH_DELAY": "0.25", "DRAFT_OVERRIDE_PORTS": "1:2", "DRAFT_AUTO_CONNECT": "true", "DRAFT_KUBE_CONTEXT": "k",
    "DRAFT_BASEDOMAIN": "x.y",
    "DRAFT_DISABLE_PUSH_WARNING": "on", "DRAFT_REMOTE": "ssh:h", "DRAFT_ENGINE": "helm", "DRAFT_EXCLUSIVE": "yes",
    "DRAFT_WITH": "scan@pack", "DRAFT_CREDENTIAL_HELPER": "pass"
  ]
  #expect(Set(Key.all.compactMap(\.variable)) == Set(sandbox.variables.keys))
  let settings = try sandbox.settings(for: sandbox.begin())
  for key in Key.all {
    let source =
      [Key.name, .namespace, .kubeContext].contains { $0.name == key.name }
      ? "record" : key.variable.map { "$\($0)" } ?? "default"
    // The record's context has precedence over the variable.
    #expect(settings.source(of: key.name) == (key.name == Key.engine.name ? "default" : source))
  }
  #expect(
    settings.namespace == "n" && !settings.wait && settings.watch && settings.watchDelay == 0.25
      && settings.dockerfile == "d" && settings.kubeContext == "k")
}

@Test func listsAndTablesAddUp() throws {
  let sandbox = try Sandbox(
    "set = [\"a=1\", \"b=2\"]", "image-build-args = { A = \"1\", B = \"2\" }", "custom-tags = [\"x\"]")
  sandbox.variables = ["DRAFT_SET": "c=3,d=4", "DRAFT_IMAGE_BUILD_ARGS": "B=x y\nC=3", "DRAFT_CUSTOM_TAGS": "y,z"]
  let settings = try sandbox.settings("--set", "a=9", "--set", "e=5", "--build-arg", "A=a=b", "--build-arg", "D=")
  #expect(settings.set.map(\.text) == ["a=1", "b=2", "c=3,d=4", "a=9", "e=5"])
  #expect(settings.set.map(\.source) == ["draft.toml:2", "draft.toml:2", "$DRAFT_SET", "--set", "--set"])
  #expect(settings.buildArguments.map { "\($0.name)=\($0.value)" } == ["A=a=b", "B=x y", "C=3", "D="])
  #expect(settings.customTags == ["y", "z"])
  #expect(exitCode { try sandbox.settings("--build-arg", "novalue") } == 64)
}

@Test func switches() throws {
  let sandbox = try Sandbox("wait = false")
  #expect(try sandbox.settings("--wait").wait && sandbox.settings("--wait").source(of: "wait") == "--wait")
  #expect(try !Sandbox("wait = true").settings("--no-wait").wait)
  sandbox.variables = ["DRAFT_AUTO_CONNECT": "perhaps"]
  #expect(
    sandbox.refusal() == "cannot use 'auto-connect' ($DRAFT_AUTO_CONNECT): it must be true or false, not 'perhaps'")
  // 'draft config set' writes strings.
  let configured = try Sandbox()
  for (text, flag) in [("\"1\"", true), ("\"no\"", false), ("true", true)] {
    try configured.write("disable-push-warning = \(text)\n", to: "../config.toml")
    #expect(try configured.settings().disablePushWarning == flag)
  }
  try configured.write("disable-push-warning = \"\"\n", to: "../config.toml")
  #expect(exitCode { try configured.settings() } == 78)
}

@Test func theEnvironmentToo() throws {
  let sandbox = try Sandbox(draft: "[environments.development]\n[environments.blue]\nname = \"blue\"\n")
  sandbox.variables = ["DRAFT_ENV": "blue"]
  #expect(try sandbox.begin().name == "blue" && sandbox.begin().environment == "blue")
  #expect(try sandbox.begin("-e", "development").name == "web")
  // The record keeps its environment.
  #expect(try sandbox.settings(for: App(name: "x", dir: sandbox.path)).environment == "development")
}

@Test func onlySomeKeysAreOfTheHome() throws {
  let sandbox = try Sandbox()
  try sandbox.write(
    "registry = \"a.io\"\ncontainer-builder = \"docker\"\nname = \"all\"\nwait = \"no\"\nkube_context = \"kind-x\"\n",
    to: "../config.toml")
  let settings = try sandbox.settings()
  #expect(
    settings.registry == "a.io" && settings.builder == "docker" && settings.name == "web" && settings.wait
      && settings.kubeContext == "kind-x")
  try sandbox.write("registry = [\n", to: "../config.toml")
  #expect(exitCode { try sandbox.settings() } == 78)
}

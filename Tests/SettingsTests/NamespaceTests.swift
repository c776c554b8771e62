import Command
import Records
import Testing

@testable import Settings

private let config = """
  apiVersion: v1
  kind: Config
  current-context: a
  contexts:
  - {name: a, context: {cluster: a, namespace: team-anna}}
  - {name: b, context: {cluster: a, namespace: "on"}}
  - {name: none, context: {cluster: a}}
  - {name: bad, context: {cluster: a, namespace: Team_Anna}}
  """

private func sandbox(_ lines: String = "") throws -> Sandbox {
  let sandbox = try Sandbox(draft: "[environments.development]\nname = \"web\"\n" + lines)
  try sandbox.write(config, to: "kubeconfig")
  sandbox.variables["KUBECONFIG"] = sandbox.path + "/kubeconfig"
  return sandbox
}

@Test func theNamespaceOfTheContext() throws {
  let plain = try sandbox()
  #expect(try plain.begin().namespace == "team-anna")
  #expect(try plain.begin("--kube-context", "b").namespace == "on")
  #expect(try plain.begin("--kube-context", "none").namespace == "default")
  #expect(try plain.begin("--kube-context", "nowhere").namespace == "default")
  #expect(try plain.begin("--namespace", "x").namespace == "x")
  // The namespace of a started record stays, whatever the context has become.
  #expect(try plain.settings(for: App(name: "web", dir: plain.path), "--kube-context", "b").namespace == "default")
  plain.variables["DRAFT_KUBE_CONTEXT"] = "b"
  #expect(try plain.begin().namespace == "on")
  plain.variables["DRAFT_NAMESPACE"] = "y"
  #expect(try plain.begin().namespace == "y")
  #expect(try sandbox("namespace = \"file\"\n").begin().namespace == "file")
  #expect(try sandbox("namespace = \"\"\n").begin().namespace == "team-anna")
  #expect(try sandbox("kube-context = \"b\"\n").begin().namespace == "on")
  // Podman has no contexts.
  #expect(try sandbox("engine = \"podman\"\n").begin().namespace == "default")
  // A name that Kubernetes does not accept.
  #expect(
    try sandbox("kube-context = \"bad\"\n").refusal()
      == "cannot use 'namespace' (kube context 'bad'): 'Team_Anna' is not a valid Kubernetes name")
}

@Test func filesOfKubectl() throws {
  let sandbox = try sandbox()
  try sandbox.write(
    "contexts: [{name: a, context: {namespace: first}}, {name: c, context: {namespace: c}}]\n", to: "first")
  try sandbox.write("current-context: c\n", to: "second")
  let files = { (names: String...) in names.map { $0.isEmpty ? "" : sandbox.path + "/" + $0 }.joined(separator: ":") }
  let namespace = { (list: String) throws -> String in
    sandbox.variables["KUBECONFIG"] = list; return try sandbox.begin().namespace
  }
  #expect(try namespace(files("first", "kubeconfig")) == "first")
  #expect(try namespace(files("kubeconfig", "first")) == "team-anna")
  #expect(try namespace(files("second", "", "gone", "first", "kubeconfig")) == "c")
  #expect(try namespace(files("first")) == "default")
  #expect(try namespace("/dev/null") == "default")
  // A broken file is reported by the command that contacts the cluster.
  try sandbox.write("{a:\n", to: "broken")
  #expect(try namespace(files("broken")) == "default")
  sandbox.variables = ["HOME": sandbox.path]
  try Files.makeDirectories(sandbox.path + "/.kube")
  try sandbox.write(config, to: ".kube/config")
  #expect(try sandbox.begin().namespace == "team-anna")
}

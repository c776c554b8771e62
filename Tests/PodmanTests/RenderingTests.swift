import Command
import Records
import Testing

@testable import Podman

private func refusal(_ yaml: String) -> String? {
  do { _ = try Rendering(yaml: Array(yaml.utf8), chart: "web", call: nil) } catch { return sentence(error) }
  return nil
}

/// As helm does: each document by itself, and `{a:,b: x}` has the key `a:`.
@Test func documentsAreReadOneByOne() throws {
  let stream =
    "---\n# Source: web/templates/a.yaml\nkind: A\nmetadata: {labels: {a:,b: x}}\n---\n# Source: "
    + "web/templates/b.yaml\nkind: B\n"
  let rendering = try Rendering(
    yaml: Array((stream + "--- # last\nkind: C\ntext: |\n  ---\n...\n").utf8), chart: "web", call: nil)
  #expect(rendering.manifests.map { $0["kind"]?.string } == ["A", "B", "C"])
  #expect(rendering.manifests[0]["metadata"]?["labels"] == .members(["a:": .null, "b": .string("x")]))
  #expect(rendering.manifests[2]["text"] == .string("---\n"))
  let bad =
    "---\n# Source: web/templates/a.yaml\nkind: A\n---\n# Source: web/templates/b.yaml\nkind: B\nlabels: {a: "
    + "b\n---\nkind: C\n"
  #expect(
    refusal(bad)?.hasPrefix("chart 'web' does not render: web/templates/b.yaml: line ") == true, "\(refusal(bad) ?? "")"
  )
  #expect(
    refusal("a: b: c\n")
      == "chart 'web' does not render: line 1, column 5: mapping values are not allowed in this context")
}

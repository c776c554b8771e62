import Command
import Glibc
import Testing

@testable import YAML

private func value(_ text: String, _ path: String..., limit: Int = 100) throws -> (value: YAML?, keys: Int) {
  let directory = try Temporary.directory()
  defer { Temporary.remove(directory) }
  try Files.write(Array(text.utf8), to: directory + "/x.yaml")
  let descriptor = open(directory + "/x.yaml", O_RDONLY | O_CLOEXEC)
  defer { close(descriptor) }
  return try YAML.value(at: path, readingFrom: descriptor, limit: limit, file: "x.yaml")
}

@Test func theValueAtAPath() throws {
  let text = "a: {b: {c: 9}}\nb:\n  c: 1\n  b: {c: 2}\n? [x, {b: 1}]\n: y\nb: {c: 3, d: *no}\n"
  #expect(throws: YAMLError.self) { try value("b: {c: *no}\n", "b", "c") }
  #expect(try value(text, "b", "c").value?.text == "3", "as go-yaml has it, the last of several")
  #expect(try value(text, "a", "b").value?["c"]?.text == "9")
  #expect(try value(text, "a", "x").keys == 1)
  #expect(try value(text, "x", "b").keys == 0)
  #expect(try value(text, "a", "b", "c", "d").keys == 3)
  #expect(try value("", "a").keys == 0)
  #expect(try value("a: 1\n---\na: 2\n", "a").value?.text == "1")
}

@Test func theRestMustBeYAMLAndTheValueWithinItsLimit() {
  #expect(
    throws: YAMLError(
      file: "x.yaml", line: 3, column: 1, reason: "did not find expected node content while parsing a flow node")
  ) { try value("a: 1\nb: [\n", "a") }
  #expect(throws: YAMLError.self) { try value("a: [" + String(repeating: "1,", count: 200) + "]\n", "a") }
  #expect(throws: Never.self) { try value("b: [" + String(repeating: "1,", count: 200) + "]\n", "a") }
  #expect(throws: YAMLError.self) {
    try value("b: " + String(repeating: "[", count: 200) + String(repeating: "]", count: 200) + "\n", "a")
  }
}

import Testing

@testable import Templates

#if canImport(Glibc)
  import Glibc
#endif

// Tests/fixtures/templates has templates and what helm 3.17 makes of them; Tests/cli/3040-language.t compares that with
// helm itself.

private let directory =
  #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(2).joined(separator: "/")
  + "/fixtures/templates/"

private func lines(_ name: String) throws -> [String] {
  let file = try #require(fopen(directory + name, "r"))
  defer { fclose(file) }
  var bytes: [UInt8] = [], buffer = [UInt8](repeating: 0, count: 65536)
  while case let count = fread(&buffer, 1, buffer.count, file), count > 0 { bytes += buffer[..<count] }
  return String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
}

/// Where a line of a fixture has a line end.
private func template(_ line: some StringProtocol) -> [UInt8] {
  Array(line.split(separator: "⏎", omittingEmptySubsequences: false).joined(separator: "\n").utf8)
}

func map(_ entries: [(String, Value)], _ kind: GoMap.Kind = .any) -> Value { .map(GoMap(entries, kind)) }

/// What is in values.yaml, and beside it.
func data(_ name: String = "c/templates/a.yaml") -> Value {
  let list: [Value] = [.float64(1), "a", .bool(true), Value(["x", .float64(2.5)]), map([("k", "v")])]
  let nest = map([("deep", map([("er", "found")]))])
  let values: [(String, Value)] = [
    ("s", "str"), ("num", .float64(3)), ("f", .float64(1.5)), ("big", .float64(1_000_000)), ("neg", .float64(-7)),
    ("t", .bool(true)), ("l", Value(list)),
    ("m", map([("b", .float64(2)), ("a", .float64(1)), ("é", "x"), ("nest", nest)])), ("e", map([])), ("el", Value([])),
    ("es", ""), ("html", "<a href=\"x\">'&</a>"), ("multi", "a\nb\n")
  ]
  let directory = name.split(separator: "/").dropLast().joined(separator: "/")
  return map(
    [
      ("Values", map(values, .values)), ("Release", map([("Name", "r")])), ("Chart", map([("Name", "c")])),
      ("Template", map([("Name", Value(name)), ("BasePath", Value(directory))]))
    ], .values)
}

/// A few of sprig's, as far as these tests need them.
func functions() -> FunctionTable {
  var table = FunctionTable()
  table.add([
    "list": Function([], variadic: .any) { _, values in Value(values) },
    "dict": Function([], variadic: .any) { _, values in
      let map = GoMap()
      for place in stride(from: 0, to: values.count, by: 2) { map[try values[place].text()] = values[place + 1] }
      return .map(map)
    },
    "default": Function([.any], variadic: .any) { _, values in values.last?.isTrue == true ? values[1] : values[0] },
    "int": Function([.any]) { _, values in
      guard case .float64(let double) = values[0] else { return .int(0) }
      return .int(Int(double))
    },
    "upper": Function([.string]) { _, values in values[0] },
    "trunc": Function([.int, .string]) { _, values in values[1] },
    "keys": Function([], variadic: .map) { _, values in Value([]) },
    "hasKey": Function([.map, .string]) { _, values in .bool(false) },
    "nindent": Function([.int, .string]) { _, values in
      guard case .int(let width) = values[0], case .string(let text) = values[1] else { return .nil }
      var result: [UInt8] = []
      for line in text.split(separator: 0x0A, omittingEmptySubsequences: false) {
        result += [0x0A] + repeatElement(0x20, count: width) + line
      }
      return .string(result)
    },
    "random": Function([], isRandom: true) { _, _ in "xyz" },
    "unknown": Function([]) { _, _ in throw RenderFailure.unknown }
  ])
  return table
}

/// What a template gives, or the text of the error.
func render(
  _ text: String, _ dot: Value = data(), options: Execution.Options = .init(), trace: Trace? = nil
) -> String {
  let set = TemplateSet(functions: functions())
  do {
    try set.add("c/templates/a.yaml", template(text))
    return String(decoding: try set.render("c/templates/a.yaml", dot, options: options, trace: trace), as: UTF8.self)
  } catch let error as TemplateError {
    return error.helmText
  } catch RenderFailure.execution(let text) {
    return text
  } catch { return "\(error)" }
}

@Test func templatesGiveWhatHelmGives() throws {
  let cases = try lines("cases.txt"), expected = try lines("expected.txt")
  #expect(cases.count == expected.count)
  let set = TemplateSet(functions: functions())
  func name(_ number: Int) -> String { "cases/templates/_\(number).tpl" }
  // As helm does, the last one first.
  for (number, text) in cases.enumerated().reversed() { try set.add(name(number), template(text)) }
  for (number, text) in expected.enumerated() {
    let line = "{{ include \"\(name(number))\" . | printf \"%q\" }}"
    let file = "cases/templates/all.yaml"
    try set.add(file, Array(line.utf8))
    let result = try set.render(file, data(file))
    #expect(String(decoding: result, as: UTF8.self) == text, "\(cases[number])")
  }
}

@Test func errorsAreThoseOfHelm() throws {
  for line in try lines("errors.txt") {
    let parts = line.split(separator: "\t", omittingEmptySubsequences: false)
    let expected = String(decoding: template(parts[1]), as: UTF8.self)
    #expect(render(String(parts[0])) == expected, "\(parts[0])")
  }
}

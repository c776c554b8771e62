import Testing

@testable import Templates

#if canImport(Glibc)
  import Glibc
#endif

// Tests/fixtures/templates/functions.txt has expressions and what helm 3.17 makes of them, or its error behind a `!`;
// Tests/cli/3045-functions.t compares it with helm itself.

private let path =
  #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(2).joined(separator: "/")
  + "/fixtures/templates/"

private func lines(_ path: String) throws -> [String] {
  let file = try #require(fopen(path, "r"))
  defer { fclose(file) }
  var bytes: [UInt8] = [], buffer = [UInt8](repeating: 0, count: 65536)
  while case let count = fread(&buffer, 1, buffer.count, file), count > 0 { bytes += buffer[..<count] }
  return String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
}

/// As in values.yaml.
private func values() -> Value {
  let list: [Value] = [.float64(1), "a", .nil, map([("k", "v")]), Value([.float64(2)])]
  let inner = map([("c", .float64(2)), ("d", .nil)])
  return map(
    [
      ("num", .float64(3)), ("f", .float64(1.5)), ("big", .float64(1_000_000)), ("huge", .float64(123_456_789_012)),
      ("neg", .float64(-7)), ("s", "str"), ("l", Value(list)),
      ("m", map([("a", .float64(1)), ("b", inner), ("e", Value([.float64(1)]))]))
    ], .values)
}

private func table() -> FunctionTable {
  var table = FunctionTable()
  table.add(Sprig.functions())
  return table
}

/// What an expression gives, quoted as by `%q`; what helm says behind a `!`.
private func evaluated(_ expression: String, _ functions: FunctionTable) -> String {
  let set = TemplateSet(functions: functions), name = "c/templates/a.yaml"
  do {
    try set.add(name, Array("{{ \(expression) }}".utf8))
    return GoQuote.quoted(try set.render(name, map([("Values", values())], .values)))
  } catch let error as TemplateError {
    return "!" + error.helmText
  } catch RenderFailure.execution(let text) {
    return "!" + text
  } catch { return "!!\(error)" }
}

@Test func expressionsOfAFile() throws {
  guard let name = getenv("EXPRESSIONS"), let out = getenv("RESULTS") else { return }
  let functions = table(), file = try #require(fopen(out, "w"))
  defer { fclose(file) }
  for line in try lines(String(cString: name)) {
    fputs(
      evaluated(line, functions).split(separator: "\n", omittingEmptySubsequences: false).joined(separator: "⏎") + "\n",
      file)
  }
}

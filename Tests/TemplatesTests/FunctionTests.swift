import Testing

@testable import Templates

#if canImport(Glibc)
  import Glibc
#endif

// Tests/fixtures/templates/functions.txt has expressions and what helm 3.17 makes of them, or its error behind a `!`;
// Tests/cli/3045-functions.t compares it with helm itself.

private let directory =
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
private func evaluated(_ expression: String, _ functions: FunctionTable = table()) -> String {
  let set = TemplateSet(functions: functions), name = "c/templates/a.yaml"
  do {
    try set.add(name, Array("{{ \(expression) }}".utf8))
    return GoQuote.quoted(try set.render(name, map([("Values", values())], .values)))
  } catch let error as TemplateError {
    return "!" + error.helmText
  } catch RenderFailure.execution(let text) {
    return "!" + text
  } catch { return "\(error)" }
}

@Test func functionsGiveWhatHelmGives() throws {
  let cases = try lines(directory + "functions.txt"), functions = table()
  #expect(cases.count > 1500)
  for line in cases {
    let parts = line.split(separator: "\t", omittingEmptySubsequences: false)
    #expect(evaluated(String(parts[0]), functions) == parts[1], "\(parts[0])")
  }
}

/// Those that the parser knows, but for what is Go's own and what needs helm.
@Test func allFunctionsOfSprigAreThere() {
  let others: Set = [
    "and", "call", "html", "index", "js", "len", "not", "or", "print", "printf", "println", "urlquery", "eq", "ge",
    "gt", "le", "lt", "ne", "include", "lookup", "required", "tpl", "fail", "toToml", "fromToml", "toYaml",
    "toYamlPretty", "fromYaml", "fromYamlArray"
  ]
  #expect(Set(Sprig.functions().keys) == Template.helmFunctions.subtracting(others))
}

/// Little that would become much.
@Test(arguments: [
  "repeat 1000000000 \"x\"", "until 1000000000", "untilStep 0 9000000000000000000 1", "seq 1 2000000000",
  "indent 2000000000 \"a\"", "nindent 60000000 \"a\\nb\"", "join (repeat 90000 \"x\") (until 9000)",
  "replace \"\" (repeat 9000 \"x\") (repeat 90000 \"y\")", "wrapWith 1 (repeat 9000 \"x\") (repeat 90000 \"y\")",
  "regexReplaceAll \"\" (repeat 90000 \"y\") (repeat 9000 \"x\")", "randAlphaNum 2000000000"
])
func whatGrowsTooLargeIsRefused(_ expression: String) {
  #expect(evaluated("len (\(expression))").hasPrefix("limit("), "\(expression)")
}

/// A map that has been set into itself.
@Test(arguments: ["toJson $m", "deepCopy $m", "deepEqual $m (deepCopy (dict))", "merge $m $m | toJson"])
func aMapInItselfEnds(_ expression: String) {
  let text = evaluated("$m := dict }}{{ $_ := set $m \"a\" $m }}{{ \(expression)")
  #expect(text.hasPrefix("limit(") || text == "\"false\"" || text == "\"\"", "\(text)")
}

/// RE2 takes time as the text is long, whatever the expression.
@Test func anExpressionThatTriesEverythingEnds() {
  #expect(evaluated("regexMatch \"^(a+)+$\" (printf \"%sb\" (repeat 100000 \"a\"))") == "\"false\"")
}

@Test(arguments: [
  ("randAlphaNum 9", 9), ("randAlpha 0", 0), ("randAscii 5", 5), ("randNumeric 12", 12), ("randBytes 6", 8),
  ("uuidv4", 36), ("shuffle \"abc\"", 3), ("randInt 5 6", 1), ("randNumeric -1", 0), ("now | date \"2006\"", 4)
])
func whatIsMadeUpIsKnownToBe(_ expression: String, _ count: Int) throws {
  let set = TemplateSet(functions: table()), trace = Trace()
  try set.add("a", Array("a{{ \(expression) }}".utf8))
  #expect(try set.render("a", values(), trace: trace).count == count + 1)
  #expect(trace.spans.contains { $0.isRandom } || count == 0)
  #expect(trace.spans.contains { !$0.isRandom })
}

@Test(arguments: [
  "genCA \"a\" 1", "bcrypt \"a\"", "derivePassword 1 \"long\" \"a\" \"b\" \"c\"", "semver \"1.2.3\"",
  "regexMatch \".\" \"\\xff\"", "regexFind \"\\xff\" \"a\"",
  "fromJson \"null\""
])
func whatCannotBeKnownIsSaid(_ expression: String) {
  let name = expression.prefix { $0 != " " }
  #expect(evaluated(expression) == "unknowable(function: \"\(name)\", template: \"c/templates/a.yaml\", line: 1)")
}

@Test func whatATextCannotKnowIsToldInTheFileThatGaveIt() {
  #expect(
    evaluated("tpl \"\\n{{ genCA \\\"a\\\" 1 }}\" .")
      == "unknowable(function: \"genCA\", template: \"c/templates/a.yaml\", line: 1)")
}

@Test func versionsAreTheCallers() throws {
  var table = FunctionTable()
  table.add(Sprig.functions(versions: .init(parse: { .string($0) }, compare: { $0 == $1 })))
  let set = TemplateSet(functions: table)
  try set.add("a", Array("{{ semver \"1\" }}{{ semverCompare \"1\" \"1\" }}".utf8))
  #expect(try set.render("a", .nil) == Array("1true".utf8))
}

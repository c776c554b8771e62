import Testing

@testable import Templates

#if canImport(Glibc)
  import Glibc
#endif

// Tests/fixtures/templates has templates and what helm 3.17 makes of them; Tests/cli/3040-language.t compares that with
// helm itself.

// DRAFT_TEMPLATE_CASES names another directory with cases.txt and expected.txt.

private let fixtures =
  #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(2).joined(separator: "/")
  + "/fixtures/templates/"

private func lines(_ name: String, in directory: String = fixtures) throws -> [String] {
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
    "default": Function([.any], variadic: .any) { _, values in
      values.count > 1 && values[1].isTrue ? values[1] : values[0]
    },
    "int": Function([.any]) { _, values in
      guard case .float64(let double) = values[0] else { return .int(0) }
      return .int(Int(exactly: double) ?? 0)
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
  let directory = getenv("DRAFT_TEMPLATE_CASES").map { String(cString: $0) + "/" } ?? fixtures
  let cases = try lines("cases.txt", in: directory), expected = try lines("expected.txt", in: directory)
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

// MARK: bounds

@Test func recursionEnds() {
  var options = Execution.Options()
  options.stackLimit = 200_000
  for text in [
    "{{ define \"a\" }}{{ include \"a\" . }}{{ end }}{{ include \"a\" . }}",
    "{{ define \"a\" }}{{ template \"a\" . }}{{ end }}{{ template \"a\" . }}"
  ] {
    let end = render(text, options: options)
    #expect(
      end.hasPrefix("limit(\"") && end.hasSuffix(" templates inside each other at c/templates/a.yaml:1\")"), "\(end)")
  }
  #expect(render("{{ tpl .Values.again . }}", again("{{ tpl .Values.again . }}"), options: options).hasPrefix("limit"))
}

/// Values with a text that holds a template.
private func again(_ text: String) -> Value { map([("Values", map([("again", Value(text))], .values))], .values) }

@Test func workAndOutputEnd() {
  var options = Execution.Options()
  options.stepLimit = 1000
  let nested = "{{ range $.Values.l }}{{ range $.Values.l }}{{ range $.Values.l }}{{ range $.Values.l }}"
  let loops = nested + nested + String(repeating: "{{ end }}", count: 8)
  #expect(render(loops, options: options) == "limit(\"1000 steps at c/templates/a.yaml:1\")")
  options = .init()
  options.outputLimit = 5000
  let long = nested + nested + "{{ $.Values.html }}" + String(repeating: "{{ end }}", count: 8)
  let place = " at c/templates/a.yaml:1\")"
  #expect(render(long, options: options) == "limit(\"0 MB of output" + place)
  #expect(render("{{ printf \"%1000d\" 1 | len }}") == "1000")
  #expect(render("{{ printf \"%3000d%3000d\" 1 2 | len }}", options: options) == "limit(\"0 MB of text" + place)
  let rounds = "{{ range .Values.l }}{{ range $.Values.l }}"
  let doubled = "{{ $x := \"aaaaaaaa\" }}\(rounds){{ $x = print $x $x }}{{ end }}{{ end }}"
  #expect(render(doubled, options: options) == "limit(\"0 MB of text" + place)
}

@Test func aMapInItselfEndsPrinting() {
  let map = GoMap()
  map["self"] = .map(map)
  #expect(render("{{ . }}", .map(map)).hasPrefix("limit"))
}

@Test func whatIsNotKnownIsTold() {
  #expect(
    render("a⏎{{ if true }}{{ print (unknown) }}{{ end }}")
      == "unknowable(function: \"unknown\", template: \"c/templates/a.yaml\", line: 2)")
}

// MARK: options

@Test func strictAndLint() {
  var options = Execution.Options()
  options.isStrict = true
  #expect(
    render("{{ .Values.none }}", options: options)
      == "template: c/templates/a.yaml:1:10: executing \"c/templates/a.yaml\" at <.Values.none>: "
      + "map has no entry for key \"none\"")
  options = .init()
  options.isLint = true
  #expect(render("[{{ required \"a\" .Values.none }}{{ fail \"b\" }}]", options: options) == "[]")
}

@Test func mapsAreInOrder() {
  let map = GoMap()
  for number in 0..<3000 { map[Array("k\((number &* 7919) % 3001)".utf8)] = .int(number) }
  for number in stride(from: 0, to: 3001, by: 3) { map[Array("k\(number)".utf8)] = nil }
  let keys = map.keys
  #expect(keys == keys.sorted { $0.lexicographicallyPrecedes($1) } && Set(keys).count == keys.count)
  #expect(map.count == keys.count && map["k0"] == nil)
  #expect(keys.allSatisfy { map[$0] != nil })
  #expect(GoMap([("b", .int(1)), ("a", .int(2)), ("b", .int(3))]).keys == [[0x61], [0x62]])
}

// MARK: traces

/// What a trace says of each piece of the output: its text, line and reads.
private func traced(_ text: String) -> [String] {
  let trace = Trace(), output = Array(render(text, trace: trace).utf8)
  return trace.spans.map { span in
    let reads = trace.reads[span.reads].map { String(decoding: $0.key, as: UTF8.self) }
    return String(decoding: output[span.range], as: UTF8.self) + " \(span.template.place(of: span.offset).line) "
      + reads.joined(separator: ",") + (span.isRandom ? " random" : "")
  }
}

@Test func tracesSayWhatWasRead() {
  #expect(traced("a⏎{{ .Values.s }}") == ["a\n 1 ", "str 2 Values,s"])
  #expect(
    traced("{{ define \"d\" }}k: {{ .s }}⏎v: {{ .num }}{{ end }}x{{ include \"d\" .Values | nindent 2 }}")
      == [
        "x 2 ", "\n  k: str\n  v: 3 2 Values,Values,s,Values,num", "k:  1 ", "str 1 Values,s", "\n  v:  1 ",
        "3 2 Values,num"
      ])
  #expect(traced("{{ $x := .Values.s }}-{{ $x }}") == ["- 1 ", "str 1 Values,s"])
  #expect(traced("{{ range $k, $v := .Values.m }}{{ $v }}{{ break }}{{ end }}") == ["1 1 a"])
  #expect(traced("{{ range .Values.m }}{{ . }}{{ break }}{{ end }}") == ["1 1 a"])
  #expect(traced("{{ with .Values.s }}{{ . }}{{ end }}") == ["str 1 Values,s"])
  #expect(traced("[{{ .Values.none }}]{{ .Values.s }}") == ["[ 1 ", " 1 Values,none", "] 1 ", "str 1 Values,s"])
}

/// The lines of the conditions around each piece of the output, with their reads.
private func conditions(_ text: String) -> [String] {
  let trace = Trace(), output = Array(render(text, trace: trace).utf8)
  return trace.spans.map { span in
    var shown = String(decoding: output[span.range], as: UTF8.self), next = span.condition
    while let number = next {
      let condition = trace.conditions[number]
      let keys = trace.reads[condition.reads].map { String(decoding: $0.key, as: UTF8.self) }
      shown += " \(condition.template.place(of: condition.offset).line):\(keys.joined(separator: ","))"
      next = condition.outer
    }
    return shown
  }
}

@Test func tracesSayWhatWasAsked() {
  #expect(conditions("a{{ if .Values.t }}b{{ end }}c") == ["a", "b 1:Values,t", "c"])
  #expect(conditions("{{ if .Values.e }}b{{ else }}c{{ end }}") == ["c 1:Values,e"])
  #expect(
    conditions(
      "{{ if .Values.t }}⏎{{- with .Values.m }}{{ include \"d\" .a }}{{ end }}{{ end }}{{ define \"d\" }}x{{ end }}")
      == ["x 2:Values,m 1:Values,t", "x 2:Values,m 1:Values,t"])
  #expect(
    conditions("{{ range .Values.l }}{{ if eq . 1.0 }}x{{ end }}{{ break }}{{ end }}y")
      == ["x 1:Values,l 1:Values,l", "y"])
}

@Test func tracesSayWhatIsRandom() {
  #expect(traced("{{ random }}{{ .Values.s }}") == ["xyz 1  random", "str 1 Values,s"])
  #expect(traced("{{ $x := random }}a{{ print $x }}") == ["a 1 ", "xyz 1  random"])
  #expect(
    traced("{{ define \"d\" }}a{{ random }}b{{ end }}{{ include \"d\" . | nindent 1 }}")
      == ["\n axyzb 1  random", "a 1 ", "xyz 1  random", "b 1 "])
}

@Test func deepValuesAreLetGo() {
  var value = Value([])
  // From the top to the bottom, as `set` can, and the other way round.
  let top = GoMap()
  var place = top
  for _ in 0..<40_000 {
    value = map([("a", Value([value]))])
    let next = GoMap()
    place["a"] = Value([.map(next)])
    place = next
  }
  #expect(value.isTrue && !top.isEmpty)
}

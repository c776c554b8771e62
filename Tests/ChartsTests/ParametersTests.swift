import Command
import Records
import Testing

@testable import Charts

/// The parameters of a chart made of these files; a Chart.yaml is added.
private func parameters(_ files: [String: String], withSubcharts: Bool = false) throws -> [Parameter] {
  let directory = try Temporary.directory(in: "/tmp")
  defer { Temporary.remove(directory) }
  let chart = ["Chart.yaml": "apiVersion: v2\nname: web\nversion: 0.1.0\n"]
  for (name, text) in chart.merging(files, uniquingKeysWith: { $1 }) {
    try Files.makeDirectories(directory + "/" + name.split(separator: "/").dropLast().joined(separator: "/"))
    try Files.write(Array(text.utf8), to: directory + "/" + name, durable: false)
  }
  return try parameters(of: LoadedChart(path: directory), withSubcharts: withSubcharts).list
}

/// `path kind` of each use in a template, in their order; the template may have helpers.
private func uses(
  _ template: String, values: String = "a: {b: {c: 1}, list: []}\nx: y\nname: web\n", helpers: String = ""
) throws -> [String] {
  let list = try parameters(
    ["values.yaml": values, "templates/a.yaml": template, "templates/_h.tpl": helpers], withSubcharts: true)
  var seen: Set<String> = [], uses: [ValueUse] = []
  for use in list.flatMap(\.uses) where seen.insert("\(use.file):\(use.line):\(use.column) \(use.path)").inserted {
    uses.append(use)
  }
  return uses.sorted { ($0.file, $0.line, $0.column, $0.path) < ($1.file, $1.line, $1.column, $1.path) }.map {
    "\($0.path) \($0.kind.word)"
  }
}

@Test(arguments: [
  ("{{ .Values.a.b.c }}", ["a.b.c read"]), ("{{ if .Values.x }}{{ end }}", ["x tested"]),
  ("{{ $.Values.x | quote }}", ["x read"]),
  ("{{ with .Values.a }}{{ .b.c }}{{ end }}", ["a tested", "a.b.c read"]),
  ("{{ with .Values.a }}{{ $.Values.x }}{{ else }}{{ .Values.name }}{{ end }}", ["a tested", "x read", "name read"]),
  ("{{ range .Values.a.list }}{{ .port }}{{ end }}", ["a.list read", "a.list[].port read"]),
  ("{{ range $k, $v := .Values.a.list }}{{ $v.port }}{{ $k }}{{ end }}", ["a.list read", "a.list[].port read"]),
  ("{{ $b := .Values.a.b }}{{ $b.c }}", ["a.b passed", "a.b.c read"]),
  ("{{ $b := .Values.a }}{{ $b = .Values.x }}{{ $b }}", ["a passed", "x passed", "a read", "x read"]),
  ("{{ index .Values \"a\" \"b\" }}", ["a passed", "a.b read"]),
  ("{{ get .Values.a \"b\" | toYaml }}", ["a passed", "a.b read"]),
  ("{{ index .Values.a.list 0 }}", ["a.list passed", "a.list[] read"]),
  ("{{ (first .Values.a.list).port }}", ["a.list passed", "a.list[].port read"]),
  ("{{ dig \"b\" \"c\" 5 .Values.a }}", ["a passed", "a.b passed", "a.b.c read"]),
  ("{{ pluck \"b\" .Values.a | first }}", ["a passed", "a.b read"]),
  ("{{ if hasKey .Values.a \"b\" }}{{ end }}", ["a passed", "a.b tested"]),
  ("{{ default .Values.name .Values.x }}", ["name read", "x read"]),
  ("{{ ternary .Values.x 1 .Values.name }}", ["x read", "name tested"]),
  ("{{ (merge (dict \"k\" 1) .Values.a).b.c }}", ["a passed", "a.b.c read"]),
  ("{{ (fromYaml (toYaml .Values.a)).b.c }}", ["a read", "a.b.c read"]),
  ("{{ $d := dict }}{{ $_ := set $d \"k\" .Values.a }}{{ $d.k.b.c }}", ["a passed", "a.b.c read"]),
  ("{{ include \"h\" . }}", ["x read"]), ("{{ template \"h\" . }}", ["x read"]),
  ("{{ include \"v\" (dict \"it\" .Values.a \"ctx\" $) }}", ["a passed", "a.b.c read", "name read"]),
  ("{{ tpl .Values.name . }}", ["name read"]), ("{{/* .Values.a */}}", []), ("{{ \"{{ .Values.x }}\" }}", []),
  ("{{ .Values.none.such }}", ["none.such read"])
])
func usesAreFollowed(_ template: String, _ wanted: [String]) throws {
  let helpers = """
    {{ define "h" }}{{ .Values.x }}{{ end }}
    {{ define "v" }}{{ .it.b.c }}{{ .ctx.Values.name }}{{ end }}
    """
  // What nothing includes is followed too: it is left out here.
  let own = helpers.split(separator: "\n").filter { template.contains("\"\($0.contains("\"h\"") ? "h" : "v")\"") }
    .joined(separator: "\n")
  #expect(try uses(template, helpers: own).sorted() == wanted.sorted())
}

@Test func aTextOfTheValuesIsATemplate() throws {
  let list = try parameters([
    "values.yaml": "host: \"{{ .Values.name }}.example\"\nname: web\n", "templates/a.yaml": "{{ tpl .Values.host $ }}"
  ])
  let use = try #require(list.first { $0.path == "name" }?.uses.first)
  #expect(use.file.hasSuffix("/values.yaml") && use.line == 1 && use.kind == .read)
}

@Test func usesHaveGuardsDefaultsAndMessages() throws {
  let template = """
    {{- if .Values.a }}
    {{- range .Values.b }}{{ default "x" $.Values.c }}{{ end }}
    {{- else }}
    {{ required "say who" .Values.d }}
    {{- end }}
    """
  let list = try parameters(["values.yaml": "a: 1\nb: []\nc:\nd: \"\"\n", "templates/a.yaml": template])
  let c = try #require(list.first { $0.path == "c" }), d = try #require(list.first { $0.path == "d" })
  #expect(
    c.uses.map(\.guards) == [["if .Values.a", "range .Values.b"]] && c.uses.map(\.fallback) == ["\"x\""]
      && !c.isRequired)
  #expect(c.uses.map { [$0.line, $0.column] } == [[2, 38]])
  // It may never be reached.
  #expect(d.uses.map(\.guards) == [["else of if .Values.a"]] && d.uses.map(\.required) == ["say who"] && !d.isRequired)
  let always = try parameters([
    "values.yaml": "d: \"\"\n", "templates/a.yaml": "{{ with .Values }}{{ required \"who\" .d }}{{ end }}"
  ])
  #expect(always.map(\.isRequired) == [true])
}

@Test func aParameterHasItsDocumentationTypeAndDefault() throws {
  let values = """
    # -- How many pods,
    # at most
    replicas: 1
    ## @param image.tag [string] The tag
    image:
      # Plain words.

      # The paragraph
      # that counts
      repository: web   # not this
      tag: "1.0"
      pull: Always # behind it
    # old -- The old way
    old: true
    bare: 1.5
    list: [1]
    map: {}
    nothing:
    """
  let schema =
    ##"{"properties":{"bare":{"description":"of the schema","type":"number"},"image":{"$ref":"#/$defs/image"},"nothing":{"enum":["a","b"]}},"required":["nothing"],"$defs":{"image":{"properties":{"pull":{"enum":["Always","Never"]}}}}}"##
  let list = try parameters(["values.yaml": values, "values.schema.json": schema])
  #expect(
    list.map(\.path) == [
      "replicas", "image.repository", "image.tag", "image.pull", "old", "bare", "list", "map", "nothing"
    ])
  #expect(
    list.map(\.documentation) == [
      "How many pods, at most", "The paragraph that counts", "The tag", "behind it", "The old way", "of the schema",
      nil, nil, nil
    ])
  #expect(list.map(\.type) == ["integer", "string", "string", "string", "boolean", "number", "array", "object", nil])
  #expect(list.map(\.line) == [3, 10, 11, 12, 14, 15, 16, 17, 18])
  #expect(list[3].choices == [.string("Always"), .string("Never")] && list[8].choices.count == 2)
  #expect(list.map(\.isRequired) == [false, false, false, false, false, false, false, false, true])
  #expect(list[6].marks == ["unused", "undocumented"] && list[0].marks == ["unused"])
}

@Test func subchartsReadTheirPartAndTheGlobals() throws {
  let files = [
    "Chart.yaml":
      "apiVersion: v2\nname: web\nversion: 0.1.0\ndependencies:\n- {name: redis, version: 1.0.0, alias: cache, "
      + "condition: cache.enabled}\n",
    "values.yaml": "global: {zone: a}\ncache: {port: 1, odd: 2}\n", "templates/a.yaml": "{{ .Values.cache.port }}",
    "charts/redis/Chart.yaml": "apiVersion: v2\nname: redis\nversion: 1.0.0\n",
    "charts/redis/values.yaml": "port: 6379\nsize: 1\nglobal: {kind: b}\n",
    "charts/redis/templates/a.yaml": "{{ .Values.port }}{{ .Values.global.zone }}{{ .Values.size }}{{ .Values.secret }}"
  ]
  let own = try parameters(files)
  #expect(own.map(\.path) == ["global.zone", "cache.port", "cache.odd", "cache.enabled"])
  #expect(
    own.map { $0.uses.map(\.kind.word) } == [["read"], ["read", "read"], [], ["tested"]]
      && own[3].uses[0].file.hasSuffix("/Chart.yaml"))
  #expect(
    own[1].uses.map(\.chart) == ["charts/redis", ""] && own[2].marks.contains("unused")
      && own[3].marks == ["undeclared"])
  let all = try parameters(files, withSubcharts: true)
  #expect(
    all.map(\.path) == [
      "global.zone", "cache.port", "cache.odd", "cache.size", "global.kind", "cache.enabled", "cache.secret"
    ])
  #expect(all.map(\.chart) == ["", "", "", "charts/redis", "charts/redis", "", "charts/redis"])
}

@Test func testingAMappingDoesNotUseItsMembers() throws {
  let list = try parameters([
    "values.yaml": "a: {b: 1, c: 2}\nd: {e: 1}\n",
    "templates/a.yaml": "{{ if .Values.a }}{{ .Values.a.b }}{{ end }}{{ toYaml .Values.d }}"
  ])
  #expect(list.map(\.isUsed) == [true, false, true] && list[1].uses.count == 1)
}

@Test func aTemplateThatIncludesItselfIsFollowed() throws {
  let helper =
    "{{ define \"h\" }}{{ range .v.more }}{{ .name }}{{ include \"h\" (dict \"v\" . \"ctx\" $) }}{{ end }}{{ end }}"
  let files = [
    "values.yaml": "a: {more: []}\n", "templates/_h.tpl": helper,
    "templates/a.yaml": "{{ include \"h\" (dict \"v\" .Values.a) }}"
  ]
  let list = try parameters(files)
  #expect(list.map(\.path) == ["a.more"] && list[0].uses.map(\.path).contains("a.more[].more[].name"))
  #expect(list[0].uses.count < 30)
}

/// Templates that hand each other ever more, and themselves.
@Test func everyWaitEnds() throws {
  let define = { (name: Int) in
    "{{ define \"t\(name)\" }}{{ $x := list . . }}{{ $x = list $x $x }}{{ include \"t\(name + 1)\" (list . 1) }}{{ "
      + "include \"t\(name + 1)\" (list . .Values.a) }}{{ include \"t\(name)\" (dict \"k\" .) }}{{ end }}\n"
  }
  let helpers = (0..<60).map(define).joined()
  let doubling = "{{ $x := list .Values.a }}" + String(repeating: "{{ $x = list $x $x }}", count: 500)
  _ = try parameters([
    "values.yaml": "a: 1\n", "templates/_h.tpl": helpers, "templates/a.yaml": "{{ include \"t0\" . }}\(doubling)"
  ])
}

@Test func aTemplateThatDoesNotParseIsNamed() throws {
  #expect(throws: ChartError.self) { _ = try parameters(["templates/a.yaml": "a\n{{ if }}"]) }
}

/// Templates that are named, because the log shows the argument of a test.
private let hostile: [String: String] = [
  "long path": "{{ .Values" + String(repeating: ".a", count: 100_000) + " }}",
  "nested with": (0..<39).map {
    "{{ define \"t\($0)\" }}" + String(repeating: "{{ with .a }}", count: 80) + "{{ include \"t\($0 + 1)\" . }}"
      + String(repeating: "{{ end }}", count: 80) + "{{ end }}"
  }.joined() + "{{ include \"t0\" .Values }}",
  "nested parentheses": (0..<39).map {
    "{{ define \"t\($0)\" }}{{ \(String(repeating: "(", count: 90))include \"t\($0 + 1)\" "
      + ".\(String(repeating: ")", count: 90)) }}{{ end }}"
  }.joined() + "{{ include \"t0\" .Values }}",
  // As many uses as there is room for.
  "uses of all": String(repeating: "{{ .Values }}", count: 3_000),
  "uses of each": (0..<3_000).map { "{{ .Values.k\($0) }}" }.joined()
]

@Test(arguments: hostile.keys.sorted())
func hostileTemplatesHaveAnEnd(_ name: String) throws {
  let values = (0..<3_000).map { "k\($0): 1\n" }.joined()
  _ = try parameters(["values.yaml": values, "templates/a.yaml": try #require(hostile[name])])
}

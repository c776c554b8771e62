@testable import Archives
@testable import Charts
@testable import Checks
@testable import Cluster
@testable import Command
@testable import Contexts
@testable import Detection
@testable import Environments
import Dockerfiles
import Glibc
import HTTP
@testable import Helm
@testable import Images
import OCI
@testable import Scaffolding
@testable import Podman
@testable import Records
@testable import Registry
@testable import Releases
@testable import Repositories
@testable import Remote
@testable import Settings
@testable import Templates
import Testing
@testable import YAML

/// An entry point for bytes from outside: samples of such bytes, and what is done with them.
struct Door: Sendable, CustomTestStringConvertible {
  let name: String
  let seeds: [[UInt8]]
  /// How many mutations of the samples `swift test` tries, besides making each number in them extreme.
  var rounds = 150
  /// Repairs an input that would otherwise be rejected at once, such as its checksums.
  var finish: @Sendable ([UInt8]) -> [UInt8] = { $0 }
  /// May throw anything, since that is reported to the user; it must return.
  let enter: @Sendable ([UInt8]) -> Void

  var testDescription: String { name }

  init(_ name: String, _ seeds: [String], rounds: Int = 150, enter: @escaping @Sendable ([UInt8]) throws -> Void) {
    (self.name, self.seeds, self.rounds) = (name, seeds.map { Array($0.utf8) }, rounds)
    self.enter = { try? enter($0) }
  }

  init(
    _ name: String, bytes: [[UInt8]], finish: @escaping @Sendable ([UInt8]) -> [UInt8],
    enter: @escaping @Sendable ([UInt8]) throws -> Void
  ) {
    (self.name, seeds, self.finish) = (name, bytes, finish)
    self.enter = { try? enter($0) }
  }

  static let all = [
    records, json, yaml, toml, tar, charts, chartFiles, index, versions, frames, answers, manifests, dockerfiles,
    ignoring,
    templates, renderings, params, lint, words, helm, kubectl, podman, environments, releases, indent,
    system
  ]
  static let digest = "sha256:" + String(repeating: "a", count: 64)
}

/// An alias, because a door has the other name.
private func kubernetesObjects(_ bytes: [UInt8]) throws -> [JSON] { try json(yaml: bytes) }

func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

func fuzzCall(_ name: String = "draft-fuzz") -> Call? {
  (try? Arguments(parsing: [], options: [])).map { Call(name: name, arguments: $0, quiet: true, debugging: false) }
}

// MARK: the pipe

extension Door {
  static let records = Door(
    "record",
    [
      #"{"draft":1,"app":{"name":"web","dir":"/web","environment":"development","namespace":"default"},"context":{"path":"/c.tar","mediaType":"m","digest":"\#(digest)","size":10240,"tree":"\#(digest)","files":3,"dockerfile":"Dockerfile"},"chart":{"path":"/c.tgz","mediaType":"m","digest":"\#(digest)","size":7,"name":"web","version":"0.1.0"}}"#,
      #"{"draft":1,"language":{"name":"Go","certainty":99.5,"shares":{"Go":90.1,"C":9.9},"port":8080},"image":{"repository":"web","tag":"1","layers":3,"store":"oci","tags":["2"]},"push":{"reference":"r/web@x","uploaded":12,"mounted":1,"existing":2},"x":[1.0,{"y":-1e+05}]}"#,
      #"{"draft":1,"release":{"name":"web","namespace":"default","revision":3,"status":"deployed","answers":[{"url":"http://x/","status":200}]},"connect":{"ports":[{"workload":"Deployment/web","container":"web","remote":8080,"local":8081}]},"sync":{"files":1,"removed":2,"bytes":3},"change":{"sequence":4,"paths":["x"]}}"#,
      #"{"draft":1,"status":{"well":true,"workloads":[{"name":"Deployment/web","ready":1,"wanted":2}],"pods":[{"name":"web-1","workload":"Deployment/web","phase":"Running","restarts":5}]},"history":{"revisions":[{"revision":1,"status":"deployed"}]},"failure":{"by":"draft-push","code":69,"message":"m"}}"#
    ]
  ) { bytes in
    var record = try Record(bytes)
    for type in Members.all { if let member = try? read(type, of: record) { record.set("again", to: member.json) } }
    _ = try Record(record.bytes)
    let payload = try? record.member(Context.self)?.payload
    _ = try payload?.parts()
  }

  private static func read<M: Member>(_ type: M.Type, of record: Record) throws -> M? { try record.member(type) }

  static let json = Door(
    "json",
    [
      #"{"a":[1,-2.5e+10,{"b":"\u0041\ud83d\ude00\n"},[],null,true],"c":{"d":{"e":{}}}}"#,
      #"[[[[["x"]]]],0.1,12345678901234567890]"#, #""\ud800\udc00""#
    ]
  ) { bytes in
    let json = try JSON(parsing: bytes)
    #expect(try JSON(parsing: json.bytes) == json)
    walk(json)
  }

  private static func walk(_ json: JSON) {
    _ = (json.integer.map { $0 + 1 - 2 }, json.double, json.string)
    for value in json.array ?? json.object?.map(\.value) ?? [] { walk(value) }
  }

  // MARK: what people write

  static let yaml = Door(
    "yaml",
    [
      "apiVersion: v2\nname: web\nversion: 0.1.0\nappVersion: \"1.16\"\nports: [80, 0x1F, 0o17, 0b11, 010, 1_000, -5, "
        + ".inf, 1e3, ~]\n",
      "a: &a {b: 1, c: [2, 3]}\nd: *a\ne:\n  <<: *a\n  b: 4\ntext: |2\n   x\n    y\n---\nk: >-\n  folded\n\n  lines\n",
      "replicaCount: 1\nservice:\n  port: 80\n  targetPort: 8080\n"
    ]
  ) { bytes in
    for document in try kubernetesObjects(bytes) { walk(document) }
    let yaml = try YAML(parsing: bytes)
    _ = (yaml["a"]?["b"]?.int, yaml["ports"]?[1]?.double, yaml["e"]?["c"]?.range)
    _ = try? ChartFile(bytes, path: "Chart.yaml")
    _ = fitted(values: bytes, from: 8080, to: 9090, own: nil)
    _ = containerPort(ofValues: bytes)
    _ = try? Rendering(yaml: bytes, chart: "web", call: nil)
  }

  private static let environmentsFile = """
    helmRepos: [{name: stable, url: 'https://example.com/', caFile: ca}]
    clusters: [{name: c, provider: {gke: {project: p, clusterName: c, zone: z}}}]
    environments:
    - name: prod
      clusterName: c
      kubeNamespace: prod
      releasesFiles: [releases.yaml]
      defaultValuesFile: releases.yaml
      defaultValues: [{key: 'a[3].b', value: '{1,2}'}, {key: n, value: 9223372036854775808}]
    - {name: dev, provider: {kind: {clusterName: x}}, kubeNamespace: dev, releases: [{name: a, chart: {dir: .}}]}
    """
  private static let releasesFile = """
    resourceFiles: [releases.yaml]
    releases:
    - &web
      name: web
      chart: {reference: stable/web, version: 1.2.3}
      valuesFile: releases.yaml
      values: [{key: 'image\\.x[65536]', value: v}, {key: s, valueFrom: {gceResource: {address: {name: x}}}}]
      triggers: [{image: {track: Newest, repoValue: releases.a}}, {chart: {track: PatchLevel}}]
      needs: [db]
    - {name: db, chart: {reference: 'oci://example.com/db', version: 1.0.0}, skipDefaultValues: true}
    - {<<: *web, name: c, resourceFiles: [x.yaml], chart: ~}
    """

  static let environments = Door("environments", [environmentsFile], rounds: 60) { bytes in
    try declare(bytes, Array(releasesFile.utf8))
  }

  static let releases = Door("releases", [releasesFile], rounds: 60) { bytes in
    try declare(Array(environmentsFile.utf8), bytes)
  }

  private static func declare(_ environments: [UInt8], _ releases: [UInt8]) throws {
    let directory = try Temporary.directory()
    defer { Temporary.remove(directory) }
    try Files.write(environments, to: directory + "/environments.yaml", durable: false)
    try Files.write(releases, to: directory + "/releases.yaml", durable: false)
    guard let call = fuzzCall() else { return }
    // git is not started.
    guard !text(releases).contains("git::") else { return }
    let all = try Environments(directory + "/environments.yaml", home: Home(path: directory), call: call)
    for name in all.names {
      var records: [Record] = []
      try? all.read(name, checking: true) { records.append($0.record) }
      _ = try sequence(records, isDeployed: { _ in false }, warn: { _ in })
    }
  }

  static let indent = Door(
    "indent",
    ["a: # x\n- b: |2-\n     x\n\n  # y\n  c: [1,\n    2]\n# z\n? k\n: - - 'x\n      y'\n---\n- &a !!str b\n...\n"]
  ) { bytes in
    _ = try? GitFile("git::file:///x//y?ref=" + text(bytes))
    let once = try YAML.indented(bytes)
    #expect(once.filter { $0 != 0x20 } == bytes.filter { $0 != 0x20 })
    try eachJSON(in: bytes) { _ in }
  }

  static let toml = Door(
    "toml",
    [
      "[environments]\n[environments.development]\nname = \"web\"\nwait = true\nwatch-delay = 2\noverride-ports = "
        + "[\"8080:80\"]\nset = [\"a=1\"]\n",
      "a = 1\nb = -1.5e10\nc = 0x1F\nd = 1979-05-27T07:32:00Z\ne = \"\"\"\nx\n\"\"\"\nf = [1, [2, 3]]\n[[g]]\nh = {i "
        + "= 9223372036854775806}\n"
    ]
  ) { bytes in
    let root = try TOML(parsing: bytes)
    _ = (root["a"]?.integer, root["b"]?.number, root.kind)
    let edit = ConfigEdit(bytes, root)
    _ = try? edit.setting("a", spellings: ["a"], to: "x\u{1}\n")
    _ = try? edit.removing(["a", "b", "c", "e", "f"])
  }

  static let dockerfiles = Door(
    "dockerfile",
    [
      "# syntax=docker/dockerfile:1\nARG V=3.13\nFROM python:${V}-slim AS build\nRUN <<E\npip install x\nE\nCOPY "
        + "--chown=1000:1000 --chmod=0644 . /app\nEXPOSE 8080/tcp 9000-9010\nENV A=1 B=\"${A:-x}\"\nHEALTHCHECK "
        + "--interval=5s CMD x\nUSER 10001:10001\nCMD [\"x\", \"y\"]\n",
      "FROM scratch\nCOPY a b /c/\nWORKDIR /x\nENV PORT 8080\nLABEL a=1 b='2'\nVOLUME [\"/v\"]\nENTRYPOINT "
        + "x\nSTOPSIGNAL 15\n",
      "# escape=`\nFROM x`\n:1\nENV A=${B#*x} C=${D%%y} E=${F/g/h}\nCOPY <<-Q <<\"R\" /z/\n\ta\n\tQ\nb\nR\n"
    ]
  ) { bytes in
    let text = text(bytes)
    let file = try Dockerfile(text)
    _ = (try? file.stages(), try? file.images())
    if let facts = try? DockerfileFacts(bytes, path: "Dockerfile") { _ = facts.numericUser }
    _ = try? fitted(bytes, language: Language(name: "Python", certainty: 100, version: ">=3.9"), from: 8080, to: 9090)
    let split = try Split(text),
      nothing = HeadTree(records: Array("etc/passwd".utf8) + [0] + Array("f 420 0 0 x:x:1:1".utf8) + [0])
    let context = ContextTree(entries: [
      .init(path: Array("a".utf8), kind: .file, mode: 0o644, size: 1, content: "x"),
      .init(path: Array("b".utf8), kind: .file, mode: 0o644, size: 1, content: "y")
    ])
    for rules in [Rules.docker, .buildah] {
      let tail = try? TailEvaluation(
        split, configuration: .members(["config": .object([])]), tree: nothing, context: context, arguments: [:],
        created: "", rules: rules)
      _ = tail?.configuration(diffIDs: [])
    }
  }

  static let ignoring = Door(
    "ignore files",
    [
      "*.md\n!README.md\n**/x/*\n/a{1,3}\\.b[c-z]\n# x\n", "(a{2,5}b){3}\n[[:alpha:]]+\\d{1000}\n\\x{10FFFF}\n",
      "foo?/b*r/\n!/x\\ y\n"
    ]
  ) { bytes in
    let paths = ["README.md", "a/b/x/c", "aa.bz", "foo1/bar"].map { Array($0.utf8) }
    if let docker = try? DockerIgnore(bytes, path: ".dockerignore") {
      for path in paths { _ = try? docker.ignores(path, in: .init()) }
    }
    let helm = try HelmIgnore(bytes, path: ".helmignore")
    for path in paths { _ = helm.ignores(path, isDirectory: false) }
  }

  static let templates = Door(
    "templates",
    [
      "a {{- /* c */ -}} b {{ if and .Values.a (not $.x) }}{{ .b | quote }}{{ else if eq 0x1F .c }}{{ range $i, $v := "
        + ".d }}{{ break }}{{ else }}{{ continue }}{{ end }}{{ end }}",
      "{{- define \"web.name\" -}}{{ default `a` .x | trunc 63 | printf \"%s\\t\\u00e9\\xff\" '\\n' 1_000 -0x1p-2 "
        + "}}{{- end -}}\n{{ block \"b\" (dict \"k\" $) }}{{ template \"web.name\" . }}{{ end }}",
      "{{ with $x := (index .a 1).b.c }}{{ $x = nil }}{{ else with .y }}{{ end }}{{ ((((1)))) }}{{ .é.ü }}{{- 3 -}}"
    ], rounds: 600
  ) { bytes in
    for functions in [nil, Template.helmFunctions] {
      var names = Names()
      do throws(TemplateError) {
        let template = try Template(parsing: bytes, name: "x", names: &names, functions: functions)
        for statement in template[template.root] { _ = template.place(of: statement.offset) }
      } catch { _ = error.text }
    }
  }

  /// Templates that are carried out, with little time, output and stack.
  static let renderings = Door(
    "renderings",
    [
      "{{ printf \"%5.2f|%-8s|%+d|%[2]*[1]d|%x|%q|%08.3g|%U|%T|%v\" 3.14 \"héy\" 42 7 255 \"a\\tb\" 1e21 'é' . nil }}"
        + "{{ print .Values.l 1 nil }}{{ html .Values.s }}{{ js .Values.s }}{{ slice .Values.s 1 2 | len | printf \"%d\" }}",
      "{{ define \"a\" }}{{ range $k, $v := .Values.m }}{{ $k }}{{ include \"b\" $v }}{{ else }}{{ break }}{{ end }}{{ end }}"
        + "{{ define \"b\" }}{{ . }}{{ end }}{{ template \"a\" . }}{{ $x := 1 }}{{ range .Values.l }}{{ $x = print $x . }}"
        + "{{ if eq $x \"1a\" }}{{ continue }}{{ end }}{{ tpl \"{{ . }}{{ .x.y }}\" . }}{{ end }}",
      "{{ index .Values \"m\" \"b\" \"c\" }}{{ index .Values.l 1 }}{{ (index .Values.m.b \"c\").d }}{{ lt 1 2.0 }}"
        + "{{ and 1 (or 0 .Values.none) | not }}{{ with .Values.m }}{{ $.Values.s.x }}{{ else with .b }}{{ end }}"
        + "{{ .Values.Table \"m.b\" }}{{ .Values.PathValue \"m.a\" }}{{ required \"r\" .Values.none }}{{ fail \"f\" }}"
    ], rounds: 300
  ) { bytes in
    let inner = GoMap([("c", .float64(1))]), map = GoMap([("a", "x"), ("b", .map(inner))])
    let list = Value(["a", .float64(1.5), .nil, .map(map)])
    let values = GoMap([("m", .map(map)), ("l", list), ("s", "é<\"'\u{0}")], .values)
    var options = Execution.Options()
    (options.stepLimit, options.outputLimit, options.stackLimit) = (5000, 1 << 16, 200_000)
    let set = TemplateSet()
    do throws(TemplateError) { try set.add("x", bytes) } catch { _ = error.helmText; return }
    let trace = Trace()
    _ = try set.render("x", .map(GoMap([("Values", .map(values))], .values)), options: options, trace: trace)
    for span in trace.spans { _ = (trace.reads[span.reads], span.template.place(of: span.offset)) }
  }

  /// A helper, a template and values, with lines of dashes between them.
  static let params = Door(
    "params",
    [
      """
      {{ define "h" }}{{ range $k, $v := .a.b }}{{ include "h" (dict "a" $v "ctx" $) }}{{ end }}{{ set . "x" (list . $.Values) }}{{ end }}
      ---
      {{ with .Values.a }}{{ tpl .c $ }}{{ index . "b" 0 | default (dig "x" "y" 1 .) }}{{ include "h" (merge (dict "a" .) $) }}{{ end }}{{ $x := list . }}{{ $x = append $x (pluck "a" $x) }}
      ---
      # -- Documentation
      a: &a {b: [{c: 1}], c: "{{ .Values.d.e }}"} # more
      ## @param d.e [x] words
      d: {e: *a, <<: *a}
      """
    ], rounds: 300
  ) { bytes in
    let parts = text(bytes).split(separator: "\n---\n", maxSplits: 2).map(String.init),
      directory = try Temporary.directory(in: "/tmp")
    defer { Temporary.remove(directory) }
    try Files.makeDirectories(directory + "/templates")
    for (name, part) in zip(["templates/_h.tpl", "templates/a.yaml", "values.yaml"], parts) {
      try Files.write(Array(part.utf8), to: "\(directory)/\(name)", durable: false)
    }
    try Files.write(
      Array("apiVersion: v2\nname: web\nversion: 0.1.0\n".utf8), to: directory + "/Chart.yaml", durable: false)
    guard let call = fuzzCall() else { return }
    let chart = try ChartParams(directory, withSubcharts: true, call: call)
    _ = (chart.list.map { chart.record(of: $0) }, chart.words)
    #expect(
      (try? YAML.documents(parsing: Array(chart.stub.utf8))) != nil && (try? JSON(parsing: chart.schema.bytes)) != nil)
  }

  /// A template, values and a schema, with lines of dashes between them.
  static let lint = Door(
    "lint",
    [
      """
      {{ $x := false }}{{ range $k, $v := .Values.a }}{{ if or $x (not $v) }}{{ fail "no" }}{{ end }}{{ $x = true }}{{ end }}
      {{ with .Values.b }}{{ required "b" .c | default (index . "d" "e") }}{{ else }}{{ printf "%s %d" .Values.c.d 1 }}{{ end }}
      ---
      a: [{b: 1}]
      b: {c: "", d: {e: null}}
      ---
      {"$id": "https://x/y", "allOf": [{"$ref": "#/definitions/a"}], "definitions": {"a": {"properties": {"a": {"items": {"$ref": "#/definitions/a"}, "minItems": 2}, "b": {"pattern": "^(x|y*)*$", "not": {"const": 1}}}}}, "if": {"required": ["c"]}, "then": false}
      """,
      """
      apiVersion: apps/v1
      kind: Deployment
      spec:
        selector: {matchLabels: {app: {{ .Values.a }}}}
        template:
          metadata: {labels: {app: b}}
          spec: {containers: [{ports: [{name: http}]}]}
      {{- range .Values.b }}
        x: {{ toYaml . | nindent 4 }}
      {{- end }}
      ---
      a: b
      ---
      {"type": "object", "additionalProperties": {"anyOf": [{"type": ["string", "null"]}, {"enum": [1, {"a": []}]}]}, "patternProperties": {"^x": {"multipleOf": 0.1, "format": "date"}}}
      """
    ], rounds: 300
  ) { bytes in
    let parts = text(bytes).split(separator: "\n---\n", maxSplits: 2).map(String.init),
      directory = try Temporary.directory(in: "/tmp")
    defer { Temporary.remove(directory) }
    try Files.makeDirectories(directory + "/templates")
    for (name, part) in zip(["templates/a.yaml", "values.yaml", "values.schema.json"], parts) {
      try Files.write(Array(part.utf8), to: "\(directory)/\(name)", durable: false)
    }
    try Files.write(
      Array("apiVersion: v2\nname: web\nversion: 0.1.0\n".utf8), to: directory + "/Chart.yaml", durable: false)
    for finding in try lintChart(directory, by: LintOrder(kubeVersion: Version("1.30"))) {
      _ = Finding(finding, of: directory).words
    }
  }

  /// Texts of one word or a few.
  static let words = Door(
    "words",
    [
      "registry.example:5000/a/b:1.0@\(digest)", "[::1]:8080", "127.0.0.1:65535", "localhost/web:latest", ">=3.9,<3.13",
      "^20.1 || 18.x", "~=1.2.3", "3.13",
      "docker.io/library/x \(digest) 1024 application/vnd.oci.image.layer.v1.tar+gzip", "2026-11-21T04:31:08.5+01:00",
      "v3.17.3+ge4da497", "web/8080/tcp/http/0=20417", "https://u:p@h:8443/x?y#z",
      "web-0.1.0", "x:100000:65536\nx:0:4294967295", "1000:1000"
    ], rounds: 600
  ) { bytes in
    let text = text(bytes)
    _ = (
      try? Reference(text), Reference.isQualified(text), Reference.isTag(text), OCI.Digest(text), Origin(text),
      Address(text)?.resolving(text)?.adding(text, text).withoutQuery
    )
    _ = (
      Host.isLoopback(text), Host.ipv4(text), Host.ipv6(text), KubeContext.host(of: text).map(KubeContext.isPrivate),
      Instant(text)?.text, HelmDialect(version: text)
    )
    for language in ["Python", "JavaScript", "Go"] {
      _ = Detection.imageVersion(for: Language(name: language, certainty: 1, version: text), standard: "3.13")
    }
    _ = (
      PublishedPort(label: text[...])?.url, Standing.name(ofChart: text), InitFile.isSafe(text),
      InitFile.repositoryName(text)
    )
    _ = (
      subordinateIDs(of: ["x"], in: text), firstFreeID(in: text), Retry.seconds(text, now: 0),
      Releases.helm(saying: text, now: 0).message
    )
    _ = HeadTree(records: Array("etc/passwd".utf8) + [0] + Array("f 420 0 0 ".utf8) + bytes.filter { $0 != 0 } + [0])
      .owner(text)
  }

  // MARK: archives

  /// A line for each member: name, size, content, and records of a pax header. Numbers are taken as written; all
  /// lengths and checksums around them are correct.
  static let tar = Door(
    "tar",
    bytes: [
      "Dockerfile||FROM "
        + "scratch\nx|4|1234|GNU.sparse.size=4|GNU.sparse.numblocks=1|GNU.sparse.map=0,4|mtime=7.5|uid=1000\n",
      "x||1~1048576~4~1234|GNU.sparse.major=1|GNU.sparse.minor=0|GNU.sparse.name=x|GNU.sparse.realsize=1048580\nDockerfile||x\n",
      "web/Chart.yaml|31|apiVersion: v2 name: web version: "
        + "1|SCHILY.realsize=31|size=31\nweb/x|0||path=web/y|linkpath=z|atime=-1\n"
    ].map { Array($0.utf8) }, finish: tarball
  ) { bytes in
    let directory = try Temporary.directory(in: "/tmp"), path = directory + "/a.tar"
    defer { Temporary.remove(directory) }
    try Files.write(bytes, to: path, durable: false)
    try Files.makeDirectories(directory + "/out")
    _ = try? extract(tar: path, into: directory + "/out")
    _ = try? chart(in: path)
    let file = open(path, O_RDONLY | O_CLOEXEC)
    defer { close(file) }
    var contents = TarContents()
    try contents.add(TarReader(descriptor: file, name: path, holeLimit: 1 << 20), archive: path)
    _ = contents.digest(of: Payload(path: path, mediaType: "x", digest: digest, size: bytes.count))
  }

  /// A chart as an archive.
  static let charts = Door(
    "chart archive",
    bytes: [
      "web/Chart.yaml||name: web~version: 1.0.0~dependencies: [{name: db, version: ^1}]~\nweb/values.yaml||a: &a {b: "
        + "1}~c: *a~\nweb/charts/db/Chart.yaml||name: db~version: 1.0.0~\nweb/templates/x.yaml||{{ .Values.a }}\n",
      "web/Chart.yaml|31|apiVersion: v2 name: web version: "
        + "1|size=31\nweb/../x|0||path=web/y|linkpath=z\nweb/charts/a.tgz||x|GNU.sparse.size=4|GNU.sparse.numblocks=1\nweb\\a||x|uid=-1\n"
    ].map { Array($0.utf8) }, finish: tarball
  ) { bytes in
    let chart = try LoadedChart(archive: bytes, path: "web.tgz")
    _ = (try? chart.packed(), chart.missing, try? CoalescedChart(chart))
  }

  /// The YAML of a chart: parts are divided by a line of equals signs.
  static let chartFiles = Door(
    "chart files",
    [
      "apiVersion: v2\nname: web\nversion: 1.0.0\nappVersion: 1e3\nkeywords: [y, 0x1F, 2021-01-01]\nannotations: "
        + "{a10: 1, a2: \"x\\n\", 12:30: ~}\ndependencies:\n- {name: db, version: ^1, condition: 'db.on,x.y', tags: "
        + "[t], alias: store, import-values: [e, {child: a.b, parent: .}]}\n=\na: {b: {c: ~}}\nglobal: {x: "
        + "[1]}\nstore: {global: {x: ~}, exports: {e: {a: 1}}}\ntags: {t: false}\n=\ngenerated: "
        + "2026-01-01T00:00:00Z\ndigest: sha256:0\ndependencies: [{name: db, version: 1.2.3}]\n=\nname: db\nversion: "
        + "1.2.3\n=\nx: {y: true}\nexports: {e: {b: ~}}\na: {b: {d: 1}}\n"
    ]
  ) { bytes in
    let parts = bytes.split(separator: 0x0A, omittingEmptySubsequences: false).split(
      separator: [UInt8(ascii: "=")][...]
    ).map { Array($0.joined(separator: [0x0A])) }
    var tar = RawTar()
    for (name, part) in zip(
      ["Chart.yaml", "values.yaml", "Chart.lock", "charts/db/Chart.yaml", "charts/db/values.yaml"], parts)
    { tar.file("web/" + name, part) }
    tar.end()
    let chart = try LoadedChart(archive: tar.bytes, path: "web.tgz")
    _ = (
      chart.isLockCurrent(repositories: [:]), chart.metadata.dependencies.map { chart.state(of: $0) },
      chart.values?.comment(above: 3)
    )
    _ = try? CoalescedChart(chart, given: ["a": .table(["b": .null]), "global": .null])
    // What helm would write is read as the same.
    let packed = chart.metadata.packed
    var again = RawTar()
    again.file("web/Chart.yaml", packed)
    again.end()
    let read = try? LoadedChart(archive: again.bytes, path: "again").metadata.packed
    #expect(read == packed, "\(text(packed))")
  }

  /// The index of a repository, read piece by piece.
  static let index = Door(
    "index",
    [
      "apiVersion: v1\nentries:\n  db: [{version: &v 1.0.0, urls: [a]}]\n  web:\n  - {name: web, version: 1.2.3, "
        + "urls: [web-1.2.3.tgz], digest: \(digest)}\n  - version: 2.0.0-rc.1\n    urls: []\ngenerated: x\n",
      #"{"entries":{"? x":[[{"a":1}]],"web":[{"version":"1","urls":["a\/b"]}]}}"#, "<html>",
      "[entries]: {}\nentries: {web: &w [*w]}\n"
    ]
  ) { bytes in
    let temporary = try Temporary.file(beside: "/tmp/draft-index"), descriptor = temporary.file.descriptor
    defer { Temporary.remove(temporary.path) }
    try temporary.file.write(bytes)
    let found = try ChartIndex.versions(of: "web", readingFrom: temporary.file.descriptor, shown: "index.yaml")
    _ = (ChartIndex.choose(nil, of: found), ChartIndex.choose("^1", of: found))
    // The whole document says the same.
    if let whole = try YAML.first(parsing: bytes)?["entries"]?["web"]?.sequence { #expect(found.count <= whole.count) }
  }

  static let versions = Door(
    "versions",
    [
      "1.2.3-alpha.1+b\n^1.2 || ~2, >=1.0.0-0 <2 !=1.x\n1.2 - 2.3.x\n=> 1 =< 2.*\nv1\n",
      "helm:example.com:80/a/b#^1\nstable/web#1.2.3\noci://ghcr.io/a/web:1.0.0@\(digest)\nhttps://x/a-1.tgz\n./a\n# "
        + "chart: stable/x#1\n"
    ]
  ) { bytes in
    var versions: [Version] = []
    let lines = text(bytes).split(separator: "\n").map(String.init)
    for line in lines {
      if let version = Version(line) { versions.append(version) }
      if let reference = try? ChartReference(line, exists: { _ in false }) {
        let again = try? ChartReference(reference.description, exists: { _ in false }).description
        #expect(again == reference.description)
      }
    }
    for line in lines {
      if let constraint = VersionConstraint(line) { _ = constraint.best(of: versions + [Version(1, 2, 3)]) }
    }
    _ = try? ChartReference.named(inValues: bytes)
  }

  @Sendable private static func tarball(_ description: [UInt8]) -> [UInt8] {
    var tar = RawTar()
    for line in description.split(separator: 0x0A) {
      let fields = line.split(separator: UInt8(ascii: "|"), omittingEmptySubsequences: false).map { Array($0) }
      let size = fields.count > 1 ? Int(text(fields[1])) : nil
      var content = fields.count > 2 ? fields[2].map { $0 == UInt8(ascii: "~") ? 0x0A : $0 } : []
      let pax = fields.dropFirst(3).compactMap { record -> (key: String, value: String)? in
        let sides = text(record).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        return sides.count == 2 ? (String(sides[0]), String(sides[1])) : nil
      }
      // In version 1.0 the sparse map has a block of its own.
      if pax.contains(where: { $0.key == "GNU.sparse.major" }), content.count < 512 {
        content += [UInt8](repeating: 0, count: 512 - content.count) + Array("1234".utf8)
      }
      tar.file(
        String(text(fields[0]).unicodeScalars.filter { $0.isASCII && $0.value > 0x20 }.prefix(90).map(Character.init)),
        content, size: size, pax: pax)
    }
    tar.end()
    return tar.bytes
  }

  // MARK: the network

  static let frames = Door(
    "frames",
    [
      "{\"type\":\"hello\",\"protocol\":1,\"stages\":[\"build\"],\"options\":{\"timeout\":[\"300\"]},\"quiet\":true}\n{\"type\":\"want\",\"id\":1,\"blobs\":[{\"digest\":\"\(digest)\",\"offset\":0}]}\n{\"type\":\"chunk\",\"digest\":\"\(digest)\",\"offset\":0,\"size\":4}\n1234{\"type\":\"done\",\"id\":1,\"members\":{}}\n",
      "{\"type\":\"work\",\"id\":1,\"record\":{\"draft\":1,\"app\":{\"name\":\"web\",\"dir\":\"/\"},\"context\":{\"path\":\"\",\"mediaType\":\"application/vnd.draft.context.v1+json\",\"digest\":\"\(digest)\",\"size\":1,\"tree\":\"x\",\"files\":1,\"dockerfile\":\"Dockerfile\"}},\"parts\":[{\"digest\":\"\(digest)\",\"size\":1},{\"digest\":\"\(digest)\",\"size\":2}]}\n",
      "{\"type\":\"error\",\"code\":69,\"message\":\"x\"}\n"
    ]
  ) { bytes in
    var parser = FrameParser()
    for start in stride(from: 0, to: bytes.count, by: 100) {
      bytes[start..<min(start + 100, bytes.count)].withUnsafeBytes { parser.feed($0) }
      while let frame = try parser.next() {
        if let wants = try? Link.wants(frame.json) { _ = wants.reduce(0) { $0.plus(max(0, 10 - $1.offset)) } }
        _ = (try? Work(frame.json), try? StageOrders(frame.json))
        let error = RemoteError.refused(
          code: frame.json["code"]?.integer ?? 1, message: frame.json["message"]?.string ?? "", hint: nil)
        _ = (error.exitCode, error.message)
      }
    }
  }

  /// Headers, an empty line and a body.
  static let answers = Door(
    "answers",
    [
      "location: /v2/web/blobs/uploads/1?x=2\noci-chunk-min-length: 1048576\nrange: 0-1023\nretry-after: "
        + "120\nwww-authenticate: Bearer realm=\"https://a.example/token\",service=\"s\",scope=\"x\", Basic "
        + "realm=x\n\n{\"errors\":[{\"code\":\"DENIED\",\"message\":\"no\"}]}",
      "retry-after: Sun, 06 Nov 1994 08:49:37 GMT\nlocation: "
        + "https://h.example:8443/x\n\n{\"token\":\"t\",\"expires_in\":300,\"details\":\"x\"}"
    ]
  ) { bytes in
    let parts = text(bytes).split(separator: "\n\n", maxSplits: 1).map(String.init)
    let headers = (parts.first ?? "").split(separator: "\n").compactMap { line -> (name: String, value: String)? in
      line.firstIndex(of: ":").map { (line[..<$0].lowercased(), line[line.index(after: $0)...].trimmed) }
    }
    guard let call = fuzzCall() else { return }
    let client = RegistryClient(try Reference("r.example/web"), plainHTTP: false, call: call),
      response = HTTPResponse(status: 202, headers: headers, body: Array((parts.last ?? "").utf8))
    let request = HTTPRequest(method: "POST", address: client.address("x"), purpose: "x")
    if let upload = try? client.upload(response, request) { _ = 0..<min(100, 10 + max(32, upload.minimumChunk)) }
    var retry = Retry()
    _ = (
      retry.pause(retryAfter: response["retry-after"]), Challenge.parse(response.all("www-authenticate")),
      RegistryClient.detail(response), client.refusal(response, request).message
    )
    let scope = ["x"]
    _ = try Authorizer(store: CredentialStore(reference: client.reference), anonymous: true)
      .renew(response, used: nil, scope: scope, origin: client.address("x"), purpose: "x") { _ in
        HTTPResponse(status: 200, headers: [], body: response.body)
      }
  }

  static let manifests = Door(
    "manifest",
    [
      #"{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":{"mediaType":"x","digest":"\#(digest)","size":100},"layers":[{"mediaType":"x","digest":"\#(digest)","size":1000,"annotations":{"a":"b"}},{"mediaType":"y","digest":"\#(digest)","size":9007199254740991,"urls":["u"]}]}"#,
      #"{"schemaVersion":2,"manifests":[{"mediaType":"x","digest":"\#(digest)","size":1,"platform":{"os":"linux"}}]}"#
    ]
  ) { bytes in
    let manifest = try OCI.Manifest(bytes)
    guard case .image(let config, let layers) = manifest.kind, let call = fuzzCall() else { return }
    _ = Progress([config] + Array(repeating: layers, count: 1_200).joined(), call: call)
    let base = try Reference("r.example/web")
    for origin in Origin.all(base, manifest, diffIDs: layers.map(\.digest)).values { _ = Origin(origin.text) }
  }

  // MARK: the cluster

  static let helm = Door(
    "helm",
    [
      #"{"name":"web","version":7,"info":{"status":"deployed","description":"draft sha256:0","notes":"\nhi\n","last_deployed":"2026-11-21T04:31:08Z"},"manifest":"kind: X\n","config":{"draft":"web","releasedBy":"x"},"chart":{"metadata":{"name":"web","version":"1"}},"hooks":[{"name":"x","kind":"Job","last_run":{"phase":"Failed","started_at":"2026-11-21T04:31:08Z"}}]}"#,
      "sh.helm.release.v1.web.v3 helm.sh/release.v1 1 1d "
        + "name=web,owner=helm,status=deployed,version=3,sh.draft.revision=3,sh.draft.chart=web-1,sh.draft.appversion=1,sh.draft.time=1795235468",
      "3 deployed e30=\n4 failed e30=\n", "ADDED 3 deployed\nMODIFIED 4 pending-upgrade\n",
      "W1121 01:02:03.000000 1 x.go:1] old\nError: UPGRADE FAILED: cannot patch \"web\" with kind Deployment: "
        + "Deployment.apps \"web\" is invalid: spec.selector: Invalid value: "
        + "v1.LabelSelector{MatchLabels:map[string]string{\"a\":\"b\"}, "
        + "MatchExpressions:[]v1.LabelSelectorRequirement(nil)}: field is immutable"
    ]
  ) { bytes in
    let text = text(bytes)
    _ = try? HelmState.newest(of: "web", in: text)
    if let state = try? HelmState(parsing: bytes, name: "web") { _ = (state.revision + 1, Standing(state).words) }
    if let entry = HelmStorage.entry(text[...], namespace: "default") {
      _ = (entry.revision + 1, DraftLabels(entry)?.updated.text)
    }
    var revisions = ReleaseWatch.Revisions()
    for line in text.split(separator: "\n") { revisions.take(String(line)) }
    _ = (
      withoutGoValues(text), FixedField.all(in: text), HelmFailure(text).chartError("web"),
      try? unpacked(text[...], layers: 2), errorLine(text.split(separator: "\n").map(String.init))
    )
    if let json = try? JSON(parsing: bytes) { _ = FailedHook(json, namespace: "default") }
  }

  static let kubectl = Door(
    "kubectl",
    [
      #"{"kind":"Deployment","metadata":{"name":"web","namespace":"default","generation":2},"spec":{"replicas":2,"selector":{"matchLabels":{"a":"b"}},"template":{"spec":{"containers":[{"name":"web","ports":[{"containerPort":8080,"hostPort":80,"name":"http"}]}]}}},"status":{"readyReplicas":1,"updatedReplicas":2,"replicas":2,"observedGeneration":2}}"#,
      #"{"kind":"StatefulSet","metadata":{"name":"x"},"spec":{"replicas":3,"updateStrategy":{"rollingUpdate":{"partition":1}},"template":{"spec":{"containers":[]}}},"status":{"readyReplicas":3,"updatedReplicas":2}}"#,
      #"{"kind":"Pod","metadata":{"name":"web-1","uid":"u","creationTimestamp":"2026-11-21T04:31:08Z"},"spec":{"containers":[{"name":"web","image":"x","readinessProbe":{"initialDelaySeconds":0,"successThreshold":1,"tcpSocket":{"port":8080}}}]},"status":{"phase":"Running","containerStatuses":[{"name":"web","restartCount":5,"ready":false,"containerID":"c://1","state":{"waiting":{"reason":"CrashLoopBackOff","message":"back-off"}},"lastState":{"terminated":{"exitCode":137,"reason":"Error"}}}]}}"#,
      #"{"kind":"Service","metadata":{"name":"web"},"spec":{"type":"NodePort","ports":[{"port":80,"nodePort":30080,"targetPort":8080}]},"status":{"loadBalancer":{"ingress":[{"ip":"1.2.3.4"}]}}}"#,
      "apiVersion: v1\ncurrent-context: a\nclusters:\n- name: c\n  cluster: {server: "
        + "\"https://127.0.0.1:6443\"}\ncontexts:\n- name: a\n  context: {cluster: c, namespace: n}\n"
    ]
  ) { bytes in
    _ = try? KubeConfig(texts: [text(bytes)]).context("a")?.isPlainlyLocal
    let json = try JSON(parsing: bytes)
    let workload = Status.Workload(json)
    _ = (
      Status(well: true, workloads: [workload], pods: []).json,
      ClusterPod(json).map { (Status.Pod($0, workload: "x"), PodTrouble($0), $0.namedReason, $0.failed) }
    )
    _ = (Workload.all(in: [json], namespace: "default"), HandMade.all(json, json))
    guard let call = fuzzCall() else { return }
    let context = KubeContext(name: "a", cluster: "c", server: "https://127.0.0.1:6443", isIndirect: false)
    _ = Addresses(objects: [json], namespace: "default", context: context, call: call).urls(of: json)
  }

  static let podman = Door(
    "podman",
    [
      #"[{"Name":"web-2","Status":"Running","Created":"2026-11-21T04:31:08.1Z","Containers":[{"Names":"web-2-web"}],"Labels":{"draft":"web","buildID":"b","sh.draft.revision":"2","sh.draft.pods":"1","sh.draft.ports":"web/8080/tcp/http/0=20417","sh.draft.chart":"web-0.1.0"}},{"Name":"web-1","Status":"Exited","Labels":{"draft":"web","sh.draft.revision":"1"}}]"#
    ], rounds: 300
  ) { bytes in
    let state = try PodmanState(parsing: bytes)
    _ = (state.revisions.map(\.number).max() ?? 0) + 1
    for port in state.newest?.ports ?? [] { _ = (UInt16(port.host), UInt16(port.container)) }
    _ = state.newest.map { Standing($0).words }
  }

  /// Tables of the kernel, and directory listings.
  static let system = Door(
    "system",
    [
      "  sl  local_address rem_address   st\n   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000\n",
      "app.listen(process.env.PORT || 3000)\n", "EXPOSE = 8080\nhost: '0.0.0.0:5000'\n",
      "module x/v2\n\ngo 1.24.1\n",
      "{\"engines\":{\"node\":\">=18\"},\"main\":\"x.js\",\"scripts\":{\"start\":\"node x\"}}",
      "[project]\nrequires-python = \">=3.9\"\n"
    ], rounds: 60
  ) { bytes in
    _ = Listening(parsing: [text(bytes)]).instead(of: 8080, declared: [])
    let directory = try Temporary.directory(in: "/tmp")
    defer { Temporary.remove(directory) }
    for name in ["go.mod", "package.json", "pyproject.toml", "x.py", "main.go"] {
      try Files.write(bytes, to: directory + "/" + name, durable: false)
    }
    for candidate in try Detection(of: directory).candidates { _ = try JSON(parsing: candidate.json.bytes) }
  }
}

import Testing

@testable import Records

private let digest = "sha256:" + String(repeating: "a", count: 64)
private let payload = #""path":"/c","mediaType":"m","digest":"\#(digest)","size":5"#

/// Every member with all its fields, as written in a record.
private let full = [
  #""app":{"name":"web","dir":"/w","environment":"test","namespace":"ns","context":"c","by":"ann@laptop:/w","declaredIn":"/w/environments.yaml"}"#,
  #""language":{"name":"Go","certainty":85.990338,"shares":{"Go":90.1,"C":9.0},"framework":"f","version":"1","versionSource":"s","packageManager":"p","port":80,"start":"./web","evidence":["go.mod"]}"#,
  #""pack":{"name":"go","repository":"draft","path":"/p"}"#,
  #""scaffold":{"created":["Dockerfile"],"kept":[],"dryRun":true}"#,
  #""change":{"sequence":3,"paths":["a","b"]}"#,
  #""context":{\#(payload),"tree":"\#(digest)","files":3,"dockerfile":"Dockerfile"}"#,
  #""chart":{\#(payload),"name":"web","version":"0.1.0","appVersion":"2"}"#,
  #""package":{"from":"/w/web","files":4,"kept":true,"provenance":"/w/web-1.tgz.prov","signer":"ABCD","secret":5000}"#,
  #""publish":{"from":"/w/web","to":"s3://b/x","url":"https://x/web-1.tgz","manifest":"m","existing":true,"image":"i","provenance":"p","signer":"ABCD"}"#,
  #""fetch":{"reference":"a/web","exact":"a/web#1.0.0","url":"https://x/web-1.0.0.tgz","cached":true,"kept":false,"directory":"/w/web","provenance":"/w/web-1.0.0.tgz.prov","signer":"ABCD","caFile":"/ca","certFile":"/cert","keyFile":"/key"}"#,
  #""match":{"reference":"a/web#1.0.0","repository":"a","chart":"web","version":"1.0.0","appVersion":"2","description":"d","deprecated":true}"#,
  #""repository":{"name":"a","url":"https://x","login":true,"index":"/c/a-index.yaml","charts":3}"#,
  #""credential":{"name":"token-foo","user":"u","store":"file"}"#,
  #""sync":{"how":"sync","why":"w","tree":"\#(digest)","pods":["p"],"files":1,"removed":0,"bytes":3}"#,
  #""image":{"repository":"r/web","tag":"1","digest":"d","id":"i","layers":2,"store":"containers-storage","how":"append","why":"new","tags":["dev"]}"#,
  #""push":{"reference":"r/web@d","uploaded":1,"mounted":2,"existing":3}"#,
  #""values":{"files":[{"path":"/w/v.yaml","digest":"\#(digest)","source":"r.yaml:3","reference":"git::https://x//v.yaml?ref=1"}],"settings":[{"key":"image.tag","value":"","source":"draft","typed":true,"from":{"env":"X"},"secret":true},{"key":"a\"\\\n\u0001é","value":"","source":"draft.toml:7"}],"uses":[{"key":"a","value":[1],"source":"r.yaml:4","over":["v.yaml:1"]}],"exact":true}"#,
  #""order":{"needs":["db"],"rank":1}"#,
  #""triggers":{"watch":[{"kind":"image","track":"Newest","source":"r.yaml:9","repoValue":"image.repository","tagValue":"image.tag","repoPrefixValue":"image.prefix","repository":"r/web","tag":"1"}]}"#,
  #""resources":{"files":[{"path":"/w/o.yaml","digest":"\#(digest)","source":"r.yaml:3","reference":"git::https://x//o.yaml?ref=1"}]}"#,
  #""release":{"name":"web","namespace":"ns","revision":2,"status":"deployed","changed":true,"objects":["Service/web"],"notes":"n","urls":["http://x/"],"engine":"podman","context":"c","chart":"web-0.1.0","appVersion":"2","updated":"t","answers":[{"url":"http://x/","status":200}]}"#,
  #""origin":{"directory":"/w/c","host":"h","reference":"a/web#1","digest":"\#(digest)","values":["/w/v.yaml"]}"#,
  #""use":{"chart":"a/web#1","name":"web","version":"1","newest":"2","parent":"up-1","releases":["ns/web"]}"#,
  #""tasks":{"preUp":["a"],"postDeploy":[],"postUp":["b"],"cleanup":["c"]}"#,
  #""connect":{"ports":[{"workload":"Deployment/web","container":"web","remote":80,"local":8080}]}"#,
  #""status":{"well":true,"reason":"r","workloads":[{"name":"Job/x","ready":0,"wanted":1,"well":true,"reason":"running"}],"pods":[{"name":"x-1","workload":"Job/x","phase":"Running","ready":true,"restarts":2,"reason":"r"}],"missing":["Service/web"]}"#,
  #""history":{"revisions":[{"revision":2,"status":"deployed","updated":"t","chart":"web-0.1.0","appVersion":"1","image":"r/web:1","buildID":"1","description":"d"}]}"#,
  #""deletion":{"changed":true,"engine":"podman","images":["localhost/web:1"]}"#,
  #""target":{"engine":"helm","engineVersion":"v3","context":"c","contextSource":"current","server":"https://x","allowed":true,"namespace":"ns","registry":"r","builder":"buildah","remote":"kube:draft","remoteImage":"i","remoteReady":false,"remoteTrouble":"t","replaces":"ann@laptop:/w"}"#,
  #""doctor":{"checks":[{"name":"helm","state":"warning","message":"m","hint":"h"}]}"#,
  #""param":{"chart":"./web","path":"a.b","subchart":"charts/x","type":"string","default":{"k":[1.0,null]},"documentation":"d","required":true,"set":true,"enum":["a",1],"file":"f","line":3,"marks":["unused"],"uses":[{"file":"f","line":3,"column":7,"kind":"tested","path":"a","guards":["if .Values.a"],"default":"\"x\"","message":"m"}]}"#,
  #""finding":{"chart":"./web","rule":"unused","severity":"warning","file":"f","line":3,"column":7,"message":"m","advice":"a","values":"v"}"#,
  #""test":{"chart":"./web","values":"ci/a.yaml","passed":false,"objects":3,"message":"m","release":"web","pod":"p","phase":"Failed","code":1,"started":"t","finished":"t","log":"l"}"#,
  #""object":{"chart":"./web","release":"web","namespace":"ns","template":"web/templates/a.yaml","apiVersion":"v1","kind":"Pod","object":"web","hooks":["test"],"digest":"\#(digest)","size":5,"renderer":"helm","why":"w","random":[{"start":1,"end":2}],"because":[{"field":"f","template":"t","line":1,"values":[{"path":"a","source":"v:1"}]}]}"#,
  #""failure":{"by":"draft-push","code":69,"message":"m","hint":"h"}"#
]

/// The minimum a reader accepts, and what is written from it.
private let least = [
  (
    #""app":{"name":"web","dir":"/w"}"#,
    #""app":{"name":"web","dir":"/w","environment":"development","namespace":"default"}"#
  ),
  (#""language":{"name":"Go"}"#, #""language":{"name":"Go","certainty":0.0,"shares":{},"evidence":[]}"#),
  (#""scaffold":{}"#, #""scaffold":{"created":[],"kept":[]}"#),
  (#""sync":{"how":"later","tree":"t","files":1}"#, #""sync":{"how":"build","why":"","tree":"t"}"#),
  (
    #""image":{"repository":"r","tag":"1","store":"s"}"#,
    #""image":{"repository":"r","tag":"1","store":"s","how":"builder","why":""}"#
  ),
  (#""push":{"reference":"r"}"#, #""push":{"reference":"r","uploaded":0,"mounted":0,"existing":0}"#),
  (
    #""release":{"name":"web","namespace":"ns","revision":1,"status":"deployed"}"#,
    #""release":{"name":"web","namespace":"ns","revision":1,"status":"deployed","changed":false,"objects":[],"urls":[],"engine":"helm"}"#
  ),
  (#""tasks":{}"#, #""tasks":{}"#),
  (#""status":{"pods":null}"#, #""status":{"well":false,"workloads":[],"pods":[]}"#),
  (
    #""history":{"revisions":[{"revision":1,"status":"s"}]}"#,
    #""history":{"revisions":[{"revision":1,"status":"s","description":""}]}"#
  ),
  (#""deletion":{"engine":"helm"}"#, #""deletion":{"changed":false,"engine":"helm"}"#),
  (
    #""doctor":{"checks":[{"name":"n","state":"later","message":"m"}]}"#,
    #""doctor":{"checks":[{"name":"n","state":"failure","message":"m"}]}"#
  ),
  (#""param":{"chart":"c","path":"p"}"#, #""param":{"chart":"c","path":"p","uses":[]}"#),
  (
    #""finding":{"chart":"c","rule":"r","severity":"later","file":"f","line":0,"column":1,"message":"m"}"#,
    #""finding":{"chart":"c","rule":"r","severity":"warning","file":"f","line":0,"column":1,"message":"m"}"#
  ),
  (#""failure":{"by":"b","code":4000000000,"message":"m"}"#, #""failure":{"by":"b","code":1,"message":"m"}"#)
]

private func written<M: Member>(_ type: M.Type, of line: String) throws -> String {
  var record = Record()
  record.set(try Record(Array("{\(line)}".utf8)).required(type))
  return String(String(decoding: record.bytes, as: UTF8.self).dropFirst(11).dropLast())
}

private func json(_ type: any Member.Type) throws -> JSON {
  let line = try #require(full.first { $0.hasPrefix("\"\(type.name)\":") })
  return try #require(try JSON(parsing: "{\(line)}")[type.name])
}

private func read<M: Member>(_ type: M.Type, _ json: JSON) throws -> M {
  try M(Fields(json, path: M.name))
}

@Test func aMemberKeepsItsBytes() throws {
  #expect(full.count == Members.all.count)
  for (type, line) in zip(Members.all, full) { #expect(try written(type, of: line) == line) }
  for (line, wanted) in least {
    let type = try #require(Members.all.first { line.hasPrefix("\"\($0.name)\":") })
    #expect(try written(type, of: line) == wanted)
  }
}

/// The compiler does not notice an optional property that the initialiser leaves out: it stays nil.
@Test func everyPropertyHasItsField() throws {
  func properties(_ object: Any) -> [String] {
    Mirror(reflecting: object).children.flatMap { $0.value is Payload ? properties($0.value) : [$0.label ?? ""] }
  }
  for type in Members.all {
    let member = try read(type, json(type))
    #expect(properties(member).sorted() == type.fields.map(\.name).sorted())
    for field in type.fields {
      guard case .objects(let inner) = field.kind else { continue }
      let list = Mirror(reflecting: member).children.first { $0.label == field.name }?.value
      let first = try #require((list as? [Any])?.first)
      #expect(properties(first).sorted() == inner.map(\.name).sorted())
    }
  }
}

/// Readers enforce the declarations of the fields, those of objects in lists included.
@Test func aFieldHasTheDeclaredType() throws {
  for type in Members.all {
    let whole = try json(type)
    try hold(type.fields, whole, of: type.name) { _ = try read(type, $0) }
    for field in type.fields {
      guard case .objects(let inner) = field.kind else { continue }
      let first = try #require(whole[field.name]?.array?.first)
      try hold(inner, first, of: "\(type.name).\(field.name)[0]") { item in
        var changed = whole
        changed[field.name] = .array([item])
        _ = try read(type, changed)
      }
    }
  }
}

private func hold(_ fields: [Field], _ whole: JSON, of place: String, read: (JSON) throws -> Void) throws {
  #expect(fields.map(\.name) == whole.object?.map(\.name), "\(place): what is written is not what is said")
  func refusal(_ change: (inout JSON) -> Void) -> RecordError? {
    var changed = whole
    change(&changed)
    do { try read(changed) } catch { return error as? RecordError }
    return nil
  }
  for field in fields {
    let name = "\(place).\(field.name)"
    #expect(!field.says.isEmpty, "\(name): nothing is said of it")
    let missing = refusal { $0[field.name] = nil }
    #expect(missing == (field.isRequired ? .member(line: 0, name: name, reason: "is missing") : nil))
    let reason: String? =
      switch field.kind {
      case .string, .digest, .word: "is not a string"
      case .boolean: "is not true or false"
      case .integer, .count: "is not a whole number within 2^53"
      case .number: "is not a number"
      case .strings: "is not a list of strings"
      case .objects: "is not a list of objects"
      case .numbers, .any: nil
      }
    #expect(refusal { $0[field.name] = .array([.null]) } == reason.map { .member(line: 0, name: name, reason: $0) })
    if case .count = field.kind {
      #expect(refusal { $0[field.name] = .integer(-1) } == .member(line: 0, name: name, reason: "is negative"))
    }
  }
}

@Test func theSchemaHasRequiredFields() throws {
  let schema = Members.schema()
  #expect(schema["properties"]?.object?.map(\.name) == ["draft"] + Members.all.map { $0.name })
  for type in Members.all {
    let member = try #require(schema["properties"]?[type.name])
    #expect(member["required"]?.array?.compactMap(\.string) ?? [] == type.fields.filter(\.isRequired).map(\.name))
    #expect(member["properties"]?.object?.map(\.name) == type.fields.map(\.name))
    #expect(member["additionalProperties"] == nil)
  }
  let answer = schema["properties"]?["release"]?["properties"]?["answers"]?["items"]
  #expect(answer?["required"] == .strings(["url", "status"]))
  #expect(schema["properties"]?["context"]?["properties"]?["files"]?["minimum"] == .integer(0))
}

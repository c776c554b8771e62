import Command
import Records
import Testing

@testable import Charts

private func values(_ text: String) throws -> ChartValue {
  ChartValue(try ChartDocument(ChartEntry(name: "values.yaml", bytes: Array(text.utf8)), shown: "values.yaml").yaml)
}

@Suite struct LintTests {
  @Test("What functions make of what is known; what Go would refuse, or draft does not know, is not known")
  func functions() {
    func truth(_ name: String, _ arguments: CertainValue...) -> Bool? { CertainFunctions.apply(name, arguments).truth }
    let text = CertainValue.value(.string("a")), none = CertainValue.value(.null),
      number = CertainValue.value(.integer(1))
    let table = CertainValue.value(.table(["a": .bool(true), "none": .null]))
    #expect(truth("eq", text, .value(.string("b")), text) == true)
    #expect(truth("ne", text, text) == false)
    // A number of values is a float64, one of the template an int: Go compares neither with the other.
    #expect(truth("eq", number, .integer(1)) == nil)
    #expect(truth("gt", CertainFunctions.apply("int", [number]), .integer(0)) == true)
    #expect(truth("eq", none, text) == nil)
    #expect(truth("eq", .unknown, text) == nil)
    #expect(truth("default", .bool(true), none) == true)
    #expect(truth("default", .bool(true), .unknown) == nil)
    #expect(truth("coalesce", none, .value(.string("")), text) == true)
    #expect(truth("hasKey", table, .value(.string("none"))) == true)
    #expect(truth("hasKey", table, .value(.string("b"))) == false)
    #expect(truth("dig", text, .bool(false), table) == true)
    #expect(truth("dig", .value(.string("x")), .bool(false), table) == false)
    #expect(truth("kindIs", .value(.string("float64")), number) == true)
    #expect(truth("semverCompare", .value(.string(">=1.20-0")), .value(.string("v1.30.0"))) == true)
    #expect(truth("semverCompare", .value(.string("nonsense")), .value(.string("v1.30.0"))) == nil)
    #expect(truth("lookup", text) == nil)
    #expect(truth("ternary", text, none, .decided(true)) == nil)
  }

  @Test(
    "What a schema forbids, with the way there",
    arguments: [
      (#"{"properties": {"a": {"type": "integer"}}}"#, "a: x", ["a"]),
      (#"{"properties": {"a": {"type": "integer"}}}"#, "a: 1.0", []),
      (#"{"properties": {"a": {"items": {"const": 1}}}}"#, "a: [1, 2]", ["a/1"]),
      (#"{"required": ["b"]}"#, "a: 1", [""]),
      (#"{"if": {"required": ["a"]}, "then": {"required": ["b"]}}"#, "a: 1", ["", ""]),
      (#"{"propertyNames": {"pattern": "^b"}}"#, "b: 1", []),
      (##"{"$id": "https://x.y/z", "$ref": "#/$defs/a", "$defs": {"a": {"maxProperties": 0}}}"##, "a: 1", [""]),
      (#"{"properties": {"a": {"pattern": "^[0-9]+(\\.[0-9]+)*$"}}}"#, #"a: "1.2""#, []), ("true", "a: 1", [])
    ])
  func schema(text: String, yaml: String, places: [String]) throws {
    let schema = try SchemaRules(ChartEntry(name: "values.schema.json", bytes: Array(text.utf8)), shown: "s")
    #expect(try schema.violations(values(yaml)).map { $0.steps.joined(separator: "/") }.sorted() == places)
  }

  @Test(
    "What of a schema is not checked is named",
    arguments: [
      (#"{"properties": {"prefixItems": {"type": "object"}}}"#, []),
      (#"{"items": {"prefixItems": []}}"#, ["'prefixItems'"]),
      (#"{"dependentRequired": {}, "format": "ipv4"}"#, ["'dependentRequired'", "format 'ipv4'"])
    ])
  func keywords(text: String, unknown: [String]) throws {
    #expect(try SchemaRules(ChartEntry(name: "s", bytes: Array(text.utf8)), shown: "s").unknown == unknown)
  }

  @Test("Schemas that would keep the validator busy are refused")
  func circles() {
    let doubling = (0..<30).map {
      ##""\##($0)": {"allOf": [{"$ref": "#/definitions/\##($0 + 1)"}, {"$ref": "#/definitions/\##($0 + 1)"}]}"##
    }.joined(separator: ", ")
    for text in [
      ##"{"$ref": "#"}"##, ##"{"not": {"$ref": "#/definitions/a"}, "definitions": {"a": {"anyOf": [{"$ref": "#"}]}}}"##,
      ##"{"$ref": "#/definitions/0", "definitions": {\##(doubling), "30": {}}}"##,
      #"{"pattern": "\#(String(repeating: "a", count: 3000))"}"#
    ] {
      #expect(throws: ChartError.self) { try SchemaRules(ChartEntry(name: "s", bytes: Array(text.utf8)), shown: "s") }
    }
  }

  @Test("API versions that are gone, by kind and release")
  func removed() {
    #expect(RemovedAPI.find("policy/v1beta1", "PodDisruptionBudget")?.minor == 25)
    #expect(RemovedAPI.find("extensions/v1beta1", "Ingress")?.instead == "networking.k8s.io/v1")
    #expect(RemovedAPI.find("apps/v1", "Deployment") == nil)
  }
}

import Command
import Records
import Testing

@testable import Charts

private func values(_ text: String) throws -> ChartValue {
  ChartValue(try ChartDocument(ChartEntry(name: "values.yaml", bytes: Array(text.utf8)), shown: "values.yaml").yaml)
}

@Suite struct LintTests {
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

  @Test("What doubles the work of a validator is refused before it is tried")
  func schemaBombs() throws {
    func twice(_ inner: String) -> String { "[\(inner), \(inner)]" }
    func link(_ number: Int) -> String { "{\"$ref\": \"#/definitions/a\(number)\"}" }
    func definitions(_ last: String, _ each: (Int) -> String) -> String {
      let list = (0..<40).map { "\"a\($0)\": \(each($0 + 1))" } + ["\"a40\": \(last)"]
      return "{\"definitions\": {\(list.joined(separator: ", "))}, \"$ref\": \"#/definitions/a0\"}"
    }
    let deep = String(repeating: "{a: ", count: 60) + "x" + String(repeating: "}", count: 60)
    func property(_ schema: String) -> String { "{\"properties\": {\"a\": \(schema)}}" }
    let recursion = property(link(0))
    let chain = (0..<400).map { "\"a\($0)\": \(link($0 + 1))" }.joined(separator: ", ")
    let long = "a: " + String(repeating: "a", count: 1_000_000)
    let bombs = [
      // Each level twice, for one value; with each level of the values, in one definition and in many.
      (definitions("{}") { "{\"allOf\": \(twice(link($0)))}" }, "{}"),
      ("{\"definitions\": {\"a0\": {\"anyOf\": \(twice(recursion))}}, \"$ref\": \"#/definitions/a0\"}", deep),
      (definitions("{}") { "{\"allOf\": \(twice(property(link($0))))}" }, deep),
      // Long texts, and patterns that become long.
      (#"{"properties": {"a": {"pattern": "(a|b)*c"}}}"#, long),
      (#"{"properties": {"a": {"pattern": "^((a{1,300}){1,300}){1,100}$"}}}"#, "a: a"),
      (#"{"patternProperties": {"^(a{1,900}b){30}$": {}}}"#, "a: a"),
      // Chains, and circles: in one value, and behind what steps into one.
      ("{\"definitions\": {\(chain)}, \"$ref\": \"#/definitions/a0\"}", "{}"),
      (
        ##"{"definitions": {"x": {"properties": {"a": {"allOf": [{"$ref": "#/definitions/y"}]}}, "##
          + ##""anyOf": [{"$ref": "#/definitions/y"}]}, "y": {"allOf": [{"$ref": "#/definitions/x"}]}}, "##
          + ##""$ref": "#/definitions/x"}"##, "{}"
      ),
      (#"{"properties": {"a": {"uniqueItems": true}}}"#, "a: [\((0..<2000).map(String.init).joined(separator: ", "))]")
    ]
    for (place, (schema, yaml)) in bombs.enumerated() {
      #expect(throws: ChartError.self, "\(place)") {
        try SchemaRules(ChartEntry(name: "s", bytes: Array(schema.utf8)), shown: "s").violations(values(yaml))
      }
    }
    // What only looks like one: the same definition below itself, once for each level.
    let tree = "{\"definitions\": {\"a0\": \(recursion)}, \"$ref\": \"#/definitions/a0\"}"
    #expect(
      try SchemaRules(ChartEntry(name: "s", bytes: Array(tree.utf8)), shown: "s").violations(values(deep)).isEmpty)
    #expect(["a", "a{3}", "(ab){2,5}[a-z]", "a{1,}", "\\{2}", "[]{9}]"].map(SchemaCost.size) == [2, 4, 17, 2, 4, 2])
  }

  @Test("A schema that doubles itself describes its values all the same")
  func describedTwice() throws {
    let list = (0..<30).map { place in
      let next = "{\"$ref\": \"#/definitions/a\(place + 1)\"}"
      return "\"a\(place)\": {\"allOf\": [\(next), \(next)], \"properties\": {\"b\": {\"$ref\": \"#/definitions/a0\"}}}"
    }
    let text =
      "{\"definitions\": {\(list.joined(separator: ", ")), \"a30\": {\"description\": \"last\"}}, \"$ref\": "
      + "\"#/definitions/a0\"}"
    let schema = try ValueSchema(ChartEntry(name: "s", bytes: Array(text.utf8)), shown: "s")
    #expect(schema.value((0..<20).map { _ in .key("b") })?.schema["description"] == .string("last"))
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
    for text in [
      ##"{"$ref": "#"}"##, ##"{"not": {"$ref": "#/definitions/a"}, "definitions": {"a": {"anyOf": [{"$ref": "#"}]}}}"##,
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

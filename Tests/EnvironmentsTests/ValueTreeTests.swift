import Command
import Records
import Testing
import YAML

@testable import Environments

private func tree(_ files: String..., settings: [(String, JSON?)] = []) throws -> ValueTree {
  var tree = ValueTree()
  for (index, text) in files.enumerated() {
    tree.add(file: try YAML(parsing: Array(text.utf8)), shown: "f\(index)")
  }
  for (key, value) in settings { tree.set(key, to: value, source: "s:\(key)") }
  return tree
}

private func words(_ tree: ValueTree) -> [String] {
  tree.uses.map { use in
    "\(use.key)=\(use.value?.text ?? "?") \(use.source)" + use.over.map { " over \($0)" }.joined()
  }
}

@Test func mapsAreMergedAndListsReplaced() throws {
  #expect(
    words(try tree("a: {b: 1, c: [1]}\nd: 1", "a:\n  b: 2\n  c: []\ne: ~"))
      == ["a.b=2 f1:2 over f0:1", "a.c=[] f1:3 over f0:1", "d=1 f0:2", "e=null f1:4"])
}

@Test func aValueReplacesAMapAndAMapAValue() throws {
  #expect(
    words(try tree("a: {b: 1, c: 2}\nd: 1", "a: x\nd: {e: 1}"))
      == ["a=\"x\" f1:1 over f0:1 over f0:1", "d.e=1 f1:2"])
}

@Test func settingsReachIntoListsAndKeysWithDots() throws {
  let settings: [(String, JSON?)] = [
    ("a[1].b", .string("x")), ("c\\.d.e", .bool(true)), ("f", nil), ("a[0]", .integer(7))
  ]
  #expect(
    words(try tree("a: [1]", settings: settings))
      == ["a=[7,{\"b\":\"x\"}] s:a[0] over f0:1 over s:a[1].b", "c\\.d.e=true s:c\\.d.e", "f=? s:f"])
}

@Test(arguments: [
  "", ".", "a.", ".a", "a..b", "a[", "a[x]", "a[-1]", "a[99999999999999999999]", "a[65537]", "a\\", "a[0]b"
])
func helmCannotReadThese(key: String) throws {
  var tree = ValueTree()
  let isSet = tree.set(key, to: .null, source: "")
  #expect(!isSet)
}

@Test func aKeyOfManyPartsEnds() throws {
  var tree = ValueTree()
  let isSet = tree.set(Array(repeating: "a", count: 200_000).joined(separator: "."), to: .null, source: "")
  #expect(!isSet)
}

@Test func mergedKeysGiveWay() throws {
  #expect(
    words(try tree("x: &x {a: 1, b: 2}\ny:\n  <<: *x\n  b: 3"))
      == ["x.a=1 f0:1", "x.b=2 f0:1", "y.b=3 f0:4", "y.a=1 f0:1"])
}

@Test(arguments: [
  ("true", "true"), ("1", "1"), ("01", #""01""#), ("1.5", #""1.5""#), ("null", "null"), ("0", "0"), ("", #""""#)
])
func typesAreHelms(text: String, json: String) { #expect(typedValue(text).text == json) }

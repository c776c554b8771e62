import Command
import Testing

@testable import Checks

private let app = #""app":{"name":"a","dir":"/x"},"n":[1.0, 1e400,"\u00e9"]"#
private let before = #"{"draft":1,\#(app)}"#
private let failed = #"{"draft":1,\#(app),"failure":{"by":"x","code":1,"message":"m"}}"#

private func change(_ before: String, _ after: String, declared: [String] = []) throws -> StageChange {
  try StageChange(from: Array(before.utf8) + [0x0A], to: Array(after.utf8) + [0x0A], declared: declared)
}

@Test func aStageAddsOrReplacesOneMember() throws {
  #expect(try change(before, before) == .nothing)
  #expect(try change(before, #"{"draft":1,\#(app),"scan":1}"#) == .set(["scan"]))
  #expect(try change(before, #"{"draft":1,\#(app),"scan": { "a" :1e1 }}"#) == .set(["scan"]))
  #expect(try change(#"{"scan":1,\#(app)}"#, #"{"scan":{"a":[]},\#(app)}"#) == .set(["scan"]))
  #expect(try change(before, failed) == .failed("m"))
  #expect(try change(failed, failed) == .failed("m"))
}

@Test(arguments: [
  // Two members added, a member gone, one of ours, another spelling of a number, a string and a space, a failed line,
  // not a record, no failure.
  (before, #"{"draft":1,\#(app),"scan":1,"more":1}"#, "more than one new member: 'scan', 'more'"),
  (before, #"{"draft":1,"app":{"name":"a","dir":"/x"},"scan":1}"#, "the member 'n' is gone"),
  (before, #"{"draft":1,"app":{"name":"b","dir":"/x"},"n":[1.0, 1e400,"\u00e9"]}"#, "'app' is not the stage's"),
  (before, #"{"draft":1,"app":{"name":"a","dir":"/x"},"n":[1, 1e400,"\u00e9"],"scan":1}"#, "byte "),
  (before, #"{"draft":1,"app":{"name":"a","dir":"/x"},"n":[1.0, 1e400,"é"],"scan":1}"#, "byte "),
  (before, #"{"draft":1,"app":{"name":"a","dir":"/x"},"n":[1.0,1e400,"\u00e9"]}"#, "byte "),
  (failed, #"{"draft":1,\#(app),"failure":{"by":"x","code":2,"message":"m"}}"#, "carried a failure and was changed"),
  (
    failed, #"{"draft":1,\#(app),"failure":{"by":"x","code":1,"message":"m"},"scan":1}"#,
    "carried a failure and was changed"
  ),
  (before, #"{"draft":1,\#(app),"scan":Infinity}"#, "no longer a record: "),
  (before, "usage: scan", "no longer a record: "),
  (before, #"{"draft":1,\#(app),"failure":"no"}"#, "failure")
])
func forbiddenChangesByAStage(_ before: String, _ after: String, _ reason: String) throws {
  let fault = #expect(throws: Fault.self) { try change(before, after) }
  #expect(fault?.reasons[0].contains(reason) == true, "\(fault?.reasons ?? [])")
}

@Test func aStageSetsWhatItDeclares() throws {
  let two = ["scan", "report"]
  #expect(try change(before, #"{"draft":1,\#(app),"scan":1,"report":2}"#, declared: two) == .set(two))
  #expect(try change(before, #"{"draft":1,\#(app),"report":2}"#, declared: two) == .set(["report"]))
  #expect(try change(#"{"scan":1,\#(app)}"#, #"{"scan":{"a":[]},\#(app),"report":2}"#, declared: two) == .set(two))
  #expect(try change(#"{"scan":1,"report":1,\#(app)}"#, #"{"scan":2,"report":2,\#(app)}"#, declared: two) == .set(two))
  #expect(try change(before, failed, declared: two) == .failed("m"))
  let wrong = [
    (#"{"draft":1,\#(app),"scan":1,"more":1}"#, "'more' has changed, but --describe does not list it"),
    (#"{"draft":1,\#(app),"more":1}"#, "'more' has changed"),
    (#"{"draft":1,"app":1,"n":[1.0, 1e400,"\u00e9"],"scan":1}"#, "'app' is not the stage's"),
    (#"{"draft":1,"app":{"name":"a","dir":"/x"},"n":[1.0,1e400,"\u00e9"],"scan":1,"report":1}"#, "byte "),
    (#"{"draft":1,\#(app),"scan":1,"failure":{"by":"x","code":1,"message":"m"}}"#, "has failed, and has changed other")
  ]
  for (after, reason) in wrong {
    let fault = #expect(throws: Fault.self) { try change(before, after, declared: two) }
    #expect(fault?.reasons[0].contains(reason) == true, "\(fault?.reasons ?? [])")
  }
}

@Test func optionsStandBeforeTheDashes() {
  let trial = { StageTrial(command: $0, seconds: 1, directory: "/") }
  #expect(trial(["a", "b"]).command(with: ["--help"]) == ["a", "b", "--help"])
  let each = trial(["draft", "each", "x", "--", "wc", "--", "-l"])
  #expect(each.command(with: ["-j", "4"]) == ["draft", "each", "x", "-j", "4", "--", "wc", "--", "-l"])
}

import Records
import Testing

@testable import Helm

@Test func theHookThatFailed() throws {
  func release(_ hooks: String) throws -> JSON { try JSON(parsing: Array(#"{"hooks":[\#(hooks)]}"#.utf8)) }
  let well = #"{"kind":"Job","name":"a","last_run":{"phase":"Succeeded"}}"#,
    never = #"{"kind":"Job","name":"n","last_run":{"phase":""}}"#
  let bad =
    #"{"kind":"Job","name":"b","manifest":"metadata: {namespace: there}","last_run":{"phase":"Failed","started_at":"2026-11-30T04:00:02Z"}}"#
  let older = #"{"kind":"Pod","name":"c","last_run":{"phase":"Failed","started_at":"2026-11-30T04:00:01Z"}}"#
  let hook = try #require(FailedHook(try release("\(well),\(bad),\(never),\(older)"), namespace: "here"))
  #expect(hook.kind == "Job" && hook.name == "b" && hook.namespace == "there")
  #expect(FailedHook(try release(older), namespace: "here")?.namespace == "here")
  #expect(FailedHook(try release("\(well),\(never)"), namespace: "here") == nil)
  #expect(
    FailedHook(try release(#"{"kind":"Job","name":"--all","last_run":{"phase":"Failed"}}"#), namespace: "here") == nil)
}

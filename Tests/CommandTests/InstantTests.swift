import Testing

@testable import Command

@Test(arguments: [
  ("2026-11-21T04:31:08Z", 1_795_235_468), ("2026-11-21T04:31:08.123456789Z", 1_795_235_468),
  ("2026-11-21T05:31:08.5+01:00", 1_795_235_468),
  ("2026-11-20T21:01:08-07:30", 1_795_235_468), ("1970-01-01T00:00:00Z", 0)
])
func instants(text: String, seconds: Int) {
  #expect(Instant(text)?.seconds == seconds)
}

@Test(arguments: [
  "", "2026-11-21", "2026-11-21T04:31:08", "2026-11-21T04:31:08ZZ", "2026-11-21T04:31:08+0100", "xxxx-11-21T04:31:08Z",
  "2026-11-21T04:31:08.Z+"
])
func noInstants(text: String) {
  #expect(Instant(text) == nil)
}

@Test func instantsAreWrittenInOneWay() {
  #expect(Instant("2026-11-21T05:31:08.5+01:00")?.text == "2026-11-21T04:31:08Z")
}

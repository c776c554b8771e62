import Testing

@testable import HTTP

@Test func retrySchedule() {
  var retry = Retry()
  #expect((0..<5).map { _ in retry.pause() } == [0.25, 0.5, 1, 2, nil])
  retry.reset()
  #expect(retry.pause(retryAfter: "7") == 7)
  #expect(retry.pause(retryAfter: "100000") == 60)
  #expect(retry.pause(retryAfter: "-1") == 1)
  #expect(retry.pause(retryAfter: "soon") == 2)
  #expect(retry.pause(retryAfter: "1") == nil)
}

@Test func retryAfterAsDate() {
  #expect(Retry.httpDate("Sun, 06 Nov 1994 08:49:37 GMT") == 784_111_777)
  #expect(Retry.seconds("Sun, 06 Nov 1994 08:49:37 GMT", now: 784_111_770) == 7)
  #expect(Retry.seconds("Sun, 06 Nov 1994 08:49:37 GMT", now: 784_111_790) == 0)
  for text in [
    "Sun, 06 Nov 1994 08:49:37", "Sun, 06 Foo 1994 08:49:37 GMT", "06 Nov 1994", "Sun, x Nov 1994 08:49 GMT",
    "99999999999999999999"
  ] {
    #expect(Retry.seconds(text, now: 0) == nil)
  }
}

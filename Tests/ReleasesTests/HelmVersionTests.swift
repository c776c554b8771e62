import Records
import Testing

@testable import Releases

@Test(arguments: [
  ("v3.17.0+g301108e", 1_802_217_599, Doctor.Check.State.ok), ("v3.17.0+g301108e", 1_802_217_600, .warning),
  ("v3.21.9", 1_900_000_000, .warning), ("v4.1.0+g1", 1_900_000_000, .ok), ("Client: v2.17.0+ga690bad", 0, .failure),
  ("", 0, .failure), ("v", 0, .failure)
])
func helm3EndsInFebruary2027(_ said: String, _ now: Int, _ state: Doctor.Check.State) {
  #expect(helm(saying: said, now: now).state == state)
}

import Testing

@testable import Charts

/// Chart.yaml as `helm package` writes it; what is expected here is what helm 3.17 has written.
struct PackedChartFileTests {
  @Test func everyTextIsQuotedAsByHelm() throws {
    let scratch = try Scratch()
    try scratch.write("a/Chart.yaml", #"""
      apiVersion: v2
      name: a
      version: 1.10
      appVersion: 1.10
      description: |
        a long long long long long long long long long long long long long long long long long long long long long long description: with <b> & "q" é
        second
      keywords: ["y", "0x10", "2021-01-01", "1:20", "a: b", "", "- x", "null", "~", "é", "#c", "a #b", "'q'", "x\ty", "tr\n", "\U0001F600"]
      unknown: 1
      icon: 12345678.9
      annotations:
        b: "1"
        a10: x
        a2: y
        multi: |
          line
           two
        trail: "x\n\n"
        lead: " x"
      deprecated: false

      """#)
    let packed = String(decoding: try LoadedChart(path: scratch.path + "/a").metadata.packed, as: UTF8.self)
    #expect(packed == #"""
      annotations:
        a2: "true"
        a10: x
        b: "1"
        lead: ' x'
        multi: |
          line
           two
        trail: |+
          x

      apiVersion: v2
      appVersion: "1.1"
      description: 'a long long long long long long long long long long long long long long
        long long long long long long long long description: with <b> & "q" é second '
      icon: "1.2345679e+07"
      keywords:
      - "y"
      - "0x10"
      - "2021-01-01"
      - "1:20"
      - 'a: b'
      - ""
      - '- x'
      - "null"
      - "~"
      - é
      - '#c'
      - 'a #b'
      - '''q'''
      - x y
      - 'tr '
      - "\U0001F600"
      name: a
      version: "1.1"

      """#)
  }
}

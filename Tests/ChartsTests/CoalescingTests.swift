import Command
import Records
import Testing
import YAML

@testable import Charts

/// The values of charts and sub-charts, compared with the output of `helm template` for the same charts.
struct CoalescingTests {
  @Test func everyChartGetsTheValuesThatHelmGivesIt() throws {
    let cases = try #require(try JSON(parsing: Files.read(fixtures + "/values.json")).array)
    #expect(cases.count >= 80)
    for (number, item) in cases.enumerated() {
      let scratch = try Scratch()
      for file in item["files"]?.object ?? [] { try scratch.write("root/" + file.name, file.value.string ?? "") }
      let user = ChartValue(try YAML(parsing: Array((item["user"]?.string ?? "").utf8))).table ?? [:]
      let chart = try LoadedChart(path: scratch.path + "/root")
      guard let expected = item["expected"]?.object else {
        #expect(throws: ChartError.self, "case \(number)") { _ = try CoalescedChart(chart, given: user) }
        continue
      }
      var found: [String: JSON] = [:]
      func collect(_ chart: CoalescedChart) {
        for inner in chart.subcharts { collect(inner) }
        found[chart.path + "/templates/v.yaml"] = ChartValue.table(chart.values).json
      }
      collect(try CoalescedChart(chart, given: user))
      #expect(found.keys.sorted() == expected.map(\.name).sorted(), "case \(number)")
      for (place, values) in expected {
        #expect(found[place].map { plain($0).text } == plain(values).text, "case \(number), \(place)")
      }
    }
  }

  /// With keys sorted, and 1.0 the same as 1.
  private func plain(_ json: JSON) -> JSON {
    if let members = json.object { return .object(members.map { ($0.name, plain($0.value)) }.sorted { $0.0 < $1.0 }) }
    if let items = json.array { return .array(items.map(plain)) }
    return json.double.map { .number("\($0)") } ?? json
  }
}

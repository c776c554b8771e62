import Command
import Records
import Releases
import Repositories
import Settings

@main struct Entry {
  static func main() {
    Command(
      name: "draft-charts", summary: "list the charts that releases are of, and in which versions",
      writes: Flow("a record with 'use' for each version of a chart", ["use"]),
      options: [.environment, .kubeContext, .namespace, .engine, .allNamespaces, .output, .quiet],
      examples: [
        "draft charts -A | jq -r '.use | select(.newest and .newest != .version) | .chart'", "draft charts"
      ]
    ).run { call in
      guard call.arguments.operands.isEmpty else {
        throw UsageError("draft-charts takes no operand", hint: "'draft instances CHART' lists the releases of one")
      }
      let (all, isWhole) = try chartInstances(
        everywhere: call.arguments.has("all-namespaces"), settings: Project.settings(call: call), call: call)
      let newest = try newestVersions(of: all.compactMap { $0.origin?.reference }, home: Home(), call: call)
      let uses = chartsInUse(all) { newest[$0] }
      if call.writesRecords {
        let writer = RecordWriter()
        for use in uses {
          var record = Record()
          record.set(use)
          try writer.write(record)
        }
      } else {
        try Standard.output(
          table(
            ["CHART", "VERSION", "NEWEST", "COUNT", "RELEASES"],
            uses.map { use in
              [
                use.chart, use.version ?? "", use.newest ?? "", String(use.releases.count),
                use.releases.joined(separator: " ")
              ]
            }))
      }
      return isWhole ? .done : .failed
    }
  }
}

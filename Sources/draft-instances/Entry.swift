import Command
import Records
import Releases
import Repositories
import Settings

@main struct Entry {
  static func main() {
    Command(
      name: "draft-instances", summary: "list the releases of a chart",
      operands: Operands("CHART", .directory),
      reads: "the name of a chart, or a reference to it",
      writes: Flow("a record for each release", ["app", "release", "origin", "use"]),
      options: [
        .environment, .kubeContext, .namespace, .engine, .allNamespaces,
        Option("deep", help: "also list releases of charts that it is a sub-chart of"),
        .output, .quiet
      ],
      examples: [
        "draft instances stable/redis | draft status", "draft instances --deep -A redis"
      ]
    ).run { call in
      guard let text = call.arguments.operands.first, call.arguments.operands.count == 1 else {
        throw UsageError(
          "it takes one chart, not \(call.arguments.operands.count)",
          hint: "'draft charts' lists all that are in use")
      }
      let settings = try Project.settings(call: call)
      let (all, isWhole) = try chartInstances(
        everywhere: call.arguments.has("all-namespaces"), settings: settings, call: call)
      let newest = try newestVersions(of: all.compactMap { $0.origin?.reference }, home: Home(), call: call)
      let found = try instances(of: text, in: all, deep: call.arguments.has("deep")) { newest[$0] }
      if call.writesRecords {
        let writer = RecordWriter()
        for (instance, use) in found {
          var record = listed(instance.release, settings: settings)
          if let origin = instance.origin { record.set(origin) }
          record.set(use)
          try writer.write(record)
        }
      } else {
        try Standard.output(
          table(
            ["NAME", "NAMESPACE", "CHART", "VERSION", "NEWEST", "IN"],
            found.map { instance, use in
              [
                instance.release.name, instance.release.namespace, use.chart, use.version ?? "", use.newest ?? "",
                use.parent ?? ""
              ]
            }))
      }
      return isWhole ? .done : .failed
    }
  }
}

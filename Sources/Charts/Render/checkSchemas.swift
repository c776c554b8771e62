import Templates

/// Holds the values of a chart and its sub-charts against what each of them has in values.schema.json.
func checkSchemas(_ tree: ChartTree, _ values: GoMap) throws(RenderError) {
  let problems = try schemaProblems(tree, values)
  guard problems.isEmpty else {
    throw .chart(
      "values don't meet the specifications of the schema(s) in the following chart(s):\n\(problems.joined())")
  }
}

private func schemaProblems(_ tree: ChartTree, _ values: GoMap) throws(RenderError) -> [String] {
  var problems: [String] = []
  if let entry = tree.chart.schema {
    do throws(ChartError) {
      let rules = try SchemaRules(entry, shown: tree.chart.shown(entry.name))
      let violations = try rules.violations(.table([String: ChartValue](values)))
      if !violations.isEmpty {
        problems.append(
          "\(tree.name):\n"
            + violations.map { violation in
              let place = violation.steps.isEmpty ? "(root)" : violation.steps.joined(separator: ".")
              return "- \(place): \(violation.message)\n"
            }.joined())
      }
    } catch { throw .unknowable(why: "\(entry.name) of \(tree.path)") }
  }
  for inner in tree.subcharts { problems += try schemaProblems(inner, values[inner.name]?.map ?? GoMap()) }
  return problems
}

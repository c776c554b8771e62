import Records

/// A value that can be set for a chart: one that its values.yaml declares, or that a template reads without.
package struct Parameter: Sendable {
  /// `image.tag`, from the values of the outermost chart.
  package var path: String
  var steps: [ValuePaths.Step]
  /// Where the chart is that declares it, or reads it: empty for the outermost, `charts/redis`.
  package var chart: String
  /// As a JSON Schema has it: `string`, `integer`; of the schema or of the default.
  package var type: String?
  /// nil if it is not declared.
  package var fallback: JSON?
  package var documentation: String?
  /// Whether the schema or a `required` wants it, and it has no default.
  package var isRequired = false
  package var choices: [JSON] = []
  /// Where it is declared.
  package var file: String?
  package var line: Int?
  package var uses: [ValueUse] = []
  /// Whether the default is what a release was given.
  package var isSet = false
  /// Whether what reads it is not known here: nothing is said of it.
  var isElsewhere = false

  package var isDeclared: Bool { file != nil }
  /// To test or pass on what it is in is no use of it.
  package var isUsed: Bool { uses.contains { $0.kind == .read || $0.depth >= steps.count } }
  /// What is to be said of it: `undeclared`, `unused`, `undocumented`.
  package var marks: [String] {
    isElsewhere
      ? []
      : (isDeclared ? [] : ["undeclared"]) + (isUsed ? [] : ["unused"])
        + (documentation == nil && isDeclared ? ["undocumented"] : [])
  }
}

import Records

/// A value that can be set for a chart: values.yaml declares it, or a template reads it undeclared.
package struct Parameter: Sendable {
  /// `image.tag`, from the values of the outermost chart.
  package var path: String
  var steps: [ValuePaths.Step]
  /// The path of the chart that declares or reads it: empty for the outermost, else `charts/redis`.
  package var chart: String
  /// A type of JSON Schema, as `string` or `integer`: from the schema, else that of the default.
  package var type: String?
  /// nil if it is not declared.
  package var fallback: JSON?
  package var documentation: String?
  /// Whether the schema or a call of `required` requires it, and it has no default.
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
  /// Testing or passing on a mapping does not use its members.
  package var isUsed: Bool { uses.contains { $0.kind == .read || $0.depth >= steps.count } }
  /// `undeclared`, `unused`, `undocumented`.
  package var marks: [String] {
    isElsewhere
      ? []
      : (isDeclared ? [] : ["undeclared"]) + (isUsed ? [] : ["unused"])
        + (documentation == nil && isDeclared ? ["undocumented"] : [])
  }
}

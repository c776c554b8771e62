import Command
import Records

/// A chart named by the user, and its parameters.
package struct ChartParams: Sendable {
  /// The chart as the user named it.
  package let reference: String
  let chart: LoadedChart
  package let list: [Parameter]
  /// The release whose values the defaults are; nil if they are those of the chart.
  let release: String?
  /// Whether the chart is known by a reference, and not only as that of the release.
  let hasReference: Bool

  /// Loads the chart and follows its templates.
  /// - Parameters:
  ///   - path: where the chart is, if not at `reference`.
  ///   - given: the values of a release, to take the place of the chart's.
  ///   - isStored: whether the chart is that of the release, so that nothing refers to it.
  ///   - withSubcharts: include parameters that only sub-charts declare or read.
  package init(
    _ reference: String, at path: String? = nil, given: ReleaseValues? = nil, isStored: Bool = false,
    withSubcharts: Bool, call: Call
  ) throws {
    (self.reference, release, hasReference) = (reference, given?.release, !isStored)
    chart = try LoadedChart(path: path ?? reference).named(reference)
    let parameters = try parameters(of: chart, withSubcharts: withSubcharts)
    if !parameters.isComplete {
      call.warn(
        "the templates of '\(reference)' are too large or nested too deeply to be followed to the end: some uses "
          + "are missing"
      )
    }
    var list = given?.applied(to: parameters.list, of: chart) ?? parameters.list
    let missing = Set(chart.missing.map(\.key))
    for place in list.indices {
      if case .key(let first)? = list[place].steps.first, missing.contains(first) { list[place].isElsewhere = true }
    }
    self.list = list
  }

  /// The record of a parameter.
  package func record(of parameter: Parameter) -> Record {
    var record = Record()
    record.set(Param(parameter, of: reference))
    return record
  }

  /// The list for a terminal: `- image.tag: The tag of the image`.
  package var words: String {
    "Params:\n"
      + list.map { parameter in
        let notes =
          (parameter.isSet ? ["set to \((parameter.fallback ?? .null).text)"] : [])
          + (parameter.isRequired ? ["required"] : []) + parameter.marks.filter { $0 != "undocumented" }
        let head = "- \(parameter.path)" + (notes.isEmpty ? "" : " (\(notes.joined(separator: ", ")))")
        return "\(head): \(parameter.documentation ?? "no documentation")".harmless + "\n"
      }.joined()
  }
}

extension Param {
  init(_ parameter: Parameter, of reference: String) {
    self.init(
      chart: reference, path: parameter.path, subchart: parameter.chart.isEmpty ? nil : parameter.chart,
      type: parameter.type, default: parameter.fallback,
      documentation: parameter.documentation, required: parameter.isRequired, set: parameter.isSet,
      enum: parameter.choices.isEmpty ? nil : .array(parameter.choices),
      file: parameter.file, line: parameter.line, marks: parameter.marks,
      uses: parameter.uses.map { use in
        Use(
          file: use.file, line: use.line, column: use.column, kind: Use.Kind(rawValue: use.kind.word) ?? .read,
          path: use.path == parameter.path ? nil : use.path, guards: use.guards, default: use.fallback,
          message: use.required)
      })
  }
}

import Command
import Records

/// A chart named by the user, and its parameters.
package struct ChartParams: Sendable {
  /// The chart as the user named it.
  package let reference: String
  let chart: LoadedChart
  package let list: [Parameter]

  /// Loads the chart and follows its templates.
  /// - Parameters:
  ///   - path: where the chart is, if not at `reference`.
  ///   - withSubcharts: include parameters that only sub-charts declare or read.
  package init(_ reference: String, at path: String? = nil, withSubcharts: Bool, call: Call) throws {
    self.reference = reference
    chart = try LoadedChart(path: path ?? reference).named(reference)
    let parameters = try parameters(of: chart, withSubcharts: withSubcharts)
    if !parameters.isComplete {
      call.warn(
        "the templates of '\(reference)' are too large or nested too deeply to be followed to the end: some uses "
          + "are missing"
      )
    }
    list = parameters.list
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
        let notes = (parameter.isRequired ? ["required"] : []) + parameter.marks.filter { $0 != "undocumented" }
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
      documentation: parameter.documentation, required: parameter.isRequired,
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

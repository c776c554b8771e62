/// Why a chart is not rendered.
package enum RenderError: Error, Equatable, Sendable {
  /// The chart, its values or a template say no: helm's own words, behind its `Error: `.
  case chart(String)
  /// A `--set` or one of its sisters cannot be read, in helm's words.
  case option(String)
  /// The result cannot be known here: helm has to render the chart. `why` is `genCA at templates/secret.yaml:7`.
  case unknowable(why: String)
  /// What grew too large, as in `100 MB of output`.
  case tooLarge(chart: String, what: String)
}

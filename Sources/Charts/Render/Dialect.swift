/// The helm whose rendering is wanted: where 3.17 and 4.2 give different results from the same chart.
///
/// - The value null: helm 4 deletes with it what a chart has and nothing else, and leaves out a chart's own nulls.
/// - Two aliases of a chart share its dependencies in helm 3.
/// - The cluster that is assumed, and the versions of its APIs.
/// - `.Chart` is a struct in helm 3 and a map in helm 4, in which a field that does not exist is empty.
/// - The last document of a template keeps the white space at its end.
/// - The kinds of webhooks are installed last.
package enum Dialect: Sendable {
  case helm3
  case helm4
}

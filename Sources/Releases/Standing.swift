import Command
import Helm
import Podman
import Records
import Settings

/// The existing release before one of ours: its newest revision, and who made it.
///
/// It is draft's if it has the values that draft gives a chart. An upgrade or rollback by hand keeps them, so that helm
/// can be used in between; `helm install` of another chart, or an upgrade with values of its own and without
/// `--reuse-values`, does not have them.
public struct Standing: Equatable, Sendable {
  var revision: Int
  /// `web-0.1.0`; nil if unknown.
  var chart: String?
  var chartName: String?
  var updated: String?
  var isDrafts: Bool
  /// Whether the revision was made by helm without draft.
  var isByHand = false
  /// The ``Author``, if recorded.
  var by: String?

  init(_ state: HelmState) {
    revision = state.revision
    chart = state.chartName.map { "\($0)-\(state.chartVersion ?? "")" }
    chartName = state.chartName
    updated = state.updated?.text
    isDrafts = state.hasDraftValues
    isByHand = ["Upgrade complete", "Install complete"].contains(state.description)
    by = state.by
  }

  init(_ pods: PodmanState.Revision) {
    revision = pods.number
    chart = pods.chart
    chartName = pods.chart.map(Standing.name(ofChart:))
    updated = pods.created?.text
    isDrafts = true
    by = pods.by
  }

  /// The name in `web-0.1.0`: what precedes the version, which has a dot.
  static func name(ofChart chart: String) -> String {
    var from = chart.startIndex
    while let hyphen = chart[from...].firstIndex(of: "-") {
      let rest = chart[chart.index(after: hyphen)...], number = rest.prefix { $0.isASCII && $0.isNumber }
      if !number.isEmpty, rest.dropFirst(number.count).first == "." { return String(chart[..<hyphen]) }
      from = rest.startIndex
    }
    return chart
  }

  /// `revision 3 of chart redis-17.3.1, 2026-11-21T04:31:08Z`
  var words: String {
    ["revision \(revision)\(chart.map { " of chart \($0)" } ?? "")", updated].compactMap(\.self).joined(separator: ", ")
  }

  /// Refuses to replace a release that is not ours, and says whose it is.
  /// - Parameters:
  ///   - chart: the name of our chart; nil if it is not known yet.
  ///   - told: whose release it is, if that has been reported already.
  ///   - takesOver: it may be replaced whose ever it is.
  /// - Returns: whose release it is, if not ours.
  @discardableResult
  func check(
    _ app: App, chart: String?, told: String? = nil, takesOver: Bool, settings: Settings, call: Call
  ) throws(ReleaseError) -> String? {
    let other = by != Author.of(app) ? by : nil
    if !takesOver {
      if !isDrafts { throw .notByDraft(name: app.name, there: self) }
      if let chart, let chartName, chart != chartName { throw .otherChart(name: app.name, chart: chart, there: self) }
      if other != nil, settings.exclusive { throw .somebodyElses(name: app.name, there: self) }
    }
    if let told, told == other { return other }
    if !isDrafts {
      call.say("Release \"\(app.name)\" was not made by draft: \(words). Taking it over")
    } else if isByHand {
      call.say("Release \"\(app.name)\" was changed by helm: \(words)")
    } else if let other {
      call.say("Release \"\(app.name)\" was made by \(other): \(words)")
    }
    return other
  }
}

/// Checks whose release the record would replace, before anything is built for it: one query to the cluster or to
/// podman. Reports another author. Throws ``ReleaseError`` if the release may not be replaced without permission.
/// - Parameter chart: the name of the record's chart; nil if it is not known yet.
/// - Returns: the other author, if there is one; pass it to draft-release so that it is not reported twice.
public func checkStanding(_ app: App, chart: String?, takesOver: Bool, settings: Settings, call: Call) throws -> String?
{
  let app = settings.place(app)
  let standing: Standing? =
    switch try Engine(settings: settings, call: call) {
    case .helm(let context):
      try HelmState.newest(app.name, namespace: app.namespace, context: context, call: call).map { Standing($0) }
    case .podman: try PodmanState.read(app).newest.map { Standing($0) }
    }
  return try standing?.check(app, chart: chart, takesOver: takesOver, settings: settings, call: call)
}

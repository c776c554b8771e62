import Command
import Helm
import Podman
import Records
import Settings

/// The release that is there before one of ours: its newest revision, and whose that is.
///
/// It is draft's when it has the values draft gives a chart. An upgrade or a rollback by hand keeps them, so that helm
/// can be used in between; `helm install` of another chart, and an upgrade that gives values of its own without
/// `--reuse-values`, has none.
public struct Standing: Equatable, Sendable {
  var revision: Int
  /// `web-0.1.0`; nil where it is not known.
  var chart: String?
  var chartName: String?
  var updated: String?
  var isDrafts: Bool
  /// Whether helm alone made the revision.
  var isByHand = false
  /// ``Author``, where it was written down.
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

  /// `web-0.1.0` without its version, which has a dot.
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

  /// Refuses to replace what is not ours to replace, and tells of what is somebody else's.
  /// - Parameters:
  ///   - chart: the name of ours; nil while it is not known.
  ///   - told: by whom it is, when that has been told.
  ///   - takesOver: it may be replaced whose ever it is.
  /// - Returns: by whom it is, when that is somebody else.
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
      call.say("Release \"\(app.name)\" was not made by draft: \(words). It is taken over")
    } else if isByHand {
      call.say("Release \"\(app.name)\" was changed by helm: \(words)")
    } else if let other {
      call.say("Release \"\(app.name)\" was made by \(other): \(words)")
    }
    return other
  }
}

/// Looks whose release the line would replace, before anything is built for it: one question to the cluster or to
/// podman. Tells of somebody else's. Throws ``ReleaseError`` for one that is not to be replaced unasked.
/// - Parameter chart: the name of the line's chart; nil while it is not known.
/// - Returns: by whom the release is, when that is somebody else; draft-release does not tell it again when it is told so.
public func checkStanding(_ app: App, chart: String?, takesOver: Bool, settings: Settings, call: Call) throws -> String? {
  let app = settings.place(app)
  let standing: Standing? =
    switch try Engine(settings: settings, call: call) {
    case .helm(let context):
      try HelmState.newest(app.name, namespace: app.namespace, context: context, call: call).map { Standing($0) }
    case .podman: try PodmanState.read(app).newest.map { Standing($0) }
    }
  return try standing?.check(app, chart: chart, takesOver: takesOver, settings: settings, call: call)
}

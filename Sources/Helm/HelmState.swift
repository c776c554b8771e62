import Cluster
import Command
import Records

/// One revision of a release as helm stores it: https://helm.sh/docs/topics/advanced/#storage-backends
///
/// Helm's Secret is read directly: `helm status` reads every revision with its chart to show the last one.
package struct HelmState: Equatable {
  package var revision: Int
  /// `deployed`, `failed`, `pending-upgrade` …
  package var status: String
  package var description: String
  package var notes: String?
  package var manifest: String
  /// By helm 4; helm 3 does not record how it applies objects, since it has only one way.
  var isAppliedByServer = false
  /// nil if helm did not tell it.
  package var chartName: String?
  package var chartVersion: String?
  package var appVersion: String?
  /// The notes as they are stored.
  package var fullNotes = ""
  /// The values given to the chart, and helm's hooks; nil if helm did not tell them.
  package var config: JSON?
  package var hooks: [JSON]?
  /// When helm started it.
  package var updated: Instant?
  /// Whether it has the values that draft gives a chart, or has failed with its label.
  package var hasDraftValues = false
  /// The ``Author`` of this release.
  package var by: String?

  /// Reads helm's release object, as `--output json` prints it and as the Secret holds it.
  package init(parsing bytes: [UInt8], name: String) throws(HelmError) {
    let release: JSON
    do { release = try JSON(parsing: bytes) } catch { throw .unreadableRelease(name: name, reason: error.reason) }
    try self.init(release, name: name)
  }

  package init(_ release: JSON, name: String) throws(HelmError) {
    guard let revision = release["version"]?.integer, let info = release["info"], let status = info["status"]?.string
    else {
      throw .unreadableRelease(name: name, reason: "it lacks a version or a status")
    }
    self.revision = revision
    self.status = status
    description = info["description"]?.string ?? ""
    notes = info["notes"]?.string.flatMap { $0.trimmed.isEmpty ? nil : $0.trimmedLines }
    manifest = release["manifest"]?.string ?? ""
    isAppliedByServer = release["apply_method"]?.string == "ssa"
    chartName = release["chart"]?["metadata"]?["name"]?.string
    chartVersion = release["chart"]?["metadata"]?["version"]?.string
    appVersion = release["chart"]?["metadata"]?["appVersion"]?.string
    fullNotes = info["notes"]?.string ?? ""
    config = release["config"]
    hooks = release["hooks"]?.array
    updated = info["last_deployed"]?.string.flatMap { Instant($0) }
    hasDraftValues = release["config"]?["draft"] != nil || description.hasPrefix("draft sha256:")
    by = release["config"]?[Author.value]?.string.map(Author.cleaned)
  }

  /// The newest revision; nil if there is no such release.
  package static func newest(_ name: String, namespace: String, context: KubeContext, call: Call) throws -> HelmState? {
    guard HelmStorage.isInSecrets, Kubectl.isThere else {
      return try asked(name, namespace: namespace, context: context, call: call)
    }
    // Superseded revisions stay on the server: they are most of the bytes and not needed. A release that was
    // uninstalled with `--keep-history` does not exist, whatever failed before.
    let words = [
      "get", "secrets", "--namespace=\(namespace)", "--context=\(context.name)", "--request-timeout=20s",
      "--selector=owner=helm,name=\(name),status!=superseded",
      "--output=jsonpath={range .items[*]}{.metadata.labels.version} {.metadata.labels.status} "
        + "{.data.release} {.metadata.labels.draft}{\"\\n\"}{end}"
    ]
    let result = try Kubectl.run(words, slow: context.sayWaiting(call), call: call)
    guard result.succeeded else {
      throw HelmFailure(result.errorText).clusterError(context: context, doing: "read release '\(name)'")
    }
    return try HelmState.newest(of: name, in: result.outputText)
  }

  /// - Parameter text: a line for each Secret: its version, its status, its contents, and the label of draft, if any.
  package static func newest(of name: String, in text: String) throws(HelmError) -> HelmState? {
    var newest: (revision: Int, status: Substring, body: Substring, label: Substring?)?
    for line in text.lines {
      let parts = line.split(separator: " ")
      guard parts.count == 3 || parts.count == 4 else { continue }
      guard let revision = Number.whole(parts[0]) else {
        throw .unreadableRelease(name: name, reason: "its Secret is of version '\(parts[0])'")
      }
      guard revision > newest?.revision ?? 0 else { continue }
      newest = (revision, parts[1], parts[2], parts.count > 3 ? parts[3] : nil)
    }
    guard let newest, newest.status != "uninstalled" else { return nil }
    var state = try HelmState(parsing: decoded(newest.body, name: name), name: name)
    // helm describes a release that has failed in its own words, and the chart of an environment has no values of ours.
    // One by hand keeps the label, so of any other it says nothing.
    if newest.status == "failed", let label = newest.label, label == name { state.hasDraftValues = true }
    return state
  }

  private static func asked(_ name: String, namespace: String, context: KubeContext, call: Call) throws -> HelmState? {
    let status = ["status", name, "--namespace=\(namespace)", "--kube-context=\(context.name)", "--output=json"]
    call.debug("helm " + status.joined(separator: " "))
    let result = try HelmProgram.run(status, slow: context.sayWaiting(call))
    if !result.succeeded {
      if result.errorText.contains("release: not found") { return nil }
      throw HelmFailure(result.errorText).clusterError(context: context, doing: "read release '\(name)'")
    }
    var state = try HelmState(parsing: result.output, name: name)
    // The status does not include the chart.
    let words = [
      "get", "all", name, "--namespace=\(namespace)", "--kube-context=\(context.name)",
      "--template={{.Release.Chart.Metadata.Name}} {{.Release.Chart.Metadata.Version}}"
    ]
    if let told = try? HelmProgram.run(words, errors: .discard), told.succeeded {
      let parts = told.outputText.split(separator: " ")
      if parts.count == 2 { (state.chartName, state.chartVersion) = (String(parts[0]), String(parts[1])) }
    }
    return state
  }

  /// Decodes a Secret's value: base64 by Kubernetes around base64 by helm around gzip.
  static func decoded(_ text: Substring, name: String) throws(HelmError) -> [UInt8] {
    do throws(Unpacking) { return try unpacked(text, layers: 2) } catch {
      throw .unreadableRelease(name: name, reason: "its Secret \(error.reason)")
    }
  }
}

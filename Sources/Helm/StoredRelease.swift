import Command
import Records

/// One revision of a release, decoded from the object in which helm stores it.
package struct StoredRelease: Sendable {
  package let namespace: String
  package let object: String
  package let name: String
  package let state: HelmState
  /// When helm started it.
  package let updated: Instant?
  /// Helm's release object.
  package private(set) var json: JSON

  /// Anyone may have written the Secret, so it is checked: the names must be those of the metadata by which we asked
  /// for it.
  package static func result(_ body: Substring, _ entry: HelmStorage.Entry, kind: HelmStorage.Kind) -> Result<
    StoredRelease, HelmError
  > {
    Result { () throws(HelmError) in try StoredRelease(body, entry, kind: kind) }
  }

  package init(_ body: Substring, _ entry: HelmStorage.Entry, kind: HelmStorage.Kind) throws(HelmError) {
    func unreadable(_ reason: String) -> HelmError {
      .unreadableObject(
        kind: kind == .secrets ? "Secret" : "ConfigMap", name: entry.object, namespace: entry.namespace, reason: reason)
    }
    let bytes: [UInt8]
    // Kubernetes adds a layer of base64 in a Secret.
    do throws(Unpacking) { bytes = try unpacked(body, layers: kind == .secrets ? 2 : 1) } catch {
      throw unreadable("it \(error.reason)")
    }
    do { json = try JSON(parsing: bytes) } catch { throw unreadable("it is not JSON: \(error.reason)") }
    do { state = try HelmState(json, name: entry.name) } catch { throw unreadable("it lacks a version or a status") }
    guard state.revision == entry.revision, json["name"]?.string == entry.name else {
      throw unreadable("it holds a release other than its labels say")
    }
    namespace = entry.namespace
    object = entry.object
    name = entry.name
    updated = json["info"]?["last_deployed"]?.string.flatMap { Instant($0) }
  }

  /// The same with only the metadata of the chart.
  package var withoutFiles: StoredRelease {
    var copy = self
    copy.json = .members([
      "name": json["name"], "config": json["config"], "chart": .members(["metadata": json["chart"]?["metadata"]])
    ])
    return copy
  }

  package var chartName: String { json["chart"]?["metadata"]?["name"]?.string ?? "" }
  package var chartVersion: String { json["chart"]?["metadata"]?["version"]?.string ?? "" }
  /// `web-0.1.0`, as helm writes it.
  package var chart: String { "\(chartName)-\(chartVersion)" }
  package var appVersion: String? {
    json["chart"]?["metadata"]?["appVersion"]?.string.flatMap { $0.isEmpty ? nil : $0 }
  }
  /// The values given to the chart, including draft's own.
  package var config: JSON { json["config"] ?? .null }
  /// `registry.test/web:0123`, if draft released it.
  package var image: String? {
    guard config["draft"] != nil, let image = config["image"], let repository = image["repository"]?.string,
      let tag = image["tag"].map({ $0.string ?? $0.text })
    else { return nil }
    return "\(repository):\(tag)"
  }
  package var buildID: String? { config["draft"] != nil ? config["buildID"].map { $0.string ?? $0.text } : nil }
}

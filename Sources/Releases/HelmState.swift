import CArchive
import Command
import Records

/// One revision of a release as helm keeps it: https://helm.sh/docs/topics/advanced/#storage-backends
///
/// Helm's Secret is read directly: `helm status` fetches every revision with its chart to tell about the last one.
struct HelmState: Equatable {
  var revision: Int
  /// `deployed`, `failed`, `pending-upgrade` …
  var status: String
  var description: String
  var notes: String?
  var manifest: String
  /// By helm 4; helm 3 does not say how it applies, since it knows one way.
  var isAppliedByServer = false
  /// nil where helm has not told it.
  var chartName: String?
  var chartVersion: String?
  /// When helm began it.
  var updated: Instant?
  /// Whether its values are those that draft gives a chart.
  var hasDraftValues = false
  /// ``Author`` of the release it was made from.
  var by: String?

  /// Helm's release object, as `--output json` prints it and as the Secret holds it.
  init(parsing bytes: [UInt8], name: String) throws(HelmError) {
    let release: JSON
    do { release = try JSON(parsing: bytes) } catch { throw .unreadableRelease(name: name, reason: error.reason) }
    try self.init(release, name: name)
  }

  init(_ release: JSON, name: String) throws(HelmError) {
    guard let revision = release["version"]?.integer, let info = release["info"], let status = info["status"]?.string else {
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
    updated = info["last_deployed"]?.string.flatMap { Instant($0) }
    hasDraftValues = release["config"]?["draft"] != nil || description.hasPrefix("draft sha256:")
    by = release["config"]?[ChartValues.author]?.string.map(Author.cleaned)
  }

  /// The newest revision; nil when there is no such release.
  static func newest(_ name: String, namespace: String, context: KubeContext, call: Call) throws -> HelmState? {
    guard HelmStorage.isInSecrets, Kubectl.isThere else {
      return try asked(name, namespace: namespace, context: context, call: call)
    }
    // Superseded revisions stay on the server: most of the bytes, and none of the answer. A release that was uninstalled with
    // its history kept is no release, whatever failed before that.
    let words = [
      "get", "secrets", "--namespace=\(namespace)", "--context=\(context.name)", "--request-timeout=20s",
      "--selector=owner=helm,name=\(name),status!=superseded",
      "--output=jsonpath={range .items[*]}{.metadata.labels.version} {.metadata.labels.status} {.data.release}{\"\\n\"}{end}",
    ]
    let result = try Kubectl.run(words, slow: context.sayWaiting(call), call: call)
    guard result.succeeded else { throw HelmFailure(result.errorText).clusterError(context: context, doing: "read release '\(name)'") }
    return try HelmState.newest(of: name, in: result.outputText)
  }

  /// - Parameter text: a line for each Secret: its version, its status and what it holds.
  static func newest(of name: String, in text: String) throws(HelmError) -> HelmState? {
    var newest: (revision: Int, status: Substring, body: Substring)?
    for line in text.lines {
      let parts = line.split(separator: " ")
      guard parts.count == 3 else { continue }
      guard let revision = Number.whole(parts[0]) else {
        throw .unreadableRelease(name: name, reason: "its Secret is of version '\(parts[0])'")
      }
      guard revision > newest?.revision ?? 0 else { continue }
      newest = (revision, parts[1], parts[2])
    }
    guard let newest, newest.status != "uninstalled" else { return nil }
    return try HelmState(parsing: decoded(newest.body, name: name), name: name)
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
    // The status leaves the chart out.
    let words = ["get", "all", name, "--namespace=\(namespace)", "--kube-context=\(context.name)",
      "--template={{.Release.Chart.Metadata.Name}} {{.Release.Chart.Metadata.Version}}"]
    if let told = try? HelmProgram.run(words, errors: .discard), told.succeeded {
      let parts = told.outputText.split(separator: " ")
      if parts.count == 2 { (state.chartName, state.chartVersion) = (String(parts[0]), String(parts[1])) }
    }
    return state
  }

  /// A Secret's value: base64 of Kubernetes around base64 of helm around gzip.
  static func decoded(_ text: Substring, name: String) throws(HelmError) -> [UInt8] {
    do throws(Unpacking) { return try unpacked(text, layers: 2) } catch { throw .unreadableRelease(name: name, reason: "its Secret \(error.reason)") }
  }
}

/// What helm has stored is no release.
struct Unpacking: Error { var reason: String }

/// A release as helm stores it: gzip, or plain JSON in the oldest ones, within layers of base64.
func unpacked(_ text: Substring, layers: Int) throws(Unpacking) -> [UInt8] {
  var bytes = Array(text.utf8)
  for _ in 0..<layers {
    guard let decoded = base64Decoded(bytes) else { throw Unpacking(reason: "is not base64") }
    bytes = decoded
  }
  guard bytes.starts(with: [0x1F, 0x8B, 0x08]) else { return bytes }
  guard let plain = gunzipped(bytes) else { throw Unpacking(reason: "cannot be decompressed") }
  return plain
}

/// RFC 4648, section 4; nil for anything else.
func base64Decoded(_ text: [UInt8]) -> [UInt8]? {
  var out: [UInt8] = []
  out.reserveCapacity(text.count / 4 * 3)
  var bits: UInt32 = 0, count = 0
  var body = text[...]
  while body.last == UInt8(ascii: "=") || body.last == 0x0A { body.removeLast() }
  for byte in body {
    let value: UInt8
    switch byte {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"): value = byte - 65
    case UInt8(ascii: "a")...UInt8(ascii: "z"): value = byte - 71
    case UInt8(ascii: "0")...UInt8(ascii: "9"): value = byte + 4
    case UInt8(ascii: "+"): value = 62
    case UInt8(ascii: "/"): value = 63
    default: return nil
    }
    bits = bits << 6 | UInt32(value)
    count += 6
    if count >= 8 {
      count -= 8
      out.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
    }
  }
  return out
}

/// What gzip has compressed; nil for broken data, and for more than 64 MB, which no Secret of 1 MB honestly holds.
func gunzipped(_ bytes: [UInt8], limit: Int = 64 << 20) -> [UInt8]? {
  guard let archive = archive_read_new() else { return nil }
  defer { archive_read_free(archive) }
  archive_read_support_filter_gzip(archive)
  archive_read_support_format_raw(archive)
  return bytes.withUnsafeBytes { buffer -> [UInt8]? in
    var entry: OpaquePointer?
    guard archive_read_open_memory(archive, buffer.baseAddress, buffer.count) == ARCHIVE_OK,
      archive_read_next_header(archive, &entry) == ARCHIVE_OK,
      // What does not begin as gzip does would pass as it is.
      archive_filter_code(archive, 0) == ARCHIVE_FILTER_GZIP
    else { return nil }
    var out: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = archive_read_data(archive, &chunk, chunk.count)
      if count == 0 { return out }
      guard count > 0, out.count + count <= limit else { return nil }
      out += chunk[..<count]
    }
  }
}

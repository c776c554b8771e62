import Charts
import Command
import Contexts
import Glibc
import OCI
import Records
import Registry
import Settings

/// A chart in a registry, as `helm push` makes it, so that the same archive has the same manifest:
/// https://helm.sh/docs/topics/registries/#oci-feature-support
extension ReadyChart {
  static let configType = "application/vnd.cncf.helm.config.v1+json"
  static let provenanceType = "application/vnd.cncf.helm.chart.provenance.v1.prov"

  /// - Parameter place: in front of the chart's name: empty, or ends in `/`.
  func push(to host: String, _ place: String, home: Home, call: Call) throws -> Publish {
    let reference = try reference(on: host, place)
    let config = ArtifactBlob(mediaType: ReadyChart.configType, bytes: goJSON(metadata.json))
    let archive = ArtifactBlob(mediaType: MediaType.chart, bytes: bytes)
    let provenance = signed.map { ArtifactBlob(mediaType: ReadyChart.provenanceType, bytes: $0) }
    let layers = [archive, provenance].compactMap(\.self).sorted { $0.descriptor.digest.hex < $1.descriptor.digest.hex }
    let manifest = try Manifest(
      goJSON(
        .members([
          "schemaVersion": .integer(2), "config": config.descriptor.json,
          "layers": .array(layers.map(\.descriptor.json)),
          "annotations": .object(annotations.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) })
        ])))
    var there = manifest
    let isNew = try pushArtifact(
      reference, blobs: [config] + layers, manifest: manifest, logins: [HelmRepository.registryLogins], home: home,
      call: call
    ) { found in
      try check(found, reference)
      there = found
    }
    var publish = Publish(from: from)
    publish.to = "oci://\(host)" + (place.isEmpty ? "" : "/" + place.dropLast())
    publish.url =
      "\(ChartReference.oci(host: host, path: place + metadata.name, version: metadata.version, digest: nil))"
    publish.manifest = "\(there.descriptor.digest)"
    publish.existing = !isNew
    publish.signer = isNew ? signer : nil
    return publish
  }

  /// Checks that the tag is not in use, or has this archive.
  /// - Throws: ``PublishError/published(_:place:)``.
  func checkUnpublished(on host: String, _ place: String, call: Call) throws {
    let reference = try reference(on: host, place)
    let pull = try RegistryPull(reference, logins: [HelmRepository.registryLogins], call: call)
    guard let bytes = try pull.manifest(reference.tag ?? "") else { return }
    try check(Manifest(bytes), reference)
  }

  private func reference(on host: String, _ place: String) throws -> Reference {
    // A registry has no `+` in tags.
    var reference = try Reference("\(host)/\(place)\(metadata.name)")
    reference.tag = metadata.version.replacing("+", with: "_")
    return reference
  }

  private func check(_ manifest: Manifest, _ reference: Reference) throws {
    guard case .image(_, let layers) = manifest.kind, layers.contains(where: { $0.digest == digest }) else {
      throw PublishError.published(fileName, place: "oci://\(reference)")
    }
  }

  private var annotations: [(name: String, value: JSON)] {
    let prefix = "org.opencontainers.image."
    let authors = metadata.maintainers.map { $0.name + ($0.email.isEmpty ? "" : " (\($0.email))") }
    let own = [
      ("description", metadata.description), ("title", metadata.name), ("version", metadata.version),
      ("url", metadata.home), ("created", created), ("source", metadata.sources.first ?? ""),
      ("authors", authors.joined(separator: ", "))
    ].filter { !$0.1.trimmed.isEmpty }
    var all = Dictionary(own.map { (prefix + $0.0, $0.1) }) { $1 }
    for (name, value) in metadata.annotations where ![prefix + "title", prefix + "version"].contains(name) {
      all[name] = value
    }
    return all.map { ($0.key, .string($0.value)) }
  }

  /// The time of the archive, in the time zone of this machine: `2026-11-30T19:43:18+01:00`.
  private var created: String {
    var time = time_t(seconds), fields = tm()
    localtime_r(&time, &fields)
    var buffer = [CChar](repeating: 0, count: 40)
    let count = strftime(&buffer, buffer.count, "%Y-%m-%dT%H:%M:%S%z", &fields)
    let text = String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    if fields.tm_gmtoff == 0 {
      return text.utf8.dropLast(5).reduce(into: "") { $0.unicodeScalars.append(.init($1)) } + "Z"
    }
    let zone = text.utf8.suffix(2).reduce(into: "") { $0.unicodeScalars.append(.init($1)) }
    return text.utf8.dropLast(2).reduce(into: "") { $0.unicodeScalars.append(.init($1)) } + ":" + zone
  }
}

import Charts
import Command
import Helm
import OCI
import Records
import YAML

/// The contents of a record's release as helm has stored them: of the newest revision, or of the requested one.
/// - Parameter what: what is wanted of it, for messages.
/// - Throws: ``HelmError``; ``ReleaseError/notKept(name:engine:)`` for one of podman.
private func stored(_ what: String, _ record: Record, revision: Int?, call: Call) throws -> StoredRelease {
  let subject = try Subject(record, call: call, reading: true)
  guard case .helm(let context) = subject.engine else {
    throw ReleaseError.notKept(name: subject.name, engine: subject.engine.name, what: what)
  }
  return try HelmStorage(context: context, call: call).read(
    subject.name, namespace: subject.namespace, revision: revision)
}

/// The values that a release was given, as a values file: what `helm get values` prints, below two comments that say
/// whose they are.
/// - Throws: ``HelmError``, ``ReleaseError``.
public func releaseValues(_ record: Record, revision: Int?, call: Call) throws -> [UInt8] {
  let release = try stored("values", record, revision: revision, call: call)
  let values = release.config.object == nil ? .object([]) : release.config
  return heading(release) + YAML.text(values)
}

/// The objects of a release as helm has stored them, without its hooks.
public struct ReleaseManifest {
  private let release: StoredRelease

  /// - Throws: ``HelmError``, ``ReleaseError``.
  public init(_ record: Record, revision: Int?, call: Call) throws {
    release = try stored("objects", record, revision: revision, call: call)
  }

  private var manifest: [UInt8] { Array(release.state.manifest.utf8) }

  /// What `helm get manifest` prints, below the same comments as ``releaseValues(_:revision:call:)``.
  public var text: [UInt8] { heading(release) + manifest }

  /// - Throws: `RenderError` for a manifest that is not YAML.
  public func objects() throws -> [RenderedObject] {
    try manifests(of: manifest).map { object in
      RenderedObject(
        chart: release.chart, release: release.name, namespace: release.namespace, template: object.path,
        apiVersion: object.apiVersion, kind: object.kind, object: object.name, hooks: object.hooks,
        digest: SHA256.digest(object.text), size: object.text.count, renderer: "helm", why: nil)
    }
  }
}

/// `# release: NAMESPACE/NAME` and `# chart: REFERENCE`, as far as they are known.
private func heading(_ release: StoredRelease) -> [UInt8] {
  let chart = release.origin.map { "# chart: \($0.place)\n" } ?? ""
  return Array("# release: \(release.namespace)/\(release.name)\n\(chart)".utf8)
}

import Command

/// `[publish]` of draft.toml: where charts of a project are published, and their images. The same for all environments.
package struct Publishing: Sendable {
  package var release: String?
  package var snapshot: String?
  /// The registries of the images that belong to the charts.
  package var releaseRegistry: String?
  package var snapshotRegistry: String?

  static let keys = ["release", "snapshot", "release-registry", "snapshot-registry"]

  /// That of a directory; empty if there is no draft.toml.
  /// - Throws: ``SettingsError``.
  package init(of directory: String, call: Call) throws {
    guard let file = try SettingsFile.draft(directory, call), let table = file.root["publish"] else { return }
    guard table.members != nil else {
      throw SettingsError.wrongKind(
        key: "publish", place: file.place(table.place), wanted: "a table", found: table.kind)
    }
    func text(_ key: String) throws -> String? {
      guard let value = table[key] else { return nil }
      guard let text = value.string else {
        throw SettingsError.wrongKind(
          key: "publish.\(key)", place: file.place(value.place), wanted: "a string", found: value.kind)
      }
      return text
    }
    release = try text("release")
    snapshot = try text("snapshot")
    releaseRegistry = try text("release-registry")
    snapshotRegistry = try text("snapshot-registry")
  }
}

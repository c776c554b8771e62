import Command
import Glibc
import Records

/// A builder that builds the head of a divided Dockerfile, and can be asked about base images.
protocol HeadBuilder: Builder {
  var program: String { get }
  /// Variables that decide which store is meant and how it is filled.
  var variables: [String] { get }
  func find(_ name: String) throws -> StoredImage?
  func build(_ order: BuildOrder, _ context: UnpackedContext, dockerfile: String, names: [String], log: BuildLog) throws
  func export(_ image: StoredImage, to incoming: ImageCache.Incoming) throws
  /// The id of a base image, and whether it has instructions for whoever builds on it; nil when the store has not got it.
  func base(_ name: String) throws -> (id: String, hasTriggers: Bool)?
  /// The file in which the store lists its images, which is replaced as a whole; nil when there is none to look at.
  func list() throws -> String?
  /// Brings a base image into the store, where the builder would not leave it. Throws ``BuilderFailed``.
  func fetch(_ name: String, log: BuildLog) throws
  func remove(_ name: String)
}

extension HeadBuilder {
  func fetch(_ name: String, log: BuildLog) throws {}
  func remove(_ name: String) { _ = try? Child.run([program, "rmi", name], output: .discard, errors: .discard) }
}

extension ContainersBuilder: HeadBuilder {
  var variables: [String] {
    ["CONTAINERS_STORAGE_CONF", "STORAGE_DRIVER", "STORAGE_OPTS", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "HOME", "BUILDAH_ISOLATION"]
  }

  func base(_ name: String) throws -> (id: String, hasTriggers: Bool)? {
    guard program == "podman" else {
      let result = try Child.run(
        ["buildah", "inspect", "--type", "image", "--format", "{{.FromImageID}} {{len .Docker.Config.OnBuild}}", name], output: .capture, errors: .discard)
      let words = result.outputText.split { $0 == " " || $0 == "\n" }
      return result.succeeded && words.count == 2 ? (String(words[0]), words[1] != "0") : nil
    }
    // podman does not show the triggers, but the history tells that there are, or were, any.
    let result = try Child.run(
      ["podman", "image", "inspect", "--format", "{{.Id}}{{range .History}} {{.CreatedBy}}{{end}}", name], output: .capture, errors: .discard)
    guard result.succeeded, let id = result.outputText.split(whereSeparator: { $0 == " " || $0 == "\n" }).first else { return nil }
    return (String(id), result.outputText.contains("ONBUILD"))
  }

  func list() throws -> String? {
    let format = program == "podman" ? "{{.Store.GraphRoot}}/{{.Store.GraphDriverName}}" : "{{.store.GraphRoot}}/{{.store.GraphDriverName}}"
    let result = try Child.run([program, "info", "--format", format + "-images/images.json"], output: .capture, errors: .discard)
    return result.succeeded ? String(result.outputText.prefix { $0 != "\n" }) : nil
  }
}

import Command
import Glibc
import Records

/// A builder that can build the head of a divided Dockerfile and answer queries about base images.
protocol HeadBuilder: Builder {
  var program: String { get }
  /// Variables that select the store and affect its contents.
  var variables: [String] { get }
  func find(_ name: String) throws -> StoredImage?
  func build(_ order: BuildOrder, _ context: UnpackedContext, dockerfile: String, names: [String], log: BuildLog) throws
  func export(_ image: StoredImage, to incoming: ImageCache.Incoming) throws
  /// The id of a base image, and whether it has ONBUILD instructions; nil if the store does not have it.
  func base(_ name: String) throws -> (id: String, hasTriggers: Bool)?
  /// The file in which the store lists its images and which each change replaces; nil if there is none.
  func list() throws -> String?
  /// Pulls a base image into the store, if the builder does not do so itself. Throws ``BuilderFailed``.
  func fetch(_ name: String, log: BuildLog) throws
  func remove(_ name: String)
}

extension HeadBuilder {
  func fetch(_ name: String, log: BuildLog) throws {}
  func remove(_ name: String) { _ = try? Child.run([program, "rmi", name], output: .discard, errors: .discard) }
}

extension ContainersBuilder: HeadBuilder {
  var variables: [String] {
    [
      "CONTAINERS_STORAGE_CONF", "STORAGE_DRIVER", "STORAGE_OPTS", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "HOME",
      "BUILDAH_ISOLATION"
    ]
  }

  func base(_ name: String) throws -> (id: String, hasTriggers: Bool)? {
    guard program == "podman" else {
      let result = try Child.run(
        ["buildah", "inspect", "--type", "image", "--format", "{{.FromImageID}} {{len .Docker.Config.OnBuild}}", name],
        output: .capture, errors: .discard)
      let words = result.outputText.split { $0 == " " || $0 == "\n" }
      return result.succeeded && words.count == 2 ? (String(words[0]), words[1] != "0") : nil
    }
    // podman does not show ONBUILD instructions, but the history does, including removed ones.
    let result = try Child.run(
      ["podman", "image", "inspect", "--format", "{{.Id}}{{range .History}} {{.CreatedBy}}{{end}}", name],
      output: .capture, errors: .discard)
    guard result.succeeded, let id = result.outputText.split(whereSeparator: { $0 == " " || $0 == "\n" }).first else {
      return nil
    }
    return (String(id), result.outputText.contains("ONBUILD"))
  }

  func list() throws -> String? {
    let format =
      program == "podman"
      ? "{{.Store.GraphRoot}}/{{.Store.GraphDriverName}}" : "{{.store.GraphRoot}}/{{.store.GraphDriverName}}"
    let result = try Child.run(
      [program, "info", "--format", format + "-images/images.json"], output: .capture, errors: .discard)
    return result.succeeded ? String(result.outputText.prefix { $0 != "\n" }) : nil
  }
}

import Command
import Records

extension ImageLayoutError: Diagnosis {
  public var exitCode: ExitCode {
    switch self {
    case .notLayout, .noManifest, .noBlob: .noInput
    case .reference, .damaged, .manifest: .badData
    }
  }

  public var message: String {
    switch self {
    case let .reference(text, reason): "cannot read the image reference '\(text)': \(reason)"
    case let .notLayout(path, reason): "cannot open the image layout '\(path)': \(reason)"
    case let .noManifest(path, name?, _): "cannot find image '\(name)' in the image layout '\(path)'"
    case let .noManifest(path, nil, names):
      names.isEmpty
        ? "cannot find an image in the image layout '\(path)'" : "cannot choose an image in the image layout '\(path)'"
    case let .noBlob(path, digest): "cannot find blob '\(digest)' in the image layout '\(path)'"
    case let .damaged(path, digest): "cannot use the blob '\(path)': its content does not match \(digest.short)"
    case let .manifest(reason): "cannot read the image's manifest: it \(reason)"
    }
  }

  public var hint: String? {
    switch self {
    case .reference: "write it as REGISTRY/REPOSITORY:TAG, with the repository in lower case"
    case .notLayout: "an image layout has the files 'oci-layout' and 'index.json' and the directory 'blobs'"
    case .noManifest(_, _, let names):
      names.isEmpty ? nil : "it has \(names.prefix(8).map { "'\($0)'" }.joined(separator: ", "))"
    case .noBlob: "write the whole layout again, with all its blobs"
    case .damaged(let path, _): "remove '\(path)' and build again"
    case .manifest: nil
    }
  }
}

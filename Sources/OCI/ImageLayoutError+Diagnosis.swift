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
      names.isEmpty ? "cannot find an image in the image layout '\(path)'" : "cannot choose among the images of the image layout '\(path)'"
    case let .noBlob(path, digest): "cannot find blob '\(digest)' in the image layout '\(path)'"
    case let .damaged(path, digest): "cannot use the blob '\(path)': it is not \(digest.short)"
    case let .manifest(reason): "cannot read the image's manifest: it \(reason)"
    }
  }

  public var hint: String? {
    switch self {
    case .reference: "a reference is written REGISTRY/REPOSITORY:TAG, the repository in lower case"
    case .notLayout: "an image layout has the files 'oci-layout' and 'index.json' and the directory 'blobs'"
    case .noManifest(_, _, let names): names.isEmpty ? nil : "it has \(names.prefix(8).map { "'\($0)'" }.joined(separator: ", "))"
    case .noBlob: "write the layout again, with all of its blobs"
    case .damaged(let path, _): "remove '\(path)' and build again"
    case .manifest: nil
    }
  }
}

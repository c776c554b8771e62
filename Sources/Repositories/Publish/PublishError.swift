import Command
import Records

/// Why a chart was not published.
enum PublishError: Error, Equatable, Diagnosis {
  /// The version is there with other bytes. `place`: the archive or the index.
  case published(String, place: String)
  /// Two of the charts are one version with different bytes.
  case twice(String, paths: [String])
  /// Others changed the index all the time.
  case contended(String)
  /// The index does not have what was written to it.
  case lost(String)
  case snapshot(String, reason: String)
  /// The commit has no tag that is a version, or is not all there is.
  case release(String, reason: String)
  /// There is no registry for an image.
  case noRegistry(String)
  /// Another chart of the same call cannot be published.
  case together(String)

  var exitCode: ExitCode {
    switch self {
    case .published: .cannotCreate
    case .twice: .badData
    case .contended, .lost, .together: .tryAgain
    case .snapshot, .release: .badData
    case .noRegistry: .configuration
    }
  }

  var message: String {
    switch self {
    case let .published(file, place): "cannot publish '\(file)': '\(place)' has this version with other bytes"
    case let .twice(file, paths): "cannot publish '\(file)': '\(paths[0])' and '\(paths[1])' are different charts"
    case let .contended(index): "cannot write '\(index)': others change it all the time"
    case let .lost(index): "cannot write '\(index)': it does not have what was written to it"
    case let .together(path): "not published, because '\(path)' is not: charts of one call are published together"
    case let .release(path, reason): "cannot name a release of '\(path)': \(reason)"
    case let .noRegistry(image): "cannot publish the image '\(image)' of a chart: there is no registry for it"
    case let .snapshot(path, reason): "cannot name a snapshot of '\(path)': \(reason)"
    }
  }

  var hint: String? {
    switch self {
    case .published: "a published version is never replaced: give the chart a new version"
    case .contended, .lost: "the archives are there: try again in a while"
    case .twice, .together: nil
    case .release: "--release needs a commit with a tag such as v1.2.3 and no changes"
    case .noRegistry:
      "set 'release-registry' and 'snapshot-registry' under '[publish]' in draft.toml, or push the image first"
    case .snapshot: "--snapshot needs a git repository with a commit and no changes"
    }
  }
}

extension PublishFailure: Diagnosis {
  package var exitCode: ExitCode { diagnosis(of: error).exitCode }
  package var message: String { diagnosis(of: error).message }
  package var hint: String? { diagnosis(of: error).hint }
}

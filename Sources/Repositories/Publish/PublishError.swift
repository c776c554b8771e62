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
  /// Another chart of the same call cannot be published.
  case together(String)

  var exitCode: ExitCode {
    switch self {
    case .published: .cannotCreate
    case .twice: .badData
    case .contended, .lost, .together: .tryAgain
    case .snapshot: .badData
    }
  }

  var message: String {
    switch self {
    case let .published(file, place): "cannot publish '\(file)': '\(place)' has this version with other bytes"
    case let .twice(file, paths): "cannot publish '\(file)': '\(paths[0])' and '\(paths[1])' are different charts"
    case let .contended(index): "cannot write '\(index)': others change it all the time"
    case let .lost(index): "cannot write '\(index)': it does not have what was written to it"
    case let .together(path): "not published, because '\(path)' is not: charts of one call are published together"
    case let .snapshot(path, reason): "cannot name a snapshot of '\(path)': \(reason)"
    }
  }

  var hint: String? {
    switch self {
    case .published: "a published version is never replaced: give the chart a new version"
    case .contended, .lost: "the archives are there: try again in a while"
    case .twice, .together: nil
    case .snapshot: "--snapshot needs a git repository with a commit and no changes"
    }
  }
}

extension PublishFailure: Diagnosis {
  package var exitCode: ExitCode { diagnosis(of: error).exitCode }
  package var message: String { diagnosis(of: error).message }
  package var hint: String? { diagnosis(of: error).hint }
}

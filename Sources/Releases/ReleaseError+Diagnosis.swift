import Command
import Records

extension ReleaseError: Diagnosis {
  public var exitCode: ExitCode {
    switch self {
    case .noChart, .notKept, .noTests: .noInput
    case .badImage: .badData
    case .badTimeout, .badEngine, .badName: .usage
    case .noSharedStore: .configuration
    case .notByDraft, .otherChart, .somebodyElses: .noPermission
    }
  }

  public var message: String {
    switch self {
    case .noChart(let directory): "no chart in '\(directory)'"
    case .badImage(let reference): "'\(reference)' is not an image reference"
    case .badTimeout(let text): "option '--timeout' takes a number of seconds, not '\(text)'"
    case .badEngine(let text): "an engine is helm or podman, not '\(text)'"
    case .badName(let name): "'\(name)' is not a valid release name"
    case .notByDraft(let name, let there): "release '\(name)' was not made by draft: \(there.words)"
    case .otherChart(let name, let chart, let there):
      "release '\(name)' is not of chart '\(chart)': \(there.words)\(there.by.map { ", by \($0)" } ?? "")"
    case .somebodyElses(let name, let there):
      "release '\(name)' was made by \(there.by ?? "someone else"): \(there.words)"
    case .noSharedStore(let context):
      "the cluster of kube context '\(context)' cannot see the images of this machine, and no registry is set"
    case .noTests(let name): "the tests of release '\(name)' cannot be run: podman has no hooks"
    case .notKept(let name, let engine): "\(engine) stores no chart of release '\(name)'"
    }
  }

  public var hint: String? {
    switch self {
    case .noChart: "write one with 'draft create'"
    case .badImage: "see 'image' in draft-records(5)"
    case .badTimeout, .badEngine: "see draft-release(1)"
    case .badName:
      "lower-case letters, digits, '-' and '.', at most 53; a directory is written with a slash, as in './web'"
    case .notByDraft, .otherChart:
      "--take-over replaces it and deletes its objects that this chart does not have; another name or --namespace "
        + "leaves it as it is"
    case .somebodyElses: "the setting 'exclusive' reserves it for its author; --take-over replaces it anyway"
    case .noSharedStore:
      "'draft config set registry HOST/PATH' names one; with a cluster that has the image already, use 'draft up "
        + "--skip-image-push'"
    case .noTests: "release it to Kubernetes, with --engine helm"
    case .notKept: "release it from its directory, with 'draft up' or 'draft release'"
    }
  }
}

import Command
import Records

extension ReleaseError: Diagnosis {
  public var exitCode: ExitCode {
    switch self {
    case .noChart, .notKept, .noTests, .fileGone: .noInput
    case .badImage, .fileDiffers, .badReference: .badData
    case .badTimeout, .badEngine, .badName, .noSet: .usage
    case .noSharedStore, .needsCluster: .configuration
    case .noResolver: .unavailable
    case .notResolved(_, _, _, _, let code): code
    case .notByDraft, .otherChart, .somebodyElses, .strangersResolver: .noPermission
    }
  }

  public var message: String {
    switch self {
    case .noChart(let directory): "no chart in '\(directory)'"
    case .badImage(let reference): "'\(reference)' is not an image reference"
    case .badTimeout(let text): "option '--timeout' takes a number of seconds, not '\(text)'"
    case .badEngine(let text): "an engine is helm or podman, not '\(text)'"
    case .badName(let name): "'\(name)' is not a valid release name"
    case .needsCluster(let name): "release '\(name)' is of an environment, and there is no cluster for it"
    case .noSet(let name, let set): "cannot set '\(set)': the environment declares all values of release '\(name)'"
    case .badReference(let key, let source): "cannot look up '\(key)' of \(source): its 'from' has not one kind"
    case .noResolver(let key, let source, let kind):
      "cannot look up '\(key)' of \(source): there is no 'draft-value-\(kind)' on PATH"
    case .strangersResolver(let path): "cannot run '\(path)': another user may write to it"
    case .notResolved(let key, let source, let program, let said, _):
      "cannot look up '\(key)' of \(source): \(program): \(said)"
    case .fileGone(let path): "there is no file '\(path)'"
    case .fileDiffers(let path): "file '\(path)' has changed since it was declared"
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
    case .needsCluster: "name its kube context by its cluster, or by --kube-context"
    case .noSet: "set it in the file of the release"
    case .badReference: "'valueFrom' is a mapping with one kind, such as gceResource"
    case .noResolver: "see draft-value(7); some to start from are in share/draft/examples"
    case .strangersResolver: "it and its directory must belong to you or root, and not be writable by others"
    case .notResolved: nil
    case .fileGone, .fileDiffers: "run 'draft env' again"
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

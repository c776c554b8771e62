import Command
import Records

extension ReleaseError: Diagnosis {
  public var exitCode: ExitCode {
    switch self {
    case .noChart, .notKept, .noTests, .fileGone, .elsewhere, .chartGone, .noDocument: .noInput
    case .badImage, .fileDiffers, .badReference, .chartDiffers, .otherName: .badData
    case .nameTaken: .cannotCreate
    case .badTimeout, .badEngine, .badName, .noSet, .namesNoChart: .usage
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
    case .needsCluster(let name): "there is no cluster for release '\(name)', and podman runs applications only"
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
    case .nameTaken(let name, let there):
      "there is a release '\(name)' already"
        + (there.map { ": \($0.words)\($0.by.map { ", by \($0)" } ?? "")" } ?? "")
    case .elsewhere(let name, let directory, let host):
      "the chart of release '\(name)' is in '\(directory)' on another machine, '\(host)'"
    case .chartGone(let name, let directory):
      "there is no chart in '\(directory)', where that of release '\(name)' came from"
    case .chartDiffers(let name, let reference, let released, let found):
      "chart '\(reference)' is not the one of release '\(name)': its digest is \(found), not \(released)"
    case .otherName(let name, let chart, let found):
      "release '\(name)' is of chart '\(chart)', not of '\(found)'"
    case .noDocument(let file, let release): "'\(file)' has no values of release '\(release)'"
    case .namesNoChart(let file): "'\(file)' does not name its chart"
    case .noSharedStore(let context):
      "the cluster of kube context '\(context)' cannot see the images of this machine, and no registry is set"
    case .noTests(let name): "the tests of release '\(name)' cannot be run: podman has no hooks"
    case .notKept(let name, let engine, let what): "\(engine) stores no \(what) of release '\(name)'"
    }
  }

  public var hint: String? {
    switch self {
    case .noChart: "write one with 'draft create'"
    case .badImage: "see 'image' in draft-records(5)"
    case .badTimeout, .badEngine: "see draft-release(1)"
    case .needsCluster: "give --kube-context, or choose a context with 'kubectl config use-context'"
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
    case .nameTaken: "'draft redeploy' changes it; without --name the release gets an unused name"
    case .elsewhere, .chartGone:
      "--chart says where the chart is now; --stored takes what helm has stored of it"
    case .chartDiffers: "--chart takes it as it is now; --stored takes what helm has stored of it"
    case .otherName: "'draft release' makes a release of another chart"
    case .noDocument: "above its values is '# release: NAMESPACE/NAME'"
    case .namesNoChart: "add '# chart: REFERENCE' as its first line, or name the chart"
    case .noTests: "release it to Kubernetes, with --engine helm"
    case .notKept: "release it from its directory, with 'draft up' or 'draft release'"
    }
  }
}

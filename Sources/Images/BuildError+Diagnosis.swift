import Command
import Records

extension BuildError: Diagnosis {
  public var exitCode: ExitCode {
    switch self {
    case .builderName: .configuration
    case .noPlugin: .unavailable
    case .strangersPlugin: .noPermission
    case .sourceDate: .usage
    case .noDockerfile, .gone: .noInput
    case .lost: .tryAgain
    case .dockerfile, .outside, .failed, .unknownStore: .badData
    case .baseImage, .ended, .store: .unavailable
    case .export(_, let reason): reason.contains("no space left") ? .cannotCreate : .inputOutput
    case .diskFull: .cannotCreate
    case .daemon(_, _, let forbidden): forbidden ? .noPermission : .unavailable
    case .noImage, .badResult: .protocolViolation
    }
  }

  public var message: String {
    switch self {
    case .builderName(let name): "cannot use the builder '\(name)': that is not a valid name"
    case .strangersPlugin(let path): "cannot run '\(path)': another user may write to it"
    case .noPlugin(let name): "cannot find 'draft-builder-\(name)' on PATH"
    case .sourceDate(let text): "cannot use SOURCE_DATE_EPOCH: '\(text)' is not a number of seconds"
    case let .noDockerfile(app, path): "cannot build '\(app)': the context has no '\(path)'"
    case let .dockerfile(app, path, line, reason, _): "cannot build '\(app)': \(path):\(line): \(reason)"
    case let .outside(app, path): "cannot build '\(app)': '\(path)' points out of the context"
    case let .baseImage(app, image, reason, _): "cannot build '\(app)': cannot get the base image '\(image)': \(reason)"
    case let .diskFull(app, _): "cannot build '\(app)': no space left on the device"
    case let .daemon(program, reason, _): "cannot use '\(program)': \(reason)"
    case let .failed(app, reason, _): "cannot build '\(app)': \(reason)"
    case let .ended(app, program, signal, _): "cannot build '\(app)': '\(program)' was ended by signal \(signal)"
    case let .noImage(builder, name, _): "cannot find the image '\(name)' after '\(builder)' has built it"
    case let .badResult(builder, reason, _): "cannot use what '\(builder)' has built: \(reason)"
    case .lost: "cannot build from the context: it was deleted together with the draft home's cache"
    case let .gone(name, store): "cannot find the image '\(name)' in \(store)"
    case .unknownStore(let store): "cannot take an image from '\(store)': that is not a known store"
    case let .export(name, reason): "cannot take the image '\(name)' from its store: \(reason)"
    case let .store(program, reason): "cannot ask '\(program)' for its images: \(reason)"
    }
  }

  public var hint: String? {
    switch self {
    case .strangersPlugin: "it and its directory must belong to you or root, and not be writable by others"
    case .noPlugin: "install it, or set 'builder' to buildah, docker or podman"
    case .builderName: "use buildah, docker, podman, or the NAME of a 'draft-builder-NAME' on PATH"
    case .sourceDate: "unset it, or set it to seconds since 1970"
    case .noDockerfile(_, let path):
      path == "Dockerfile" ? "write one, or run draft-scaffold" : "set 'dockerfile' in draft.toml to the path of one"
    case .dockerfile(_, _, _, _, let hint): hint ?? "see https://docs.docker.com/reference/dockerfile/"
    case .outside: "use a file of the application instead"
    case .baseImage(_, _, _, let log): "check the name and its registry; the whole log is in \(log)"
    case .diskFull: "make room: 'buildah rmi --prune' or 'docker system prune' remove unused images"
    case .daemon(let program, _, let forbidden):
      forbidden
        ? "join the group '\(program)', or use another builder" : "start its daemon, or set DRAFT_BUILDER=buildah"
    case .failed(_, _, let log), .ended(_, _, _, let log), .badResult(_, _, let log), .noImage(_, _, let log):
      "the whole log is in \(log)"
    case .lost: "run it again"
    case .gone: "it may have been removed; run draft-build again"
    case .unknownStore: "a store is 'containers-storage', 'docker-daemon' or 'oci:/path'"
    case .export, .store: nil
    }
  }
}

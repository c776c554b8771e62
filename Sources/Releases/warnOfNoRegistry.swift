import Command
import Settings

/// Says, once in a process, that there is no registry to push to. Podman runs what this machine's store has, and then there is nothing
/// to say.
public func warnOfNoRegistry(_ settings: Settings, call: Call) {
  guard !settings.disablePushWarning, !call.quiet, Warning.isFirst() else { return }
  // What is wrong with the kubeconfig is for draft-release to tell.
  if (try? Engine(settings: settings, call: call, reading: true)) == .podman { return }
  call.warn(
    "no registry has been set, therefore draft will not push to a container registry\n"
      + "  draft config set registry docker.io/myusername, or draft config set disable-push-warning true to hide this")
}

private enum Warning {
  nonisolated(unsafe) private static var given = false
  private static let lock = Lock()
  static func isFirst() -> Bool { lock.locked { defer { given = true }; return !given } }
}

import Command
import Settings

/// Warns once in a process that no registry is set. Podman uses images of this machine's store, so then there is no
/// warning.
public func warnOfNoRegistry(_ settings: Settings, call: Call) {
  guard !settings.disablePushWarning, !call.quiet, Warning.isFirst() else { return }
  // Errors of the kubeconfig are reported by draft-release.
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

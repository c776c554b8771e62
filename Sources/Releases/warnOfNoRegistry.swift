import Command
import Settings

/// Warns once in a run that no registry is set, except for podman, which uses images of this machine's store.
public func warnOfNoRegistry(_ settings: Settings, call: Call) {
  guard !settings.disablePushWarning, !call.quiet else { return }
  let isFirst = call.memory.value(ReleaseMemory.init).state.withLock { memory in
    defer { memory.hasWarned = true }
    return !memory.hasWarned
  }
  guard isFirst else { return }
  // Errors of the kubeconfig are reported by draft-release.
  if (try? Engine(settings: settings, call: call, reading: true)) == .podman { return }
  call.warn(
    "no registry has been set, therefore draft will not push to a container registry\n"
      + "  draft config set registry docker.io/myusername, or draft config set disable-push-warning true to hide this")
}

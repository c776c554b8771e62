import Command
import Settings

/// Says, once in a run, that there is no registry to push to. Podman runs what this machine's store has, and then there is nothing
/// to say.
public func warnOfNoRegistry(_ settings: Settings, call: Call) {
  guard !settings.disablePushWarning, !call.quiet else { return }
  let isFirst = call.memory.value(ReleaseMemory.init).state.withLock { memory in
    defer { memory.hasWarned = true }
    return !memory.hasWarned
  }
  guard isFirst else { return }
  // What is wrong with the kubeconfig is for draft-release to tell.
  if (try? Engine(settings: settings, call: call, reading: true)) == .podman { return }
  call.warn(
    "no registry has been set, therefore draft will not push to a container registry\n"
      + "  draft config set registry docker.io/myusername, or draft config set disable-push-warning true to hide this")
}

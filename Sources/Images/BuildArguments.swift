import Command

/// The options for build arguments. All users of a machine can read the arguments of its processes, so a value is
/// passed in an environment variable of the argument's name, which buildah, podman and docker look up. Except if the
/// name means something to the builder, its libraries or us: a draft.toml is not trusted, and must not set the
/// builder's PATH or LD_PRELOAD.
func buildArgumentWords(_ arguments: [(name: String, value: String)]) -> (
  words: [String], environment: [String: String?]
) {
  var words: [String] = [], environment: [String: String?] = [:]
  for (name, value) in arguments.sorted(by: { $0.name < $1.name }) {
    // Some builders treat an empty variable as unset.
    if value.isEmpty || environmentVariable(name) != nil || !isFree(name) {
      words.append("--build-arg=\(name)=\(value)")
    } else {
      words.append("--build-arg=\(name)")
      environment[name] = value
    }
  }
  return (words, environment)
}

private func isFree(_ name: String) -> Bool {
  let upper = name.uppercased()
  return !name.hasPrefix("_") && !upper.hasSuffix("_PROXY") && !reserved.contains(upper)
    && !families.contains { upper.hasPrefix($0) }
}

private let reserved: Set<String> = [
  "PATH", "HOME", "USER", "LOGNAME", "SHELL", "PWD", "TERM", "TMPDIR", "TMP", "TEMP", "TZ", "TZDIR", "IFS", "ENV",
  "LANGUAGE", "HOSTALIASES", "LOCALDOMAIN", "LOCPATH",
  "NLSPATH", "SOURCE_DATE_EPOCH", "NOTIFY_SOCKET", "KUBECONFIG", "EDITOR", "GETCONF_DIR"
]
private let families = [
  "LD_", "LC_", "LANG", "GLIBC", "GCONV", "MALLOC_", "RES_", "RESOLV_", "NIS_", "GO", "CGO", "BUILDAH", "BUILDKIT",
  "BUILDX", "PODMAN", "DOCKER", "CONTAINER",
  "STORAGE_", "REGISTRY", "XDG_", "DBUS_", "LISTEN_", "SSL_", "SSH_", "GNUPG", "GPG", "CNI_", "NETAVARK", "OCI_",
  "DRAFT", "BASH_", "PYTHON", "PERL", "SYSTEMD", "OTEL_",
  "AWS_", "CRUN", "RUNC", "SUDO_", "TEST_"
]

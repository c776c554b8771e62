import Cluster
import Command
import Glibc
import Helm
import Podman
import Records
import Settings

/// Checks what runs an application: the kube context, its cluster, and the releases that helm stores there.
public func checkEngine(_ app: App?, settings: Settings, call: Call) -> [Doctor.Check] {
  let context: KubeContext
  do {
    guard case .helm(let found) = try Engine(settings: settings, call: call) else {
      let why = settings.engine == nil ? "no kube context" : "podman is set"
      return [.init("context", .ok, "\(why): podman runs releases on this machine"), helm(needed: false), podman()]
        + checkApplication(app, .podman, settings)
    }
    context = found
  } catch {
    let diagnosis = diagnosis(of: error)
    return [.init("context", .failure, diagnosis.message, hint: diagnosis.hint)]
  }
  var checks = [
    Doctor.Check(
      "context", .ok,
      "'\(context.name)', whose server is "
        + "'\(context.server ?? "unknown")'\(context.isPlainlyLocal ? ", on this machine" : "")"
    ), helm()
  ]
  checks += checkApplication(app, .helm(context), settings)
  guard Kubectl.isThere else { return checks + [missing("kubectl")] }
  let kubectl = Kubectl(context: context, call: call)
  checks.append(kubectlVersion())
  do {
    let version =
      try kubectl.get("/version", doing: "ask the cluster for its version")["gitVersion"]?.string ?? "(unknown version)"
    checks.append(.init("cluster", .ok, "answers: Kubernetes \(version)"))
  } catch {
    let diagnosis = diagnosis(of: error)
    return checks + [.init("cluster", .failure, diagnosis.message, hint: diagnosis.hint)]
  }
  return checks + checkStuck(context, settings.namespace, call) + sizes(kubectl, app, settings.namespace)
}

/// What `draft up` checks before it starts; see ``requireForRelease(_:settings:hasImage:chart:takesOver:call:)``.
private func checkApplication(_ app: App?, _ engine: Engine, _ settings: Settings) -> [Doctor.Check] {
  func check(_ name: String, _ ok: String?, _ require: () throws -> Void) -> Doctor.Check? {
    do { try require() } catch {
      let diagnosis = diagnosis(of: error)
      return .init(name, .failure, diagnosis.message, hint: diagnosis.hint)
    }
    return ok.map { .init(name, .ok, $0) }
  }
  var checks: [Doctor.Check?] = []
  if settings.registry == nil { checks.append(check("images", nil) { try engine.requireSharedStore() }) }
  if let app {
    checks.append(check("chart", "found") { try requireChart(app, settings: settings) })
    if Podman.isThere || engine != .podman {
      checks.append(check("ports", nil) { try engine.requirePorts(settings.place(app), settings: settings) })
    }
  }
  return checks.compactMap(\.self)
}

/// The check of a missing program.
private func missing(_ program: String) -> Doctor.Check {
  let error = ProgramMissing(program: program)
  return .init(program, .failure, error.message, hint: error.hint)
}

private func podman() -> Doctor.Check {
  guard Podman.isThere else { return missing("podman") }
  let result = try? Podman.run(["version", "--format={{.Client.Version}}"], doing: "print its version")
  guard let result, result.succeeded else {
    return .init(
      "podman", .failure, "cannot run: \(ClusterFailure(result?.errorText ?? "").said)", hint: "see 'podman info'")
  }
  return .init("podman", .ok, result.outputText.trimmed)
}

/// helm 2 asks its server in the cluster unless told otherwise, and helm 4 may no longer have `--client`.
/// - Parameter needed: podman's releases need helm only for a chart whose result only helm can know.
private func helm(needed: Bool = true) -> Doctor.Check {
  guard HelmProgram.isThere else {
    if needed { return missing("helm") }
    return .init("helm", .ok, "not installed; podman needs it only for charts that make keys")
  }
  var said = ""
  for words in [["version", "--client", "--short"], ["version", "--short"]] {
    guard let result = try? HelmProgram.run(words), result.succeeded else { continue }
    said = result.outputText.trimmed
    break
  }
  return helm(saying: said, now: time(nil))
}

/// When helm 3 gets its last security fixes, 2027-02-10: https://helm.sh/blog/helm-v3-end-of-life
private let endOfHelm3 = 1_802_217_600

/// The check for the output of `helm version`: `v3.17.0+g301108e`, or in helm 2 `Client: v2.17.0+ga690bad`.
/// - Parameter now: in seconds since 1970.
func helm(saying said: String, now: Int) -> Doctor.Check {
  let version = (said.split(separator: " ").last.map(String.init) ?? said).prefix { $0 != "+" }
  guard version.hasPrefix("v"), let major = Int(version.dropFirst().prefix { $0.isNumber }) else {
    return .init("helm", .failure, "does not print its version", hint: "see what 'helm version' says")
  }
  if major < 3 {
    return .init(
      "helm", .failure, "\(version), unsupported since 2020",
      hint: "install helm 3 or later: https://helm.sh/docs/intro/install")
  }
  if major == 3, now >= endOfHelm3 {
    return .init(
      "helm", .warning, "\(version), without security fixes since 2027-02-10",
      hint: "install helm 4: https://helm.sh/docs/intro/install")
  }
  return .init("helm", .ok, String(version))
}

private func kubectlVersion() -> Doctor.Check {
  let result = try? Kubectl.run(["version", "--client", "--output=json"], errors: .discard)
  let version = result.flatMap { try? JSON(parsing: $0.output) }?["clientVersion"]?["gitVersion"]?.string
  return version.map { .init("kubectl", .ok, $0) }
    ?? .init("kubectl", .warning, "does not print its version", hint: "see what 'kubectl version' says")
}

/// The size of what helm stores: a Secret can hold 1 MiB.
private func sizes(_ kubectl: Kubectl, _ app: App?, _ namespace: String) -> [Doctor.Check] {
  guard let found = HelmStorage.sizes(of: app?.name, namespace: namespace, context: kubectl.context) else { return [] }
  let large = found.filter { $0.1 > 1_048_576 / 100 * 80 }
  if large.isEmpty {
    return found.isEmpty
      ? []
      : [
        .init(
          "secrets", .ok, "the largest release is stored in \((found.map(\.1).max() ?? 0) / 1024) KiB of at most 1024")
      ]
  }
  return large.map { name, size in
    .init(
      "secrets", .warning, "release '\(name)' is stored in \(size / 1024) KiB of at most 1024",
      hint: "keep large files out of its chart: name them in .helmignore, or put them into the image")
  }
}

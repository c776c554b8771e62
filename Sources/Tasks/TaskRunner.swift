import Cluster
import Command
import Glibc
import Podman
import Records
import Settings

/// Runs the commands of one table, one after the other, until one fails.
struct TaskRunner {
  typealias Commands = [(name: String, words: [String])]

  let app: App
  private let release: Release?
  private let settings: Settings
  private let context: () throws -> String?
  private let call: Call
  /// What a draft or kubectl started by a task needs to find the same release.
  private let environment: [String: String?]

  /// - Parameter context: the kube context that a release would go to; nil for podman.
  init(app: App, release: Release?, settings: Settings, context: @escaping () throws -> String?, call: Call) {
    self.app = app
    self.release = release
    self.settings = settings
    self.context = context
    self.call = call
    environment = [
      "DRAFT_ENV": settings.environment, "DRAFT_NAMESPACE": app.namespace,
      "DRAFT_ENGINE": release?.engine ?? settings.engine ?? environmentVariable("DRAFT_ENGINE"),
      "DRAFT_KUBE_CONTEXT": release?.context ?? settings.kubeContext ?? environmentVariable("DRAFT_KUBE_CONTEXT"),
      "DRAFT_UP_LOCK": nil
    ]
  }

  /// The kube context the application runs in; nil for podman. Without a release, where one would go.
  private func place() throws -> String? {
    if let release { return release.engine == "podman" ? nil : release.context ?? settings.kubeContext }
    return try context()
  }

  /// A variable of a command, with the value the task would see.
  func variable(_ name: String) -> String? {
    if let value = environment[name] { return value }
    return getenv(name).map { String(cString: $0) }
  }

  /// Runs them on this machine, in the application's directory.
  func here(_ commands: Commands) throws -> [String] {
    for (name, words) in commands {
      call.say("Running task '\(name)'")
      var words = words
      if words[0].contains("/"), !words[0].hasPrefix("/") { words[0] = app.dir + "/" + words[0] }
      try run(name, words, directory: app.dir, pod: nil)
    }
    return commands.map(\.name)
  }

  /// Runs them in every running pod of the build, one pod after the other; each task runs in all pods before the next.
  /// - Parameter buildID: nil for any build.
  func inPods(_ commands: Commands, buildID: String?) throws -> [String] {
    let pods =
      try place().map { try TaskPod.inCluster(app, buildID: buildID, context: $0, call: call) } ?? TaskPod.inPodman(app)
    guard !pods.isEmpty else { throw TaskError.noPod(app: app.name, namespace: app.namespace) }
    for (name, words) in commands {
      for pod in pods {
        call.say("Running task '\(name)' in pod '\(pod.name)'")
        try run(name, pod.prefix + words, directory: nil, pod: pod.name)
      }
    }
    return commands.map(\.name)
  }

  private func run(_ name: String, _ words: [String], directory: String?, pod: String?) throws {
    let status: Int32
    // Its output goes straight to our standard error, so that it can detect a terminal.
    do { status = try Child.run(words, environment: environment, directory: directory).status } catch let error
      as any Diagnosis
    {
      throw TaskError.cannotStart(name: name, reason: error.message, hint: error.hint)
    }
    guard status == 0 else { throw TaskError.failed(name: name, status: Int(status), pod: pod) }
  }
}

/// A pod to run commands in, and the words that precede a command to run it there.
struct TaskPod: Equatable {
  let name: String
  let prefix: [String]

  /// The running pods of the release that are not being deleted.
  static func inCluster(_ app: App, buildID: String?, context: String, call: Call) throws -> [TaskPod] {
    let words = [
      "get", "pods", "--namespace=\(app.namespace)", "--context=\(context)", "--request-timeout=20s",
      "--selector=draft=\(app.name)", "--output=json"
    ]
    let result = try Kubectl.run(words, call: call)
    guard result.succeeded, let list = try? JSON(parsing: result.output) else {
      let server =
        try KubeConfig().context(context) ?? KubeContext(name: context, cluster: "", server: nil, isIndirect: false)
      throw ClusterFailure(result.errorText).error(context: server, doing: "list the pods of '\(app.name)'")
    }
    return ClusterPod.all(in: list).filter { $0.isRunning(buildID: buildID) }.map { pod in
      var prefix = Kubectl.argv(["exec", "--namespace=\(app.namespace)", "--context=\(context)", pod.name])
      if let container = pod.mainContainer { prefix.append("--container=\(container)") }
      return TaskPod(name: pod.name, prefix: prefix + ["--"])
    }.sorted { $0.name < $1.name }
  }

  static func inPodman(_ app: App) throws -> [TaskPod] {
    guard let current = try PodmanState.read(app).current, current.isRunning else { return [] }
    return try current.pods.compactMap { pod in
      let running = try ContainerState.read(pod.containers).first { $0.status == "running" }
      return running.map { TaskPod(name: pod.name, prefix: Podman.argv(["exec", $0.name])) }
    }
  }
}

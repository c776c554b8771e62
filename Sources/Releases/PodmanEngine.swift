import CSystem
import Command
import Glibc
import Images
import OCI
import Podman
import Records
import Settings

/// Releases to podman on this machine: helm renders the chart, and podman runs its pods.
///
/// All state is in the pods' labels (see PodmanState). A new revision is created beside the old one; only if that has
/// worked, the old one is stopped and the new one started, so the downtime is one stop and one start. The old one is
/// removed once the new one is ready. If the new one does not start, or a signal ends us, the old one is started again.
/// If draft-release is killed at any moment, the next run finds complete revisions, checks whether the newest is ready,
/// and removes the rest.
struct PodmanEngine {
  let order: Order
  let home: Home
  let lock: ReleaseLock
  /// Whose release exists, if that has been reported already.
  var told: String?
  private let warnings: Warnings

  init(order: Order, home: Home, lock: ReleaseLock, told: String? = nil) {
    self.order = order
    play = order.play
    self.home = home
    self.lock = lock
    self.told = told
    warnings = Warnings(order.call)
  }

  private var app: App { order.app }
  private var call: Call { order.call }
  private let play: Play

  func release() throws -> Release {
    call.say("Deploying to podman on this machine")
    // Whether it succeeds or not: an image was pulled for it and files were written.
    defer {
      images?.prune(2)
      MountedFiles.prune(home: home, seconds: play.patience)
    }
    let state = try PodmanState.read(app, seconds: play.patience)
    try state.newest.map { Standing($0) }?.check(
      app, chart: order.chart.name, told: told, takesOver: order.options.takesOver, settings: order.settings, call: call
    )
    if let current = state.current, current.digest == order.digest, current.isRunning {
      return try goOn(with: current, state)
    }

    let standing = try state.standing { try PodmanLook($0.watched).isReady }
    let rendering = try order.rendering()
    try order.requireTrust(rendering, home: home)
    let known = (standing?.ports ?? []) + (state.current?.ports ?? [])
    let number = (state.revisions.map(\.number).max() ?? 0) + 1
    let pods = try PodMaker(play: play, home: home, revision: number, known: known, warnings: warnings).pods(rendering)
    try pods.forEach { pod in try pod.images.forEach(fetch) }
    images?.note(play.localReference)
    if state.revisions.isEmpty { order.sayInstalling() }
    try remove(state.revisions.filter { $0.number != standing?.number })
    try order.note?.leave()
    try replace(standing, by: pods)
    let ports = pods.flatMap(\.ports)
    return told(revision: number, objects: rendering.objects, ports: ports, answers: .asked, changed: true)
  }

  /// The application's images in podman's store: of the current revision and of the previous one, to go back to.
  private var images: KeptImages? {
    try? KeptImages("podman.\(app.namespace).\(app.name)", program: "podman", home: home)
  }

  /// The requested revision already runs, and is up to date if it is ready now. If it is not, because an earlier run
  /// was killed while waiting or because it has failed since, it is waited for like a new one.
  private func goOn(with current: PodmanState.Revision, _ state: PodmanState) throws -> Release {
    let before = state.revisions.first { $0.number < current.number && $0.wasStarted }
    let look = try PodmanLook(current.watched), name = "Release \"\(app.name)\"", number = current.number
    if !look.isReady {
      call.say("\(name) is not ready at revision \(number): \(look.reason() ?? "it was started a moment ago")")
      guard order.settings.wait else { return told(current, answers: .none, changed: false) }
      let restarts = Dictionary(look.states.map { ($0.name, $0.restarts) }) { first, _ in first }
      let left = before == nil ? PodmanError.Left.itself : .before
      let readiness = Readiness(pods: current.watched, play: play, left: left, restarts: restarts)
      if let before {
        try undoing(names: current.pods.map(\.name), scratch: current.scratch, before: before) { try readiness.wait() }
      } else {
        try readiness.wait()
      }
    }
    try remove(state.revisions.filter { $0.number != number })
    if look.isReady { call.say("\(name) is up to date at revision \(number): nothing to do") }
    return told(current, answers: look.isReady ? .known : .asked, changed: !look.isReady && before != nil)
  }

  private func replace(_ current: PodmanState.Revision?, by pods: [Pod]) throws {
    try undoing(names: pods.map(\.name), scratch: pods.flatMap(\.scratch), before: current) {
      try create(pods)
      if let current { try stop(current) }
      let left = current == nil ? PodmanError.Left.nothing : .before
      let end = csystem_nanoseconds() + UInt64(order.options.timeout) * 1_000_000_000
      let start = PodStart(play: play, left: left, end: end) { try podman($0, doing: $1) }
      // An init container may wait for another pod, so start pods without init containers first.
      for pod in pods.filter(\.first.isEmpty) + pods.filter({ !$0.first.isEmpty }) { try start.start(pod) }
      try Readiness(pods: pods.map(PodmanPod.init), play: play, left: left).wait()
    }
    if let current { try remove([current]) }
  }

  private func create(_ pods: [Pod]) throws {
    // In a file, since podman's standard input is the lock.
    let directory = try Temporary.directory(), file = directory + "/pods"
    defer { Temporary.remove(directory) }
    try Files.write(pods.flatMap(\.document), to: file, mode: 0o600, durable: false)
    let play = ["play", "kube", "--quiet", "--start=false", "--log-driver=k8s-file", file]
    try podman(play, doing: "create '\(app.name)'")
  }

  /// If the body fails, or a signal ends us in it, the new revision is removed and the old one restored.
  private func undoing(
    names: [String], scratch: [String], before: PodmanState.Revision?, _ body: () throws -> Void
  ) throws {
    let undo = { [self] in
      try? remove(names, scratch: scratch, isShort: true)
      for name in before?.pods.map(\.name) ?? [] {
        _ = try? podman(["pod", "start", name], doing: "start '\(name)'", isShort: true)
      }
    }
    let interrupted = { [self] in
      let what = before.map { "restoring revision \($0.number) of \"\(app.name)\"" } ?? "removing \"\(app.name)\""
      call.say("Interrupted: \(what)")
      undo()
    }
    do { try Undoing.whenEnded(interrupted, body) } catch {
      undo()
      throw error
    }
  }

  /// A container's process 1 never sees a SIGTERM that it does not handle: waiting for it would be a waste of time.
  private func stop(_ revision: PodmanState.Revision) throws {
    let containers = try ContainerState.read(revision.pods.flatMap(\.containers))
    let seconds = containers.contains { $0.catchesTermination } ? min(revision.grace ?? 5, order.options.timeout) : 0
    try podman(["pod", "stop", "--time=\(seconds)"] + revision.pods.map(\.name), doing: "stop '\(app.name)'")
  }

  private func remove(_ revisions: [PodmanState.Revision]) throws {
    let names = revisions.flatMap(\.pods).map(\.name)
    if !names.isEmpty { try remove(names, scratch: revisions.flatMap(\.scratch)) }
  }

  /// podman fails to remove a container at the moment at which it restarts it.
  private func remove(_ names: [String], scratch: [String], isShort: Bool = false) throws {
    defer { Podman.removeVolumes(scratch, isShort: isShort, seconds: play.patience) }
    for attempt in 1... {
      do {
        try podman(
          ["pod", "rm", "--force", "--ignore", "--time=0"] + names, doing: "remove '\(names[0])'", isShort: isShort)
        return
      } catch {
        if case PodmanError.podmanSlow = error { throw error }
        guard attempt < 5 else { throw error }
        call.debug("\((error as? any Diagnosis)?.message ?? ""); trying again")
        usleep(300_000)
      }
    }
  }

  /// Makes sure that podman has the image. The application's own is fetched from where it was built, and must be the
  /// one of the record, whatever has its name by now.
  private func fetch(_ reference: String) throws {
    let isOwn = reference == play.localReference
    var wanted = isOwn ? order.image.id.flatMap(Digest.init) : nil
    if let id = try podmanID(of: reference), wanted == nil || wanted?.hex == id { return }
    guard isOwn else { return }  // podman pulls other images of the chart, following their pull policy.
    if order.image.store != "containers-storage" {
      wanted = try pullFromStore() ?? wanted
    } else if try wanted == nil || podmanID(of: wanted?.hex ?? "") == nil {
      // A name with a registry may have been built on another machine and pushed.
      guard play.localReference == play.imageReference, try pull(reference) else {
        throw PodmanError.imageMissing(reference: reference, needsBuild: true)
      }
      if let wanted, try podmanID(of: reference) != wanted.hex {
        throw PodmanError.imageMissing(reference: reference, needsBuild: true)
      }
      return
    }
    guard let wanted else { throw PodmanError.imageMissing(reference: reference, needsBuild: false) }
    try podman(["tag", wanted.hex, reference], doing: "name the image '\(reference)'")
  }

  /// Copies the image from a layout or from docker into podman's store.
  /// - Returns: its id.
  private func pullFromStore() throws -> Digest? {
    var source = "\(order.image.store):\(play.imageReference)", directory: String?
    defer { if let directory { Temporary.remove(directory) } }
    if order.image.store.hasPrefix("oci:/") {
      let (layout, manifest) = try Images.export(order.image, home: home)
      directory = try layout.alone(manifest, as: play.localReference, in: home.directory("cache/images"))
      // Without a name, podman names it after the directory.
      source = "oci:image:" + play.localReference
    }
    order.call.debug("podman pull \(source)")
    let result = try Podman.run(
      ["pull", "--quiet", source], directory: directory, seconds: play.patience, doing: "take the image")
    guard result.succeeded, let id = Digest("sha256:" + result.outputText.trimmed) else {
      throw PodmanError.imageMissing(reference: play.localReference, needsBuild: false)
    }
    if let wanted = order.image.id, wanted != id.description {
      throw PodmanError.imageMissing(reference: play.localReference, needsBuild: true)
    }
    return id
  }

  /// The id of the image that podman has under a name or an id; nil if there is none.
  private func podmanID(of name: String) throws -> String? {
    let result = try Podman.run(
      ["image", "inspect", "--format={{.Id}}", "--", name], errors: .discard, seconds: play.patience,
      doing: "look at the image '\(name)'")
    return result.succeeded ? result.outputText.trimmed : nil
  }

  private func pull(_ reference: String) throws -> Bool {
    try Podman.run(
      ["pull", "--quiet", "--", reference], output: .discard, seconds: play.patience, doing: "pull '\(reference)'"
    ).succeeded
  }

  @discardableResult
  private func podman(_ arguments: [String], doing: String, isShort: Bool = false) throws -> Child.Result {
    call.debug("podman \(arguments.joined(separator: " "))")
    let result = try Podman.run(
      arguments, lock: lock.descriptor, isShort: isShort, seconds: play.patience, doing: doing)
    guard result.succeeded else { throw PodmanFailure.error(result.errorText, doing: doing) }
    return result
  }

  private func told(_ revision: PodmanState.Revision, answers: Answers, changed: Bool) -> Release {
    told(
      revision: revision.number, objects: revision.objects, ports: revision.ports, answers: answers, changed: changed)
  }

  /// Whether the ports are known to answer, are to be requested, or neither.
  private enum Answers { case known, asked, none }

  private func told(
    revision: Int, objects: [String], ports: [PublishedPort], answers: Answers, changed: Bool
  ) -> Release {
    if changed { call.say("Status: DEPLOYED") }
    var release = Release(
      name: app.name, namespace: app.namespace, revision: revision, status: "deployed", changed: changed,
      objects: objects, urls: ports.compactMap(\.url), engine: "podman")
    switch answers {
    case .known: for url in release.urls { call.say("\(app.name) answers at \(url)") }
    case .asked: release.askAndTell(waited: order.settings.wait, call: call)
    case .none: return release
    }
    let will = answers == .asked && !order.settings.wait ? "will answer" : "answers"
    for port in ports where port.url == nil { call.say("\(app.name) \(will) at 127.0.0.1:\(port.host) (\(port.key))") }
    return release
  }
}

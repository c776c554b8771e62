import Command
import Glibc
import Images
import Records
import Settings

/// Releases to podman on this machine: the chart is rendered by helm and its pods are played.
///
/// All state is in the pods' labels (see PodmanState). A new revision is created beside the old one, and only when that has
/// worked is the old one stopped and the new one started: the gap is a stop and a start. When the new one does not come up, the old
/// one is started again. Killed at any moment, the next run finds whole revisions and removes what is not.
struct PodmanEngine {
  let order: Order
  let home: Home

  private var app: App { order.app }
  private var call: Call { order.call }

  func release() throws -> Release {
    call.say("Deploying to podman on this machine")
    do { return try attempt() } catch let error as ReleaseError where error.isCollision {
      // A podman that outlived a killed draft-release was still at it. It is quick: look again.
      call.debug("\(error.message); once more")
      usleep(1_500_000)
      return try attempt()
    }
  }

  private func attempt() throws -> Release {
    let state = try PodmanState.read(app)
    let current = state.current
    if let current, current.digest == order.digest, current.isRunning {
      try remove(state.revisions.filter { $0.number != current.number })
      call.say("Release \"\(app.name)\" is as it should be at revision \(current.number): nothing to do")
      return told(revision: current.number, objects: current.objects, ports: current.ports, changed: false)
    }

    let rendering = try Rendering(order: order)
    let pods = try PodMaker(order: order, home: home, revision: (state.revisions.map(\.number).max() ?? 0) + 1, known: current?.ports ?? []).pods(rendering)
    try pods.forEach { pod in try pod.images.forEach(fetch) }
    if current == nil { order.sayInstalling() }
    try remove(state.revisions.filter { $0.number != current?.number })
    try order.note?.leave()
    try replace(current, by: pods)
    return told(revision: pods[0].revision, objects: rendering.objects, ports: pods.flatMap(\.ports), changed: true)
  }

  private func replace(_ current: PodmanState.Revision?, by pods: [Pod]) throws {
    let names = pods.map(\.name)
    do {
      try podman(["play", "kube", "--quiet", "--start=false", "-"], input: pods.flatMap(\.document), doing: "create '\(app.name)'")
      if let current { try stop(current) }
      for name in names { try podman(["pod", "start", name], doing: "start '\(name)'") }
      try Readiness(pods: pods, order: order, kept: current != nil).wait()
    } catch {
      // Whatever there is of the new revision goes; the old one comes back as it was.
      _ = try? podman(["pod", "rm", "--force", "--ignore", "--time=0"] + names, doing: "remove '\(app.name)'")
      if let current { for name in current.pods.map(\.name) { _ = try? podman(["pod", "start", name], doing: "start '\(name)'") } }
      throw error
    }
    if let current { try remove([current]) }
  }

  /// A program that runs as a container's first process and does not catch SIGTERM never sees it: waiting for it is time lost.
  private func stop(_ revision: PodmanState.Revision) throws {
    let containers = try ContainerState.read(revision.pods.flatMap(\.containers))
    let seconds = containers.contains { $0.catchesTermination } ? 5 : 0
    try podman(["pod", "stop", "--time=\(seconds)"] + revision.pods.map(\.name), doing: "stop '\(app.name)'")
  }

  private func remove(_ revisions: [PodmanState.Revision]) throws {
    let names = revisions.flatMap(\.pods).map(\.name)
    if !names.isEmpty { try podman(["pod", "rm", "--force", "--ignore", "--time=0"] + names, doing: "remove '\(names[0])'") }
  }

  /// Sees to it that podman has the image. The application's own comes from where it was built, and is the one of the record,
  /// whatever has its name by now.
  private func fetch(_ reference: String) throws {
    let isOwn = reference == order.localReference
    var wanted = isOwn ? order.image.id.flatMap(Digest.init) : nil
    if let id = try podmanID(of: reference), wanted == nil || wanted?.hex == id { return }
    guard isOwn else { return } // Another image of the chart is podman's to pull, as its pull policy says.
    if order.image.store != "containers-storage" {
      wanted = try pullFromStore() ?? wanted
    } else if try wanted == nil || podmanID(of: wanted?.hex ?? "") == nil {
      // One with a registry in its name may have been built on another machine and pushed.
      guard order.localReference == order.imageReference, try pull(reference) else { throw ReleaseError.imageMissing(reference: reference, needsBuild: true) }
      if let wanted, try podmanID(of: reference) != wanted.hex { throw ReleaseError.imageMissing(reference: reference, needsBuild: true) }
      return
    }
    guard let wanted else { throw ReleaseError.imageMissing(reference: reference, needsBuild: false) }
    try podman(["tag", wanted.hex, reference], doing: "name the image '\(reference)'")
  }

  /// Brings the image from a layout or from docker into podman's store.
  /// - Returns: its id.
  private func pullFromStore() throws -> Digest? {
    var source = "\(order.image.store):\(order.imageReference)", directory: String?
    defer { if let directory { Temporary.remove(directory) } }
    if order.image.store.hasPrefix("oci:/") {
      let (layout, manifest) = try Images.export(order.image, home: home)
      directory = try layout.alone(manifest, in: home.directory("cache/images"))
      source = "oci:image"
    }
    order.call.debug("podman pull \(source)")
    let result = try Child.run(["podman", "pull", "--quiet", source], output: .capture, errors: .capture, directory: directory)
    guard result.succeeded, let id = Digest("sha256:" + result.outputText.trimmed) else { throw ReleaseError.imageMissing(reference: order.localReference, needsBuild: false) }
    if let wanted = order.image.id, wanted != id.description { throw ReleaseError.imageMissing(reference: order.localReference, needsBuild: true) }
    return id
  }

  /// The id of the image that podman knows by a name or an id; nil when there is none.
  private func podmanID(of name: String) throws -> String? {
    let result = try Child.run(["podman", "image", "inspect", "--format={{.Id}}", "--", name], output: .capture, errors: .discard)
    return result.succeeded ? result.outputText.trimmed : nil
  }

  private func pull(_ reference: String) throws -> Bool {
    try Child.run(["podman", "pull", "--quiet", "--", reference], output: .discard, errors: .capture).succeeded
  }

  @discardableResult
  private func podman(_ arguments: [String], input: [UInt8]? = nil, doing: String) throws -> Child.Result {
    call.debug("podman \(arguments.joined(separator: " "))")
    let result = try Child.run(["podman"] + arguments, input: input, output: .capture, errors: .capture)
    guard result.succeeded else { throw PodmanFailure.error(result.errorText, doing: doing) }
    return result
  }

  private func told(revision: Int, objects: [String], ports: [PublishedPort], changed: Bool) -> Release {
    if changed { call.say("Status: DEPLOYED") }
    let urls = ports.compactMap(\.url)
    for port in ports { call.say("\(app.name) answers at \(port.url ?? "127.0.0.1:\(port.host) (\(port.key))")") }
    return Release(
      name: app.name, namespace: app.namespace, revision: revision, status: "deployed", changed: changed, objects: objects, urls: urls,
      engine: "podman")
  }
}

extension Order {
  /// The image under the name podman knows it by: one without a registry is a local one.
  var localReference: String {
    let first = image.repository.split(separator: "/", omittingEmptySubsequences: false).first ?? ""
    let hasRegistry = image.repository.contains("/") && (first.contains(".") || first.contains(":") || first == "localhost")
    return hasRegistry ? imageReference : "localhost/\(imageReference)"
  }
}

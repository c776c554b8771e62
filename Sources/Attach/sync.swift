import Archives
import Cluster
import Command
import Glibc
import Helm
import Images
import Records
import Releases
import Settings

/// Copies changes into the running containers of applications, if the only changed files are those that a Dockerfile
/// copies after its last instruction that needs a builder. Any other change is left to the later stages.
///
/// What a container holds is known from its image's tag, which stands for a context, and from what was copied into it
/// since. So the order of changes does not matter, and a pod that was replaced gets everything its image may lack.
/// Whether the release otherwise matches the record is read from the release: its description is the digest of its
/// order.
public final class Synchronizer: @unchecked Sendable {
  private let signal: String?
  private let call: Call
  private let lock = Lock()
  private var held: [String: SyncedRelease] = [:]
  /// The shells that wait in containers for the next change.
  private var waiting: [String: ContainerCopy] = [:]
  /// What the applications of a watch were last synced to, by the path of their lock.
  private var synced: [String: Synced] = [:]
  /// The files of the last contexts.
  private var known: [(key: String, files: ContainerFiles)] = []

  /// The signals that ``init(signal:call:)`` accepts.
  public static var signals: [String] { ContainerCopy.signals.map(\.key) }

  /// - Parameter signal: sent to process 1 of a container whose files have changed, as in `HUP`; nil for none.
  public init(signal: String?, call: Call) {
    self.signal = signal
    self.call = call
  }

  /// Does what can be done about a packed record without a build. Throws only if a file on this machine cannot be
  /// written.
  public func sync(_ app: App, context: Context, chart: Chart?, change: Change?, settings: Settings, home: Home) throws
    -> Sync
  {
    let app = settings.place(app)
    let place = try home.directory("locks") + "/sync-\(app.namespace).\(app.name)"
    let locked = try FileLock(place, wait: true, busy: "another draft-sync is running")
    defer { withExtendedLifetime(locked) {} }
    // For the image that may be built from it, here or by a server.
    try TaggedContexts(home).remember(context, settings: settings)
    var release: SyncedRelease?
    do {
      // The first record of a watch was built from source, whatever ran before.
      if change?.sequence == 0 { throw NeedsBuild("the first record of a watch is always built and released") }
      let found = try self.release(app, settings)
      release = found
      let done = try copy(app, context, chart, found, settings, home, goesOn: change != nil)
      if change != nil {
        keep(
          Synced(
            app: app, context: context, chart: chart, settings: settings, home: home, release: found,
            seen: found.ready),
          place)
      }
      if done.how == .sync {
        call.say(
          "Copied \(count(done.files, "file"))\(done.removed > 0 ? " and removed \(done.removed)" : "") in "
            + "\(count(done.pods.count, "pod")) of '\(app.name)'"
        )
      }
      return done
    } catch let needs as NeedsBuild {
      call.say("'\(app.name)' needs a build: \(needs.why)")
      // The next release will be another one.
      release?.forget()
      lock.locked { synced[place] = nil }
      return Sync(how: .build, why: needs.why, tree: context.tree)
    }
  }

  // MARK: later pods

  /// What the pods that replace others should hold.
  private struct Synced {
    var app: App
    var context: Context
    var chart: Chart?
    var settings: Settings
    var home: Home
    var release: SyncedRelease
    /// The containers that have been handled.
    var seen: Set<String>
    /// Limits the copies: a program that our signal ends would be restarted for ever.
    var times = 0
  }

  private func keep(_ now: Synced, _ place: String) {
    let isAttended = lock.locked {
      let before = synced.updateValue(now, forKey: place)
      return before.map { $0.release === now.release } ?? false
    }
    if isAttended { return }
    Thread.detach { [self] in
      var change = 0
      // Until the release is built again: its pods then have the copied files in their image.
      while attend(place, now.release) { change = now.release.wait(after: change) }
    }
  }

  /// Copies into pods that have come since, as soon as they are ready: their image lacks what was copied into the pods
  /// before them.
  /// - Returns: false when there is nothing left to do.
  private func attend(_ place: String, _ release: SyncedRelease) -> Bool {
    func current() -> Synced? { lock.locked { synced[place].flatMap { $0.release === release ? $0 : nil } } }
    guard let last = current() else { return false }
    if release.ready.isSubset(of: last.seen) || last.times >= 20 { return true }
    guard let locked = try? FileLock(place, wait: true, busy: "another draft-sync is running") else { return true }
    defer { withExtendedLifetime(locked) {} }
    // A record may have come first.
    guard let last = current() else { return false }
    let ready = release.ready
    if ready.isSubset(of: last.seen) { return true }
    do {
      try release.look()
      let done = try copy(last.app, last.context, last.chart, release, last.settings, last.home, goesOn: true)
      if done.how == .sync {
        call.say(
          "Copied \(count(done.files, "file")) again, in \(count(done.pods.count, "new pod")) of '\(last.app.name)'")
      }
    } catch let needs as NeedsBuild {
      // A pod that is still to come may be the missing one.
      guard release.isSettled else { return true }
      call.say("'\(last.app.name)' has pods that lack the copied files: \(needs.why)")
    } catch { call.say("'\(last.app.name)' has pods that lack the copied files: \(sentence(error))") }
    lock.locked {
      synced[place]?.seen.formUnion(ready)
      synced[place]?.times += 1
    }
    return true
  }

  private func copy(
    _ app: App, _ context: Context, _ chart: Chart?, _ release: SyncedRelease, _ settings: Settings, _ home: Home,
    goesOn: Bool
  ) throws -> Sync {
    let repository = try imageRepository(app, settings: settings)
    let targets = try release.targets(repository)
    try release.check(targets, repository: repository, chart: chart, settings: settings, call: call)
    let new = try files(app, context, settings, home)
    var jobs: [Job] = []
    for target in targets {
      let has: SyncState
      if let last = SyncState(container: target.id, home: home) {
        has = last
      } else {
        let tag = String(target.image.dropFirst(repository.count + 1)), contexts = try TaggedContexts(home)
        guard let image = contexts.context(tag) else {
          throw NeedsBuild("no record of what image '\(target.image)' was built from")
        }
        // The tag follows from the arguments as well.
        guard try contexts.remember(image, settings: settings) == tag else {
          throw NeedsBuild("the build arguments or the Dockerfile's name have changed")
        }
        has = SyncState(contexts: [image], isUncertain: true)
      }
      let changes = try new.changes(
        from: has.contexts.map { try files(app, $0, settings, home) }, everything: has.isUncertain)
      guard !changes.isEmpty else { continue }
      try check(changes, target)
      jobs.append(Job(target: target, changes: changes, has: has))
    }
    guard !jobs.isEmpty else {
      return Sync(how: .unchanged, why: "the containers already have these files", tree: context.tree)
    }
    // From here on, a failure may leave a container with files of both contexts.
    for job in jobs { try job.has.becoming(context).keep(for: job.target.id, home: home) }
    let bytes = try run(jobs, new, app, release.kubectl, home)
    for job in jobs {
      if case .done(let start) = job.outcome {
        try SyncState(contexts: [context], start: start).keep(for: job.target.id, home: home)
      }
    }
    for job in jobs {
      switch job.outcome {
      case .done: break
      case .restarted, nil: throw NeedsBuild("\(job.target.place) has restarted")
      case .failed(let why): throw NeedsBuild(why)
      }
    }
    if goesOn { wait(in: targets, app, release.kubectl) }
    let most = jobs.max { $0.changes.files < $1.changes.files }?.changes
    return Sync(
      how: .sync, why: "files were copied, and nothing else has changed", tree: context.tree,
      pods: Set(jobs.map(\.target.pod)).sorted(), files: most?.files ?? 0,
      removed: jobs.map(\.changes.removed.count).max() ?? 0, bytes: bytes)
  }

  // MARK: the copies

  private final class Job: @unchecked Sendable {
    let target: SyncTarget
    let changes: ContainerFiles.Changes
    let has: SyncState
    /// What to copy, a file that no longer has a name.
    var archive: OpenFile?
    var outcome: ContainerCopy.Outcome?

    init(target: SyncTarget, changes: ContainerFiles.Changes, has: SyncState) {
      self.target = target
      self.changes = changes
      self.has = has
    }
  }

  /// Copies into all containers at once, with an archive for each, because each may lack different files.
  /// - Returns: the size of the largest archive in bytes.
  private func run(_ jobs: [Job], _ new: ContainerFiles, _ app: App, _ kubectl: Kubectl, _ home: Home) throws -> Int {
    let directory = try home.directory("cache/sync")
    var bytes = 0
    defer { for job in jobs { job.archive = nil } }
    for job in jobs {
      let temporary = try Temporary.file(beside: directory + "/archive"), path = temporary.path,
        archive = temporary.open()
      Temporary.remove(path)
      bytes = max(bytes, try new.write(job.changes, to: archive.descriptor))
      guard lseek(archive.descriptor, 0, SEEK_SET) == 0 else { throw SystemError("cannot read '\(path)'", errno) }
      job.archive = consume archive
    }
    var running = jobs.count
    for job in jobs {
      let work = { [self] in
        let outcome: ContainerCopy.Outcome
        do {
          outcome = try shell(job.target, app, kubectl).run(
            job.changes, archive: job.archive?.descriptor ?? -1, start: job.has.start, signal: signal)
        } catch { outcome = .failed((error as? any Diagnosis)?.message ?? "kubectl could not be run") }
        lock.locked {
          job.outcome = outcome
          running -= 1
          lock.broadcast()
        }
      }
      if jobs.count == 1 { work() } else { Thread.detachOrDo(work) }
    }
    lock.lock()
    while running > 0 { lock.wait() }
    lock.unlock()
    call.moved(bytes: bytes)
    return bytes
  }

  /// The shell that waits in a container, or a new one.
  private func shell(_ target: SyncTarget, _ app: App, _ kubectl: Kubectl) throws -> ContainerCopy {
    if let shell = lock.locked({ waiting.removeValue(forKey: target.id) }) {
      if shell.isWaiting { return shell }
      shell.cancel()
    }
    return try ContainerCopy(target, namespace: app.namespace, kubectl: kubectl)
  }

  /// Starts a shell in each container for the next change.
  private func wait(in targets: [SyncTarget], _ app: App, _ kubectl: Kubectl) {
    // Each is a process there and one here.
    guard targets.count <= 8 else { return }
    for target in targets where lock.locked({ waiting[target.id] == nil }) {
      guard let shell = try? ContainerCopy(target, namespace: app.namespace, kubectl: kubectl) else { return }
      lock.locked { waiting[target.id] = shell }
    }
    // Forget shells that have ended.
    let ended = lock.locked {
      let ended = waiting.filter { !$0.value.isWaiting }
      for id in ended.keys { waiting[id] = nil }
      return ended
    }
    for shell in ended.values { shell.cancel() }
  }

  /// Throws ``NeedsBuild`` for changes that cannot be copied although only files have changed.
  private func check(_ changes: ContainerFiles.Changes, _ target: SyncTarget) throws {
    for path in changes.paths {
      for mount in target.mounts {
        // No volume is mounted at `/`.
        let mount = PathBytes.cleaned(Array(mount.utf8))
        if path == mount || path.starts(with: mount + [0x2F]) {
          throw NeedsBuild("'\(PathBytes.text(path))' is under the volume at '\(PathBytes.text(mount))'")
        }
      }
    }
    if target.isReadOnly {
      call.warn(
        "\(target.place) has a read-only root file system\n  with a chart of draft's packs, "
          + "'securityContext.readOnlyRootFilesystem=false' under 'set' in draft.toml makes it writable"
      )
      throw NeedsBuild("the root file system of \(target.place) is read-only")
    }
    // More than a shell handles quickly.
    guard changes.removed.count <= 500 else { throw NeedsBuild("\(changes.removed.count) files were removed") }
  }

  // MARK: what runs

  private func release(_ app: App, _ settings: Settings) throws -> SyncedRelease {
    do {
      guard case .helm(let context) = try Engine(settings: settings, call: call) else {
        throw NeedsBuild("it runs in podman, and files are copied only into pods of Kubernetes")
      }
      let key = "\(context.name)/\(app.namespace)/\(app.name)"
      let release = lock.locked {
        let release = held[key] ?? SyncedRelease(app, Kubectl(context: context, call: call))
        held[key] = release
        return release
      }
      try release.look()
      return release
    } catch let error as any Diagnosis where error is ClusterError || error is HelmError || error is ReleaseError {
      throw NeedsBuild(error.message.harmless)
    }
  }

  private func files(_ app: App, _ context: Context, _ settings: Settings, _ home: Home) throws -> ContainerFiles {
    let tag = imageTag(tree: context.tree, dockerfile: context.dockerfile, arguments: settings.buildArguments),
      key = "\(app.dir)\0\(settings.builder)\0\(tag)"
    if let found = lock.locked({ known.first { $0.key == key } }) { return found.files }
    let files = try ContainerFiles(app, context: context, settings: settings, home: home, call: call)
    lock.locked { known = (known + [(key, files)]).suffix(8) }
    return files
  }
}

private func count(_ number: Int, _ noun: String) -> String { "\(number) \(noun)\(number == 1 ? "" : "s")" }

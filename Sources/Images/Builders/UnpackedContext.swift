import Archives
import Command
import CSystem
import Contexts
import Dockerfiles
import Glibc
import Records
import Settings

/// A context unpacked for a builder that needs a directory, in `cache/build` of the draft home; removed with this
/// value.
///
/// buildah and podman get the lock as standard input, so it is held as long as any process may read the directory. If
/// we are killed but the builder is not, the next build leaves the directory alone; otherwise it removes it.
final class UnpackedContext {
  /// The directory of the context.
  let directory: String
  /// The absolute path of the Dockerfile in it, without symbolic links.
  private(set) var dockerfile = ""
  /// An empty file, open and locked.
  let lock: Int32
  /// The private directory of this build.
  let place: String

  init(_ order: BuildOrder) throws {
    let parent = try order.home.directory("cache/build")
    // No sweep may run between creating the directory and locking it.
    let making = try FileLock(order.home.directory("locks") + "/unpack", wait: true, busy: "another context is being unpacked")
    UnpackedContext.sweep(parent)
    let place = try Temporary.directory(in: parent, alone: true)
    self.place = place
    directory = place + "/context"
    lock = open(place + "/lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    // From here on, everything that deinit needs is set; it runs even if this throws.
    guard lock >= 0, flock(lock, LOCK_SH) == 0, mkdir(directory, 0o755) == 0 else { throw SystemError("cannot create '\(place)'", errno, code: .cannotCreate) }
    _ = consume making
    try extract(order.context.payload, into: directory)

    let path = directory + "/" + order.context.dockerfile
    guard let real = try? Files.resolve(path), Files.exists(real), !Files.isDirectory(real) else {
      throw BuildError.noDockerfile(app: order.app.name, path: order.context.dockerfile)
    }
    guard Files.relative(real, to: try Files.resolve(directory)) != nil else { throw BuildError.outside(app: order.app.name, path: order.context.dockerfile) }
    dockerfile = real
  }

  /// Whether it was deleted, or is about to be, with the draft home's cache.
  var isLost: Bool {
    var status = stat()
    return fstat(lock, &status) != 0 || status.st_nlink == 0 || !Files.exists(dockerfile)
  }

  deinit {
    if lock >= 0 { close(lock) }
    Temporary.remove(place)
  }

  /// The Dockerfile as a builder will read it. Throws ``BuildError/dockerfile(app:path:line:reason:hint:)`` for what no
  /// builder supports.
  /// - Parameter foreign: whether it may name a frontend of its own.
  func checkedDockerfile(_ order: BuildOrder, foreign: Bool) throws -> Dockerfile? {
    guard let text = try? Files.readText(dockerfile, limit: 1 << 20) else { return nil }
    do throws(Dockerfile.Fault) {
      let file: Dockerfile
      do throws(DockerfileError) { file = try order.dockerfiles.parsed(text) } catch { throw Dockerfile.Fault(error) }
      if foreign, file.isForeign { return nil }
      try file.check(arguments: Dictionary(order.arguments.map { ($0.name, $0.value) }) { $1 })
      return file
    } catch {
      let app = order.app.name
      throw BuildError.dockerfile(app: app, path: order.context.dockerfile, line: error.line, reason: error.reason)
    }
  }

  /// Removes what killed builds have left, in the builder's store as well.
  private static func sweep(_ parent: String) {
    let places = ((try? Files.list(parent)) ?? []).filter { $0.hasPrefix("tmp-") }.map { parent + "/" + $0 }
    let left = places.filter(isLeft)
    LeftContainers.remove(of: left)
    left.forEach(removeTree)
  }

  /// Whether no build uses it. None can start to, since the caller prevents the creation of another.
  private static func isLeft(_ place: String) -> Bool {
    let lock = open(place + "/lock", O_RDWR | O_CLOEXEC | O_NOFOLLOW)
    if lock >= 0 {
      defer { close(lock) }
      return flock(lock, LOCK_EX | LOCK_NB) == 0
    }
    // The build was killed, or is still, between creating the directory and the lock.
    var status = stat()
    return lstat(place, &status) == 0 && status.st_mtim.tv_sec < time(nil) - 3_600
  }
}

extension BuildOrder {
  /// Refuses a Dockerfile with an invalid image name, or one that becomes too long. The builder reports other errors.
  func checkImages(_ text: String) throws {
    guard let file = try? dockerfiles.parsed(text) else { return }
    // Another BuildKit frontend reads another language.
    let isForeign = file.directives.contains { $0.name == "syntax" && !$0.value.contains("docker/dockerfile") }
    if rules == .docker, isForeign { return }
    do { _ = try file.images(arguments: Dictionary(arguments.map { ($0.name, $0.value) }) { $1 }) } catch {
      switch error {
      case .noReference, .tooLong:
        let fault = Dockerfile.Fault(error)
        throw BuildError.dockerfile(
          app: app.name, path: context.dockerfile, line: fault.line, reason: fault.reason, hint: error.hint)
      default: return
      }
    }
  }

  /// The base images of the Dockerfile, as far as it can be read. For messages only.
  var baseImages: [String] {
    guard let text = try? Files.readText(app.dir + "/" + context.dockerfile, limit: 1 << 20), let file = try? dockerfiles.parsed(text) else { return [] }
    return (try? file.images(arguments: Dictionary(arguments.map { ($0.name, $0.value) }) { $1 })) ?? []
  }
}

import Archives
import Command
import Dockerfiles
import OCI
import Records
import Settings

/// Builds the image of an application from its packed context.
///
/// The tag is derived from all inputs, so an image with that tag in the builder's store is the right one, and nothing
/// is built. One build of an application runs at a time; others wait. The builder's output goes to standard error and
/// to `logs/APP/TAG` in the draft home, which stays if the build fails.
///
/// - Parameters:
///   - fresh: build even when nothing has changed, without the builder's cache.
///   - appends: a few layers may be put on an image that is there; else the builder makes the whole.
/// - Returns: the image, with the digest of its manifest if the store knows it already.
/// - Throws: ``BuildError``.
public func build(
  _ app: App, context: Context, fresh: Bool = false, appends: Bool = true, settings: Settings, home: Home, call: Call
) throws -> Image {
  let builder = try builder(named: settings.builder)
  let order = try BuildOrder(app, context, settings: settings, home: home, fresh: fresh)
  try TaggedContexts(home).remember(context, settings: settings)

  let lock = try FileLock(
    home.directory("locks") + "/build-\(app.namespace).\(app.name)", wait: true,
    busy: "another build of '\(app.name)' is running")
  defer { withExtendedLifetime(lock) {} }

  let log = LazyLog {
    let logs = try home.directory("logs/\(app.name)")
    defer { Cache(logs, limit: 40, bytes: 64 << 20).sweep() }
    return try BuildLog(logs + "/\(order.tag)", call: call)
  }
  var whole = "the builder '\(settings.builder)' builds whole images only"
  if !appends {
    whole = "--no-append"
  } else if settings.registry == nil, builder is DockerBuilder {
    // It builds as fast by itself as it would load our image.
    whole = "no registry is set, so the image goes to docker's daemon"
  } else if let builder = builder as? any HeadBuilder {
    let append = Append(order: order, builder: builder, cache: try ImageCache(home), call: call)
    if !order.fresh, let found = try append.cache.made(order) {
      call.say("Image \(order.names[0]) is unchanged: nothing to build")
      return order.image(found, store: "oci:" + append.cache.path, how: "append", why: "unchanged")
    }
    do {
      let (split, tree) = try append.divide()
      let result = try leaving(order.kept(builder), log) {
        try explained(order, log) { try append.make(split, tree) { try log.begin(call) } }
      }
      log.log?.finish()
      return order.image(
        result.image, store: "oci:" + append.cache.path, how: result.how,
        why: order.fresh ? "forced" : "no image of this tag yet")
    } catch let lost as ArchiveError where lost.isLoss {
      // If the builder has the image, the context is not needed.
      guard !order.fresh, try builder.find(order) != nil else { throw lost }
      whole = lost.message
    } catch let undivided as Undivided {
      call.debug("the Dockerfile is not divided: \(undivided.reason)")
      whole = undivided.reason
    }
  }

  let kept = order.kept(builder), before = order.fresh ? try builder.find(order) : nil
  if !order.fresh, let found = try builder.find(order) {
    kept?.note(Reference.stored(order.names[0], by: builder))
    if !order.furtherTags.isEmpty { try builder.tag(found, order) }
    call.say("Image \(order.names[0]) is unchanged: nothing to build")
    return order.image(found, store: builder.store(order), how: "builder", why: "unchanged")
  }
  do {
    try leaving(kept, log) { try explained(order, log) { try builder.build(order, log: try log.begin(call)) } }
  } catch BuildError.lost {
    // It may have built an image from half of the context.
    for name in order.names { (builder as? any HeadBuilder)?.remove(Reference.stored(name, by: builder)) }
    throw BuildError.lost
  }
  log.log?.finish()
  guard let built = try builder.find(order) else {
    throw BuildError.noImage(builder: settings.builder, name: order.names[0], log: log.log?.path ?? "")
  }
  if let before, before.id != built.id { kept?.note(before.id) }
  kept?.note(Reference.stored(order.names[0], by: builder))
  kept?.prune(order.keeps)
  return order.image(built, store: builder.store(order), how: "builder", why: order.fresh ? "forced" : whole)
}

extension BuildOrder {
  init(_ app: App, _ context: Context, settings: Settings, home: Home, fresh: Bool = false) throws {
    self.init(
      app: app, context: context, arguments: settings.buildArguments, repository: try Images.repository(app, settings),
      tag: imageTag(tree: context.tree, dockerfile: context.dockerfile, arguments: settings.buildArguments),
      furtherTags: settings.customTags,
      time: try buildTime(), rules: Rules(builder: settings.builder), fresh: fresh, home: home)
  }
}

/// The log of a build, opened at the first line.
private final class LazyLog {
  private(set) var log: BuildLog?
  private let make: () throws -> BuildLog

  init(_ make: @escaping () throws -> BuildLog) { self.make = make }

  func begin(_ call: Call) throws -> BuildLog {
    if let log { return log }
    call.say("Building Dockerfile")
    let made = try make()
    log = made
    return made
  }
}

/// Runs a build, and explains a builder's failure from the log.
private func explained<T>(_ order: BuildOrder, _ log: LazyLog, _ body: () throws -> T) throws -> T {
  do { return try body() } catch {
    if error is Undivided { throw error }
    log.log?.finish()
    if let failed = error as? BuilderFailed, let log = log.log { throw BuildError(failed, order, log) }
    throw error
  }
}

/// Runs a build; what a failed one leaves in the builder's store is only useful to the next build.
private func leaving<T>(_ kept: KeptImages?, _ log: LazyLog, _ body: () throws -> T) throws -> T {
  do { return try body() } catch {
    if let id = log.log?.lastStep, let kept {
      kept.note(id)
      kept.prune(.max)
    }
    throw error
  }
}

extension Reference {
  /// A name as the builder's store spells it.
  fileprivate static func stored(_ name: String, by builder: any Builder) -> String {
    builder is DockerBuilder ? name : stored(name)
  }
}

extension BuildOrder {
  fileprivate func image(_ stored: StoredImage, store: String, how: String, why: String) -> Image {
    Image(
      repository: repository, tag: tag, digest: stored.digest, id: "sha256:" + stored.id, layers: stored.layers,
      store: store, how: how, why: why,
      tags: furtherTags)
  }
}

/// The image's name without a tag.
func repository(_ app: App, _ settings: Settings) throws -> String {
  let name = settings.registry.map { "\($0)/\(app.name)" } ?? app.name
  _ = try Reference(name)
  return name
}

/// Seconds since 1970 for the times in the image, from `SOURCE_DATE_EPOCH`; nil if it is not set.
/// https://reproducible-builds.org/specs/source-date-epoch/
func buildTime() throws -> Int? {
  guard let text = environmentVariable("SOURCE_DATE_EPOCH") else { return nil }
  guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let value = Int(text), value < 1 << 33 else {
    throw BuildError.sourceDate(text)
  }
  return value
}

import Archives
import Command
import Records
import Settings

/// Builds the image of an application from its packed context.
///
/// The tag follows from what goes in, so an image that is in the builder's store under its tag is the right one, and nothing is
/// built. One build of an application runs at a time; another waits for it. The builder's words go to standard error and to
/// `logs/APP/TAG` in the draft home, which stays when the build fails.
///
/// - Returns: the image, with the digest of its manifest where the store knows it already.
/// - Throws: ``BuildError``.
public func build(_ app: App, context: Context, settings: Settings, home: Home, call: Call) throws -> Image {
  let builder = try builder(named: settings.builder)
  let order = BuildOrder(
    app: app, context: context, arguments: settings.buildArguments, repository: try repository(app, settings),
    tag: imageTag(tree: context.tree, dockerfile: context.dockerfile, arguments: settings.buildArguments), furtherTags: settings.customTags,
    time: try buildTime(), fresh: call.arguments.has("force"), home: home)

  let lock = try FileLock(home.directory("locks") + "/build-\(app.name)", wait: true, busy: "another build of '\(app.name)' is running")
  defer { withExtendedLifetime(lock) {} }

  if !order.fresh, let found = try builder.find(order) {
    if !order.furtherTags.isEmpty { try builder.tag(found, order) }
    call.say("Image \(order.names[0]) is unchanged: nothing to build")
    return order.image(found, in: builder, why: "unchanged")
  }

  call.say("Building Dockerfile")
  let log = try BuildLog(home.directory("logs/\(app.name)") + "/\(order.tag)", call: call)
  do { try builder.build(order, log: log) } catch {
    log.finish()
    if let failed = error as? BuilderFailed { throw BuildError(failed, order, log) }
    throw error
  }
  log.finish()
  guard let built = try builder.find(order) else { throw BuildError.noImage(builder: settings.builder, name: order.names[0], log: log.path) }
  return order.image(built, in: builder, why: order.fresh ? "forced" : "no image of this tag yet")
}

extension BuildOrder {
  fileprivate func image(_ stored: StoredImage, in builder: any Builder, why: String) -> Image {
    Image(
      repository: repository, tag: tag, digest: stored.digest, layers: stored.layers, store: builder.store(self), how: "builder", why: why,
      tags: furtherTags)
  }
}

/// The image's name without a tag.
private func repository(_ app: App, _ settings: Settings) throws -> String {
  let name = settings.registry.map { "\($0)/\(app.name)" } ?? app.name
  _ = try Reference(name)
  return name
}

/// Seconds for the times in the image: `SOURCE_DATE_EPOCH`, else 0.
/// https://reproducible-builds.org/specs/source-date-epoch/
private func buildTime() throws -> Int {
  guard let text = environmentVariable("SOURCE_DATE_EPOCH") else { return 0 }
  guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let value = Int(text), value < 1 << 33 else { throw BuildError.sourceDate(text) }
  return value
}

import Archives
import Charts
import Command
import Contexts
import Images
import Records
import Registry
import Repositories
import Settings

/// Makes what a record lacks; the only place that does so.
///
/// Each function takes the record's member if there is one, whatever is in the directory now; otherwise it makes it by
/// the library call of the stage it belongs to, and sets it. A member is checked against its payload, and the payload
/// decides. A missing or damaged payload is made again, see Pipeline+Loss.
public struct Pipeline: Sendable {
  public let app: App
  public let settings: Settings
  /// The values of a chart that an environment declares. Such a line has no image and no source directory.
  public let declared: Values?
  public let home: Home
  private let fresh: Bool
  private let appends: Bool
  private let plainHTTP: Bool
  let call: Call

  /// - Parameters:
  ///   - fresh: build even when nothing has changed, without the builder's cache.
  ///   - appends: an image may be made by putting layers on one that is there.
  ///   - plainHTTP: push without TLS to a registry on another machine.
  public init(_ record: Record, fresh: Bool = false, appends: Bool = true, plainHTTP: Bool = false, call: Call) throws {
    (self.fresh, self.appends, self.plainHTTP) = (fresh, appends, plainHTTP)
    app = try record.required()
    // A release that an environment declares has no source directory.
    declared = try record.member(Values.self).flatMap { $0.exact ? $0 : nil }
    settings = try Settings(for: app, call: call, needsSource: declared == nil && !record.has(Resources.name))
    home = try Home()
    self.call = call
  }

  /// The packed context, with the tree of its tarball. Packs what the record lacks, including the chart.
  /// - Throws: ``ArchiveError``.
  public func context(of record: inout Record) throws -> Context {
    try again(&record, by: packed)
  }

  private func packed(_ record: inout Record) throws -> Context {
    if let context: Context = try record.member() { return try context.checked(home: home) }
    let context = try packContext(app, settings: settings, home: home, call: call)
    record.set(context)
    if !record.has(Chart.name), let chart = try packChart(app, settings: settings, home: home) { record.set(chart) }
    return context
  }

  /// The packed chart, with the name and versions in its tarball; nil if the application has none.
  /// - Throws: ``ArchiveError``.
  public func chart(of record: inout Record) throws -> Chart? {
    if let chart: Chart = try record.member() {
      do { return try chart.checked() } catch let error as ArchiveError where error.isLoss && isCached(chart.payload) {
        let made = try? packChart(app, settings: settings, home: home)
        guard let again = made, again.payload.digest == chart.payload.digest else { throw error }
        record.set(again)
        return again
      }
    }
    if let request: Fetch = try record.member() {
      let order = FetchOrder(
        destination: nil, untar: false, verify: false, keyring: nil, home: home, repository: HelmRepository(request))
      let done = try fetch(ChartReference(request.reference), named: request.reference, by: order, call: call)
      record.set(done.chart)
      if let exact = done.fetch.exact, !exact.hasPrefix("/") {
        record.set(ChartOrigin(reference: exact, digest: done.chart.payload.digest))
      }
      return done.chart
    }
    guard !app.dir.isEmpty, let chart = try packChart(app, settings: settings, home: home) else { return nil }
    record.set(chart)
    return chart
  }

  /// The image. Builds it if the record lacks it, from the record's context if there is one.
  /// - Throws: a ``Diagnosis`` of packing or building.
  public func image(of record: inout Record) throws -> Image {
    if let image: Image = try record.member() { return image }
    return try built(of: &record)
  }

  /// The image, built from the record's context even if the record has an image.
  /// - Throws: a ``Diagnosis`` of packing or building.
  @discardableResult
  public func built(of record: inout Record) throws -> Image {
    try again(&record) { record in
      var context = try context(of: &record)
      // It may have been packed for another Dockerfile, but it holds the whole tree.
      if settings.asksForDockerfile { context.dockerfile = settings.dockerfile }
      let image = try build(
        app, context: context, fresh: fresh, appends: appends, settings: settings, home: home, call: call)
      record.set(image)
      return image
    }
  }

  /// The image as it is in the registry. Builds what the record lacks and pushes it. A record that was pushed before is
  /// pushed again, which costs one query if the image is still there.
  /// - Returns: nil if there is no registry; nothing is built then.
  /// - Throws: a ``Diagnosis`` of packing, building or pushing.
  public func pushed(of record: inout Record) throws -> Image? {
    guard hasRegistry(try record.member(Image.self), settings: settings) else { return nil }
    return try again(&record) { record in
      guard let done = try push(image(of: &record), plainHTTP: plainHTTP, settings: settings, home: home, call: call)
      else { return nil }
      record.set(done.image)
      record.set(done.push)
      return done.image
    }
  }
}

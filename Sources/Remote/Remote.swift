import Archives
import Command
import Glibc
import Pipeline
import Records
import Settings

/// The connections of this process, one for each server.
public final class Links: @unchecked Sendable {
  private var links: [Target: Link] = [:]
  /// The first resource that may not be created in a namespace; empty if all may.
  private var reviews: [String: String] = [:]
  private let lock = Lock()

  public init() {}

  /// The connection to a server; opens one if there is none or it has ended.
  func link(_ target: Target, _ options: RemoteOptions, call: Call) throws -> Link {
    try lock.locked {
      if let link = links[target], link.isAlive { return link }
      var hello = options.orders.json
      if let path = options.tokenFile { hello.append(("token", .string(try token(path)))) }
      let link = try Link(target, hello: hello, call: call)
      links[target] = link
      return link
    }
  }

  /// Asks the cluster, once for each namespace, whether the user may do what the server would do with its account's
  /// rights.
  func review(_ namespace: String, at target: Target, _ options: RemoteOptions) throws {
    guard case .kube(_, let context) = target, options.releases, options.tokenFile == nil else { return }
    let forbidden = try lock.locked {
      if let known = reviews["\(context)/\(namespace)"] { return known }
      let found = try AccessReview.forbidden(namespace: namespace, context: context, place: target.text) ?? ""
      reviews["\(context)/\(namespace)"] = found
      return found
    }
    if !forbidden.isEmpty { throw RemoteError.mayNotRelease(namespace: namespace, resource: forbidden) }
  }
}

/// Reads a token, which may be surrounded by white space only. The file may be a pipe.
private func token(_ path: String) throws -> String {
  let file = try OpenFile(path, O_RDONLY) { SystemError("cannot read '\(path)'", $0) }
  // One more than the longest token, to recognize a longer one.
  var bytes = [UInt8](repeating: 0, count: 65_537)
  let count = bytes.withUnsafeMutableBytes { (try? file.fill($0)) ?? 0 }
  let text = String(decoding: bytes[..<count], as: UTF8.self).split(whereSeparator: \.isWhitespace)
  guard text.count == 1, ClusterAccess.isToken(String(text[0])) else { throw RemoteError.badToken(path: path) }
  return String(text[0])
}

/// Has a server build, push and release a packed record: sends the files that the server lacks, shows its log lines as
/// they come, and sets the resulting members. The local `context` and `chart` stay; no path of the other machine gets
/// into the record.
/// - Throws: ``RemoteError``. A failure of the server's stages becomes the record's `failure` as they wrote it.
public func remote(_ record: inout Record, _ line: Pipeline, options: RemoteOptions, links: Links, call: Call) throws {
  var app = line.app
  app.namespace = line.settings.namespace
  let context = try line.context(of: &record), chart = try line.chart(of: &record)
  if chart == nil, options.releases { throw RemoteError.noChart(directory: app.dir) }
  let target = try Target(options.place ?? line.settings.remote, settings: line.settings)
  let cargo = try Cargo(app: app, context: context, chart: chart)

  for attempt in 1... {
    // The server starts while the cluster reviews our rights.
    let link = try links.link(target, options, call: call)
    try links.review(app.namespace, at: target, options)
    do {
      let (id, sent) = try upload(cargo, link, options, call)
      call.moved(bytes: sent)
      let members = try finish(id, cargo, link, call)
      try set(members, in: &record, isElsewhere: target != .local, context: target.context)
      return
    } catch RemoteError.lost where attempt < 4 && !cargo.isDelivered {
      call.say("Lost the connection while sending: resuming where it broke")
      usleep(useconds_t(250_000 << attempt))
    }
  }
}

private func upload(_ cargo: Cargo, _ link: Link, _ options: RemoteOptions, _ call: Call) throws -> (id: Int, sent: Int)
{
  try link.uploads.locked {
    let id = try link.begin(cargo.members) { text in
      call.relay(options.isParallel ? "\(cargo.app.name) | \(text)" : text)
    }
    let wanted = try link.wants(id)
    let total = wanted.reduce(0) { $0.plus(max(0, (cargo.files[$1.digest]?.size ?? 0) - $1.offset)) }
    if total > 0 { call.say("Sending \(total) bytes to \(link.target.text)") }
    for (digest, offset) in wanted { try cargo.send(digest, from: offset, over: link) }
    cargo.isDelivered = true
    return (id, total)
  }
}

private func finish(_ id: Int, _ cargo: Cargo, _ link: Link, _ call: Call) throws -> [(name: String, value: JSON)] {
  while true {
    if let members = try link.members(id) { return members }
    try link.uploads.locked {
      for (digest, offset) in try link.wants(id) { try cargo.send(digest, from: offset, over: link) }
    }
  }
}

/// Each member is parsed and rebuilt, so that only known fields are taken from the server.
private func set(_ members: [(name: String, value: JSON)], in record: inout Record, isElsewhere: Bool, context: String?)
  throws
{
  func fields(_ json: JSON, _ name: String) -> Fields { Fields(json, path: name, line: record.line) }
  for (name, json) in members {
    switch name {
    case Image.name:
      var image = try Image(fields(json, name))
      if isElsewhere { image.store = "remote" }
      record.set(image)
    case Push.name: record.set(try Push(fields(json, name)))
    case Values.name: record.set(try Values(fields(json, name)))
    case Release.name:
      var release = try Release(fields(json, name))
      if isElsewhere { release.context = context }
      record.set(release)
    case Failure.name: record.set(try Failure(fields(json, name)))
    default: break
    }
  }
}

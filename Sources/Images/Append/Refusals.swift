import Command
import Dockerfiles
import Records
import Settings

/// Divisions that came to nothing only after the head had been built: a line each of `cache/refused/APP` in the draft home, so that
/// no head is built for nothing twice. The reason holds for the same Dockerfile and the same context.
struct Refusals {
  private let place: String?
  private let key: String
  private static let kept = 20

  init(_ order: BuildOrder, dockerfile: String, builder: any HeadBuilder) {
    place = (try? order.home.directory("cache/refused")).map { $0 + "/" + order.app.name }
    let arguments = order.arguments.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }.flatMap { [$0.name, $0.value] }
    let variables = builder.variables.map { "\($0)=\(environmentVariable($0) ?? "")" }
    key = ImageCache.key(["draft refusal 1", builder.program, order.context.tree, order.context.dockerfile, dockerfile] + variables + arguments)
  }

  private var lines: [String] { place.flatMap { try? Files.readText($0, limit: 65_536) }?.lines.map(String.init) ?? [] }

  var reason: String? { lines.last { $0.hasPrefix(key + " ") }.map { String($0.dropFirst(key.count + 1)) } }

  func add(_ undivided: Undivided) {
    guard let place else { return }
    let line = "\(key) \(undivided.reason.lines.joined(separator: " "))"
    try? Files.write(Array((lines.filter { !$0.hasPrefix(key) } + [line]).suffix(Refusals.kept).joined(separator: "\n").utf8), to: place, durable: false)
  }
}

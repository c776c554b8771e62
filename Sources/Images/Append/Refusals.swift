import Command
import Dockerfiles
import Records
import Settings

/// Dockerfiles that turned out to be indivisible only after their head was built: one line each in `cache/refused/APP`
/// of the draft home, so that a useless head is not built twice. The reason applies to the same Dockerfile and context.
struct Refusals {
  private let place: String?
  private let key: String
  private static let kept = 20

  init(_ order: BuildOrder, dockerfile: String, builder: any HeadBuilder) {
    place = (try? order.home.directory("cache/refused")).map { $0 + "/" + order.app.name }
    let arguments = order.arguments.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }.flatMap {
      [$0.name, $0.value]
    }
    let variables = builder.variables.map { "\($0)=\(environmentVariable($0) ?? "")" }
    key = ImageCache.key(
      ["draft refusal 1", builder.program, order.context.tree, order.context.dockerfile, dockerfile] + variables
        + arguments)
  }

  private var lines: [String] { place.flatMap { try? Files.readText($0, limit: 65_536) }?.lines.map(String.init) ?? [] }

  var reason: String? { lines.last { $0.hasPrefix(key + " ") }.map { String($0.dropFirst(key.count + 1)) } }

  func add(_ undivided: Undivided) {
    guard let place else { return }
    let line = "\(key) \(undivided.reason.lines.joined(separator: " "))"
    try? Files.write(
      Array((lines.filter { !$0.hasPrefix(key) } + [line]).suffix(Refusals.kept).joined(separator: "\n").utf8),
      to: place, durable: false)
  }
}

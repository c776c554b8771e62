import Command
import Records

/// The options of draft-remote that it passes on to the stages.
public let stageOptions = StageOrders.options.map(\.option)

/// Which stages a client requests, and their options. Only the options are sent; environment, configuration and logins
/// stay on each side.
struct StageOrders: Sendable {
  /// The options of draft-remote that are those of the stages, and the stages that take each.
  static let options: [(option: Option, stages: [String])] = [
    (
      Option(
        "registry", value: "HOST[/PATH]",
        help: "the registry to name images for and push them to (default: the server's setting)"), ["build", "push"]
    ),
    (.builder, ["build"]), (.buildArg, ["build"]), (.tag, ["build"]), (.force, ["build"]), (.plainHTTP, ["push"]),
    (.engine, ["release"]), (.set, ["release"]), (.takeOver, ["release"]), (.wait, ["release"]), (.noWait, ["release"]),
    (.timeout, ["release"])
  ]
  private static let all = ["build", "push", "release"]

  var stages = StageOrders.all
  private var given: [(name: String, values: [String])] = []
  private var quiet = false

  init() {}

  /// From the client's command line.
  init(without: [String], options: [(name: String, values: [String])], quiet: Bool) {
    stages = StageOrders.all.filter { !without.contains($0) }
    self.quiet = quiet
    given = options
  }

  /// From the client's hello.
  init(_ hello: JSON) throws {
    let stages = (hello["stages"]?.array ?? []).compactMap(\.string)
    self.stages = StageOrders.all.filter(stages.contains)
    guard self.stages.count == stages.count else { throw RemoteError.violation("it requests an unknown stage") }
    quiet = hello["quiet"]?.bool ?? false
    for (name, values) in hello["options"]?.object ?? [] {
      guard let known = StageOrders.options.first(where: { $0.option.name == name })?.option,
        let values = values.array?.compactMap(\.string), values.isEmpty == (known.value == nil)
      else { throw RemoteError.violation("it uses an unknown option") }
      given.append((name, values))
    }
  }

  /// The members of a hello.
  var json: [(name: String, value: JSON)] {
    [
      ("stages", .strings(stages)), ("options", .object(given.map { ($0.name, .strings($0.values)) })),
      ("quiet", .bool(quiet))
    ]
  }

  private func arguments(_ stage: String) -> [String] {
    let mine = given.filter { name, _ in
      StageOrders.options.contains { $0.option.name == name && $0.stages.contains(stage) }
    }
    return mine.flatMap { name, values in values.isEmpty ? ["--\(name)"] : values.map { "--\(name)=\($0)" } }
      + (quiet ? ["--quiet"] : [])
  }

  /// Runs a stage for one record as a child process.
  func run(_ stage: String, _ record: Record, environment: [String: String?], log: @escaping @Sendable (String) -> Void)
    throws -> Record
  {
    var environment = environment
    // These are for our caller and not for the stage.
    for name in ["DRAFT_UP_LOCK", "DRAFT_EVENTS", "DRAFT_FOREGROUND"] { environment[name] = .some(nil) }
    let name = "draft-" + stage
    let result = try Child.run(
      [try program(name)] + arguments(stage), input: record.bytes + [0x0A], output: .capture, errors: .lines(log),
      environment: environment)
    guard let line = result.output.split(separator: 0x0A).first else {
      throw RemoteError.stageDied(stage: name, status: result.status)
    }
    return try Record(Array(line))
  }
}

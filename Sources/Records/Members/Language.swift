/// `language`: what draft-detect makes of a source tree.
public struct Language: Member, Equatable {
  public static let name = "language"

  /// The language's name as people write it: `Python`.
  public var name: String
  /// Per cent, 0 to 100.
  public var certainty: Double
  /// Per cent of each language, greatest first.
  public var shares: [(name: String, percent: Double)]
  public var framework: String?
  public var version: String?
  /// The file the version was read from.
  public var versionSource: String?
  public var packageManager: String?
  /// The TCP port the application listens on, as far as the source tells.
  public var port: Int?
  /// The command that starts the application.
  public var start: String?
  /// What the answer rests on: `requirements.txt`, `86% of 12 files`.
  public var evidence: [String]

  public init(
    name: String, certainty: Double, shares: [(name: String, percent: Double)] = [], framework: String? = nil, version: String? = nil,
    versionSource: String? = nil, packageManager: String? = nil, port: Int? = nil, start: String? = nil, evidence: [String] = []
  ) {
    self.name = name
    self.certainty = certainty
    self.shares = shares
    self.framework = framework
    self.version = version
    self.versionSource = versionSource
    self.packageManager = packageManager
    self.port = port
    self.start = start
    self.evidence = evidence
  }

  public init(_ fields: Fields) throws(RecordError) {
    name = try fields.string("name")
    certainty = try fields.optionalDouble("certainty") ?? 0
    shares = (fields.json["shares"]?.object ?? []).compactMap { member in member.value.double.map { (member.name, $0) } }
    framework = try fields.optionalString("framework")
    version = try fields.optionalString("version")
    versionSource = try fields.optionalString("versionSource")
    packageManager = try fields.optionalString("packageManager")
    port = try fields.optionalInteger("port")
    start = try fields.optionalString("start")
    evidence = try fields.strings("evidence")
  }

  public var json: JSON {
    .members([
      "name": .string(name), "certainty": .number(String(describing: certainty)),
      "shares": .object(shares.map { ($0.name, .number(String(describing: $0.percent))) }),
      "framework": framework.map(JSON.string), "version": version.map(JSON.string), "versionSource": versionSource.map(JSON.string),
      "packageManager": packageManager.map(JSON.string), "port": port.map(JSON.integer), "start": start.map(JSON.string),
      "evidence": .strings(evidence),
    ])
  }

  public static func == (left: Language, right: Language) -> Bool { left.json == right.json }
}

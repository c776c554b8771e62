/// `language`: what draft-detect found out about a source tree.
public struct Language: Member, Equatable {
  public static let name = "language"
  public static let about = About(by: "draft-detect", for: "draft-scaffold", "What the source is.")

  public var name: String
  public var certainty: Double
  public var shares: [(name: String, percent: Double)]
  public var framework: String?
  public var version: String?
  public var versionSource: String?
  public var packageManager: String?
  /// The TCP port the application listens on, if the source tells.
  public var port: Int?
  public var start: String?
  /// The grounds for the result: `requirements.txt`, `86% of 12 files`.
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

  public init(_ shape: inout Shape<Self>) throws(RecordError) {
    name = try shape.required("name", \.name, "as people write it")
    certainty = try shape.optional("certainty", \.certainty, else: 0, "per cent")
    shares = try shape.numbers("shares", \.shares, "per cent by language, greatest first")
    framework = try shape.optional("framework", \.framework, "what it is written with: Django")
    version = try shape.optional("version", \.version, "of the language")
    versionSource = try shape.optional("versionSource", \.versionSource, "the file it was read from")
    packageManager = try shape.optional("packageManager", \.packageManager, "what installs its dependencies: pip")
    port = try shape.optional("port", \.port, "the TCP port it listens on")
    start = try shape.optional("start", \.start, "the command that starts it")
    evidence = try shape.optional("evidence", \.evidence, else: [], "what the answer rests on")
  }

  public static func == (left: Language, right: Language) -> Bool { left.json == right.json }
}

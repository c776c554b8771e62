/// `language`: what draft-detect found out about a source tree.
public struct Language: Member, Equatable {
  public static let name = "language"
  public static let about = About(
    by: "draft-detect", for: "draft-scaffold", "The language of the source and what else was detected.")

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
    name: String, certainty: Double, shares: [(name: String, percent: Double)] = [], framework: String? = nil,
    version: String? = nil,
    versionSource: String? = nil, packageManager: String? = nil, port: Int? = nil, start: String? = nil,
    evidence: [String] = []
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
    name = try shape.required("name", \.name, "the name of the language")
    certainty = try shape.optional("certainty", \.certainty, else: 0, "the certainty in per cent")
    shares = try shape.numbers("shares", \.shares, "the share of each language in per cent, largest first")
    framework = try shape.optional("framework", \.framework, "the framework, such as Django")
    version = try shape.optional("version", \.version, "the version of the language")
    versionSource = try shape.optional("versionSource", \.versionSource, "the file that the version was read from")
    packageManager = try shape.optional("packageManager", \.packageManager, "the package manager, such as pip")
    port = try shape.optional("port", \.port, "the TCP port that the application listens on")
    start = try shape.optional("start", \.start, "the command that starts the application")
    evidence = try shape.optional("evidence", \.evidence, else: [], "the reasons for these results")
  }

  public static func == (left: Language, right: Language) -> Bool { left.json == right.json }
}

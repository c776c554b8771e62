/// `history`: the revisions of a release, the newest first. Written by draft-history.
public struct History: Member, Equatable {
  public static let name = "history"

  public struct Revision: Equatable, Sendable {
    public var revision: Int
    /// Helm's word: `superseded`.
    public var status: String
    /// When it was begun, as in `2026-11-21T04:31:08Z`.
    public var updated: String?
    /// `web-0.1.0`
    public var chart: String?
    public var appVersion: String?
    /// With its tag; for what draft has released.
    public var image: String?
    /// The build that draft-logs knows it by.
    public var buildID: String?
    public var description: String

    public init(
      revision: Int, status: String, updated: String? = nil, chart: String? = nil, appVersion: String? = nil, image: String? = nil, buildID: String? = nil,
      description: String = ""
    ) {
      self.revision = revision
      self.status = status
      self.updated = updated
      self.chart = chart
      self.appVersion = appVersion
      self.image = image
      self.buildID = buildID
      self.description = description
    }
  }

  public var revisions: [Revision]

  public init(_ revisions: [Revision]) { self.revisions = revisions }

  public init(_ fields: Fields) throws(RecordError) {
    revisions = []
    for field in try fields.objects("revisions") {
      revisions.append(Revision(
        revision: try field.integer("revision"),
        status: try field.string("status"),
        updated: try field.optionalString("updated"),
        chart: try field.optionalString("chart"),
        appVersion: try field.optionalString("appVersion"),
        image: try field.optionalString("image"),
        buildID: try field.optionalString("buildID"),
        description: try field.optionalString("description") ?? ""))
    }
  }

  public var json: JSON {
    .members([
      "revisions": .array(revisions.map { revision in
        .members([
          "revision": .integer(revision.revision), "status": .string(revision.status), "updated": revision.updated.map(JSON.string),
          "chart": revision.chart.map(JSON.string), "appVersion": revision.appVersion.map(JSON.string), "image": revision.image.map(JSON.string),
          "buildID": revision.buildID.map(JSON.string), "description": .string(revision.description),
        ])
      })
    ])
  }
}

/// `history`: the revisions of a release, newest first.
public struct History: Member, Equatable {
  public static let name = "history"
  public static let about = About(by: "draft-history", for: "people", "The revisions of the release, newest first.")

  /// One revision of a release.
  public struct Revision: Equatable, Shaped {
    public var revision: Int
    /// Helm's word: `superseded`.
    public var status: String
    /// When the revision was created, as in `2026-11-21T04:31:08Z`.
    public var updated: String?
    /// `web-0.1.0`
    public var chart: String?
    public var appVersion: String?
    public var image: String?
    /// The build ID, for draft-logs.
    public var buildID: String?
    public var description: String

    public init(
      revision: Int, status: String, updated: String? = nil, chart: String? = nil, appVersion: String? = nil,
      image: String? = nil, buildID: String? = nil,
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

    public init(_ shape: inout Shape<Self>) throws(RecordError) {
      revision = try shape.required("revision", \.revision, "from 1 on")
      status = try shape.required("status", \.status, "the status, as shown by helm")
      updated = try shape.optional("updated", \.updated, "when the revision was created")
      chart = try shape.optional("chart", \.chart, "name and version of the chart")
      appVersion = try shape.optional("appVersion", \.appVersion, "the app version of the chart")
      image = try shape.optional("image", \.image, "the image with its tag, if draft made the release")
      buildID = try shape.optional("buildID", \.buildID, "the build, if draft made the release")
      description = try shape.optional("description", \.description, else: "", "the description of helm")
    }
  }

  public var revisions: [Revision]

  public init(_ revisions: [Revision]) { self.revisions = revisions }

  public init(_ shape: inout Shape<Self>) throws(RecordError) {
    revisions = try shape.list("revisions", \.revisions, "newest first")
  }
}

/// `chart`: the chart to release.
public struct Chart: Member, Equatable {
  public static let name = "chart"
  public static let about = About(
    by: "draft-pack, or the first stage that needs it", for: "draft-sync, draft-release",
    "The chart, as a tarball for helm.")

  public var payload: Payload
  public var name: String
  public var version: String
  public var appVersion: String?

  public init(payload: Payload, name: String, version: String, appVersion: String? = nil) {
    self.payload = payload
    self.name = name
    self.version = version
    self.appVersion = appVersion
  }

  public init(_ shape: inout Shape<Self>) throws(RecordError) {
    payload = try shape.fields(of: \.payload)
    name = try shape.required("name", \.name, "from Chart.yaml")
    version = try shape.required("version", \.version, "from Chart.yaml")
    appVersion = try shape.optional("appVersion", \.appVersion, "from Chart.yaml")
  }
}

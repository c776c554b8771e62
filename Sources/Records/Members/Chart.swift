/// `chart`: the chart to release, as the tarball helm takes. Written by draft-pack.
public struct Chart: Member, Equatable {
  public static let name = "chart"

  public var payload: Payload
  /// From Chart.yaml.
  public var name: String
  public var version: String
  public var appVersion: String?

  public init(payload: Payload, name: String, version: String, appVersion: String? = nil) {
    self.payload = payload
    self.name = name
    self.version = version
    self.appVersion = appVersion
  }

  public init(_ fields: Fields) throws(RecordError) {
    payload = try Payload(fields)
    name = try fields.string("name")
    version = try fields.string("version")
    appVersion = try fields.optionalString("appVersion")
  }

  public var json: JSON {
    .object(payload.fields + [("name", .string(name)), ("version", .string(version))] + (appVersion.map { [("appVersion", .string($0))] } ?? []))
  }
}

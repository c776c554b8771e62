/// `values`: what the chart is given, in the order it is given; a later setting wins. Written by draft-release.
public struct Values: Member, Equatable {
  public static let name = "values"

  public struct Setting: Equatable, Sendable {
    /// A helm path: `image.tag`.
    public var key: String
    public var value: String
    /// Where it comes from: `draft.toml:7`, or `draft` for an injected one.
    public var source: String

    public init(key: String, value: String, source: String) {
      self.key = key
      self.value = value
      self.source = source
    }
  }

  public var settings: [Setting]

  public init(_ settings: [Setting]) { self.settings = settings }

  public init(_ fields: Fields) throws(RecordError) {
    settings = []
    for field in try fields.objects("settings") {
      settings.append(Setting(key: try field.string("key"), value: try field.string("value"), source: try field.string("source")))
    }
  }

  public var json: JSON {
    .members([
      "settings": .array(settings.map { .members(["key": .string($0.key), "value": .string($0.value), "source": .string($0.source)]) })
    ])
  }
}

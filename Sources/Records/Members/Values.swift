/// `values`: the chart's values, in the order they are given.
public struct Values: Member, Equatable {
  public static let name = "values"
  public static let about = About(
    by: "draft-release, draft-remote", for: "people",
    "The values that the chart was given, in order; a later setting wins.")

  /// One setting and where it comes from.
  public struct Setting: Equatable, Shaped {
    public var key: String
    public var value: String
    public var source: String

    public init(key: String, value: String, source: String) {
      self.key = key
      self.value = value
      self.source = source
    }

    public init(_ shape: inout Shape<Self>) throws(RecordError) {
      key = try shape.required("key", \.key, "the path of the value, as in image.tag")
      value = try shape.required("value", \.value, "the value, as given to helm")
      source = try shape.required("source", \.source, "file and line, or draft for a value set by draft")
    }
  }

  public var settings: [Setting]

  public init(_ settings: [Setting]) { self.settings = settings }

  public init(_ shape: inout Shape<Self>) throws(RecordError) {
    settings = try shape.list("settings", \.settings, "in the order in which they are given")
  }
}

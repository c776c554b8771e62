/// `resources`: files of Kubernetes objects that are applied as they are.
public struct Resources: Member, Equatable {
  public static let name = "resources"
  public static let about = About(
    by: "draft-env", for: "draft-release", "Files of objects that are applied as they are, instead of a chart.")

  public var files: [Values.File]

  public init(_ files: [Values.File]) { self.files = files }

  public init(_ shape: inout Shape<Self>) throws(RecordError) {
    files = try shape.list("files", \.files, "in the order in which they are applied")
  }
}

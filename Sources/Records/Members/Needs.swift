/// `order`: what is released before this line.
public struct Needs: Member, Equatable {
  public static let name = "order"
  public static let about = About(
    by: "draft-env, draft-order", for: "draft-order, draft-release",
    "What is to be released before this line. A line waits for those before it in the stream, by name and environment.")

  public var needs: [String]
  /// nil until draft-order has looked at the stream.
  public var rank: Int?

  public init(needs: [String], rank: Int? = nil) { (self.needs, self.rank) = (needs, rank) }

  public init(_ shape: inout Shape<Self>) throws(RecordError) {
    needs = try shape.required("needs", \.needs, "the names of the releases of its environment that it needs")
    rank = try shape.optional("rank", \.rank, "0 for what needs nothing, else one more than the greatest it needs")
  }
}

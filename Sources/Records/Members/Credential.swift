/// `credential`: the public half of a login for chart repositories.
public struct Credential: Member, Equatable {
  public static let name = "credential"
  public static let about = About(
    by: "draft-credential", for: "people",
    "The public half of a login for chart repositories. The secret is never in a record.")

  public var name: String
  public var user: String
  public var store: String

  public init(name: String, user: String, store: String) {
    (self.name, self.user, self.store) = (name, user, store)
  }

  public init(_ shape: inout Shape<Self>) throws(RecordError) {
    name = try shape.required("name", \.name, "what 'draft repo add -c' takes")
    user = try shape.required("user", \.user, "the user name or the public token")
    store = try shape.required("store", \.store, "where the secret is: the credential helper, or file")
  }
}

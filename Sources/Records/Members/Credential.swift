/// `credential`: the public half of a login for chart repositories.
public struct Credential: Member, Equatable {
  public static let name = "credential"
  public static let about = About(
    by: "draft-credential", for: "people",
    "The public half of a login for chart repositories. The secret is never in a record.")

  public var credential: String
  public var user: String
  public var store: String

  public init(credential: String, user: String, store: String) {
    (self.credential, self.user, self.store) = (credential, user, store)
  }

  public init(_ shape: inout Shape<Self>) throws(RecordError) {
    credential = try shape.required("name", \.credential, "what 'draft repo add -c' takes")
    user = try shape.required("user", \.user, "the user name or the public token")
    store = try shape.required("store", \.store, "where the secret is: the credential helper, or file")
  }
}

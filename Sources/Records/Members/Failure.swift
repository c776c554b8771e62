/// `failure`: why this application got no further. Stages pass a failed record on untouched.
public struct Failure: Member, Error, Equatable {
  public static let name = "failure"
  public static let about = About(by: "every stage", for: "every stage", "Why the application failed.")

  /// The stage that failed: `draft-push`.
  public var by: String
  /// An exit code of draft(7), as if the stage had run for this application alone.
  public var code: ExitCode
  /// What failed first, lower case, the subject in single quotes, no full stop.
  public var message: String
  public var hint: String?

  public init(by: String, code: ExitCode, message: String, hint: String? = nil) {
    self.by = by
    self.code = code
    self.message = message
    self.hint = hint
  }

  public init(_ shape: inout Shape<Self>) throws(RecordError) {
    by = try shape.required("by", \.by, "the stage that failed")
    code = try shape.required("code", \.code, unknown: .failed, "an exit code of draft(7)")
    message = try shape.required("message", \.message, "the error message")
    hint = try shape.optional("hint", \.hint, "what to try")
  }
}

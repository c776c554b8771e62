/// `failure`: why this line's application got no further. A stage passes a failed line on untouched.
public struct Failure: Member, Error, Equatable {
  public static let name = "failure"

  /// The stage that failed: `draft-push`.
  public var by: String
  /// An exit code of draft(7), as if the stage had been run for this application alone.
  public var code: ExitCode
  /// What failed first, lower case, the subject in single quotes, no full stop.
  public var message: String
  /// What to try.
  public var hint: String?

  public init(by: String, code: ExitCode, message: String, hint: String? = nil) {
    self.by = by
    self.code = code
    self.message = message
    self.hint = hint
  }

  public init(_ fields: Fields) throws(RecordError) {
    by = try fields.string("by")
    code = ExitCode(rawValue: Int32(clamping: try fields.integer("code"))) ?? .failed
    message = try fields.string("message")
    hint = try fields.optionalString("hint")
  }

  public var json: JSON {
    .members(["by": .string(by), "code": .integer(Int(code.rawValue)), "message": .string(message), "hint": hint.map(JSON.string)])
  }
}

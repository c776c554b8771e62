/// `doctor`: what draft-doctor checked, and what it found.
public struct Doctor: Member, Equatable {
  public static let name = "doctor"
  public static let about = About(
    by: "draft-doctor", for: "people", "The results of the checks of draft-doctor.")

  /// One check.
  public struct Check: Equatable, Shaped {
    /// The result of a check; a warning does not fail the command.
    public enum State: String, CaseIterable, Sendable { case ok, warning, failure }

    /// One word: `helm`.
    public var name: String
    public var state: State
    public var message: String
    public var hint: String?

    public init(_ name: String, _ state: State, _ message: String, hint: String? = nil) {
      self.name = name
      self.state = state
      self.message = message
      self.hint = hint
    }

    public init(_ shape: inout Shape<Self>) throws(RecordError) {
      name = try shape.required("name", \.name, "the name of the check, such as helm")
      state = try shape.required("state", \.state, unknown: .failure, "the result")
      message = try shape.required("message", \.message, "what was found")
      hint = try shape.optional("hint", \.hint, "what to do")
    }
  }

  public var checks: [Check]

  public init(checks: [Check]) { self.checks = checks }

  public init(_ shape: inout Shape<Self>) throws(RecordError) {
    checks = try shape.list("checks", \.checks, "one for each check")
  }
}

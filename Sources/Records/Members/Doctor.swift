/// `doctor`: what draft-doctor has looked at, and what it found. Written by draft-doctor.
public struct Doctor: Member, Equatable {
  public static let name = "doctor"

  /// One thing looked at.
  public struct Check: Equatable, Sendable {
    public enum State: String, Sendable { case ok, warning, failure }

    /// One word: `helm`.
    public var name: String
    public var state: State
    /// What was found.
    public var message: String
    /// What to do.
    public var hint: String?

    public init(_ name: String, _ state: State, _ message: String, hint: String? = nil) {
      self.name = name
      self.state = state
      self.message = message
      self.hint = hint
    }
  }

  public var checks: [Check]

  public init(checks: [Check]) { self.checks = checks }

  public init(_ fields: Fields) throws(RecordError) {
    checks = []
    for field in try fields.objects("checks") {
      let name = try field.string("name")
      let state = Check.State(rawValue: try field.string("state")) ?? .failure
      let message = try field.string("message")
      let hint = try field.optionalString("hint")
      checks.append(Check(name, state, message, hint: hint))
    }
  }

  public var json: JSON {
    .members([
      "checks": .array(
        checks.map {
          .members(["name": .string($0.name), "state": .string($0.state.rawValue), "message": .string($0.message), "hint": $0.hint.map(JSON.string)])
        })
    ])
  }
}

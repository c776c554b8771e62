/// What a release is asked for besides what the settings say.
public struct ReleaseOptions: Sendable {
  /// Seconds to wait for the application to be ready.
  public var timeout: Int
  /// Replace a release that is not draft's, or of another chart.
  public var takesOver: Bool

  /// A chart without an application: `--set` adds to its declared values.
  public var isOfChart = false
  /// The release must not be there: its name is new.
  public var isNew: Bool { isOfChart && !takesOver }

  /// - Parameter timeout: as `--timeout` has it; nil for five minutes.
  /// - Throws: ``ReleaseError/badTimeout(_:)``.
  public init(timeout: String? = nil, takesOver: Bool = false) throws(ReleaseError) {
    self.timeout = 300
    self.takesOver = takesOver
    guard let timeout else { return }
    guard let seconds = Int(timeout), (1...86_400).contains(seconds) else { throw .badTimeout(timeout) }
    self.timeout = seconds
  }
}

/// What draft-remote asks of a server besides what the settings say.
public struct RemoteOptions: Sendable {
  /// Where the server is; nil leaves it to the settings.
  public var place: String?
  /// A file with the token whose rights the release is to have.
  public var tokenFile: String?
  /// Several lines are worked on at once: each line of log says whose it is.
  public var isParallel: Bool
  var orders: StageOrders

  var releases: Bool { orders.stages.contains("release") }

  /// - Parameters:
  ///   - without: the stages that are not wanted.
  ///   - options: those of ``stageOptions`` that were given.
  public init(
    place: String?, tokenFile: String?, isParallel: Bool, without: [String],
    options: [(name: String, values: [String])], quiet: Bool
  ) {
    self.place = place
    self.tokenFile = tokenFile
    self.isParallel = isParallel
    orders = StageOrders(without: without, options: options, quiet: quiet)
  }
}

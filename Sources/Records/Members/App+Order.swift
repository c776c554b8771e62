extension App {
  /// What a name in `order` of this line stands for: a release in the same environment of the same cluster.
  public func orderKey(_ name: String) -> String { "\(context ?? "")\0\(environment)\0\(name)" }
}

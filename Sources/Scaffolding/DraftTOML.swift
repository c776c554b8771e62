import Records

/// The draft.toml that a scaffold starts with: common settings at their defaults.
/// - Parameters:
///   - namespace: nil if none was set explicitly: every user then gets their kube context's.
///   - dockerfile: relative to the application's directory.
///   - chart: relative to the application's directory; nil for the one in `charts/`.
func draftTOML(_ app: App, namespace: String?, dockerfile: String, chart: String?) -> [UInt8] {
  var text = """
    # draft's settings for this application, by environment; draft-toml(5) lists the keys.
    # The default namespace is the kube context's.
    [environments]
      [environments.\(quoted(app.environment))]
        name = \(string(app.name))

    """
  if let namespace { text += "    namespace = \(string(namespace))\n" }
  if let context = app.context { text += "    kube-context = \(string(context))\n" }
  text += """
        wait = true
        watch = false
        watch-delay = 2
        auto-connect = false
        dockerfile = \(string(dockerfile))
        chart = \(string(chart ?? ""))

    """
  return Array(text.utf8)
}

/// A basic TOML string, which has the same escapes as JSON.
private func string(_ text: String) -> String { JSON.string(text).text }

private func quoted(_ key: String) -> String {
  key.utf8.allSatisfy {
    (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0) || $0 == 0x2D || $0 == 0x5F
  } ? key : string(key)
}

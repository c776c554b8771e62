import Records

/// The draft.toml a scaffold begins with: what may be wished otherwise, at its default.
/// - Parameters:
///   - namespace: nil where nobody said one: it is then the kube context's, for whoever uses this.
///   - dockerfile: relative to the application's directory.
///   - chart: the same; nil for the one in `charts/`.
func draftTOML(_ app: App, namespace: String?, dockerfile: String, chart: String?) -> [UInt8] {
  var text = """
    # How draft takes this application to its environments; every key is in draft-toml(5). Without a namespace it is the kube context's.
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

/// A basic string of TOML, whose escapes are those of JSON.
private func string(_ text: String) -> String { JSON.string(text).text }

private func quoted(_ key: String) -> String {
  key.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0) || $0 == 0x2D || $0 == 0x5F } ? key : string(key)
}

import Records

/// The draft.toml a scaffold begins with: what may be wished otherwise, at its default.
/// - Parameters:
///   - dockerfile: relative to the application's directory.
///   - chart: the same; nil for the one in `charts/`.
func draftTOML(_ app: App, dockerfile: String, chart: String?) -> [UInt8] {
  var text = """
    # How draft takes this application to its environments; every key is in draft-toml(5).
    [environments]
      [environments.\(quoted(app.environment))]
        name = \(string(app.name))
        namespace = \(string(app.namespace))

    """
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

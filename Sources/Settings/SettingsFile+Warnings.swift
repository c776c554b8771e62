import Command

extension SettingsFile {
  /// Warns of unknown keys: once per file, however many applications and stages of this process read it.
  func warnOfUnknownKeys(_ call: Call) {
    guard Told.first(display) else { return }
    if label == Home.configName {
      for member in root.members ?? [] { warn(member, among: Key.all.filter(\.inConfig), call) }
      return
    }
    for member in root.members ?? [] where member.key != "environments" {
      if Key.named(member.key) != nil {
        call.warnOfSettings("\(place(member.place)): '\(member.key)' belongs under '[environments.\(Settings.defaultEnvironment)]'")
      } else {
        call.warnOfSettings("\(place(member.place)): unknown key '\(member.key)'" + suggestion(member.key, ["environments"]))
      }
    }
    for environment in root["environments"]?.members ?? [] {
      for member in environment.value.members ?? [] { warn(member, among: Key.all.filter(\.inDraft), call) }
    }
  }

  private func warn(_ member: TOML.Member, among keys: [Key], _ call: Call) {
    if keys.contains(where: { $0.spellings.contains(member.key) }) { return }
    if let key = Key.named(member.key) {
      let file = key.inDraft ? "draft.toml" : Home.configName
      call.warnOfSettings("\(place(member.place)): '\(member.key)' is a key of \(file) and has no effect here")
    } else {
      call.warnOfSettings("\(place(member.place)): unknown key '\(member.key)'" + suggestion(member.key, keys.flatMap(\.spellings)))
    }
  }

  private func suggestion(_ word: String, _ candidates: [String]) -> String {
    nearest(to: word, among: candidates).map { "; did you mean '\($0)'?" } ?? ""
  }
}

/// The files that this process has warned about.
private enum Told {
  nonisolated(unsafe) private static var files: Set<String> = []
  private static let lock = Lock()

  static func first(_ file: String) -> Bool { lock.locked { files.insert(file).inserted } }
}

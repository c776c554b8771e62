import Command

extension SettingsFile {
  /// Warns of unknown keys: once per file, however many applications of this run read it.
  func warnOfUnknownKeys(_ call: Call) {
    guard call.memory.value(SettingsMemory.init).isFirst(display) else { return }
    if label == Home.configName {
      for member in root.members ?? [] { warn(member, among: Key.all.filter(\.inConfig), call) }
      return
    }
    for member in root.members ?? [] where member.key != "environments" {
      if member.key == "publish" {
        for place in member.value.members ?? [] where Publishing.keys.contains(place.key) == false {
          call.warnOfSettings(
            "\(self.place(place.place)): unknown key '\(place.key)'" + suggestion(place.key, Publishing.keys))
        }
        continue
      }
      if Key.named(member.key) != nil {
        call.warnOfSettings(
          "\(place(member.place)): '\(member.key)' belongs under '[environments.\(Settings.defaultEnvironment)]'")
      } else {
        call.warnOfSettings(
          "\(place(member.place)): unknown key '\(member.key)'" + suggestion(member.key, ["environments", "publish"]))
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
      call.warnOfSettings(
        "\(place(member.place)): unknown key '\(member.key)'" + suggestion(member.key, keys.flatMap(\.spellings)))
    }
  }

  private func suggestion(_ word: String, _ candidates: [String]) -> String {
    nearest(to: word, among: candidates).map { "; did you mean '\($0)'?" } ?? ""
  }
}

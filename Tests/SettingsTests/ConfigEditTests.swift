import Testing

@testable import Settings

private func set(_ key: String, _ value: String, in text: String) throws -> String {
  let bytes = Array(text.utf8)
  return String(
    decoding: try ConfigEdit(bytes, TOML(parsing: bytes)).setting(
      key, spellings: Key.named(key)?.spellings ?? [key], to: value), as: UTF8.self)
}

private func unset(_ key: String, in text: String) throws -> String {
  let bytes = Array(text.utf8)
  return String(
    decoding: try ConfigEdit(bytes, TOML(parsing: bytes)).removing(Key.named(key)?.spellings ?? [key]), as: UTF8.self)
}

@Test(arguments: [
  ("", "k = \"v\"\n"),
  ("# c", "# c\nk = \"v\"\n"),
  ("a = 1 # é\r\n", "a = 1 # é\r\nk = \"v\"\r\n"),
  ("a = 1", "a = 1\nk = \"v\"\n"),
  ("k=1#x", "k=\"v\"#x"),
  ("  k   =   'old'   # keep\nb = 2\n", "  k   =   \"v\"   # keep\nb = 2\n"),
  ("k = \"\"\"\na\nb\"\"\" # x\n", "k = \"v\" # x\n"),
  ("k = [\n 1, # one\n 2,\n]\nz = 1\n", "k = \"v\"\nz = 1\n"),
  ("a = 'ü' \nk = true", "a = 'ü' \nk = \"v\""),
  ("\"é\" = 'ü' # ö\nk = 1.5e3 \n", "\"é\" = 'ü' # ö\nk = \"v\" \n"),
  ("k = 2020-01-01\n", "k = \"v\"\n"),
  ("k = { a = 1 }\n", "k = \"v\"\n"),
  ("'k' = 1\n", "'k' = \"v\"\n"),
  ("\u{FEFF}k = 1\n", "\u{FEFF}k = \"v\"\n"),
  ("\u{FEFF}a = 1\n", "\u{FEFF}a = 1\nk = \"v\"\n"),
  ("\u{FEFF}", "\u{FEFF}k = \"v\"\n"),
  ("a = 1\n\n# about t\n[t]\nk = 2\n", "a = 1\n\nk = \"v\"\n# about t\n[t]\nk = 2\n"),
  ("[t]\nx = 1", "k = \"v\"\n[t]\nx = 1"),
  ("m = '''\n# no comment'''\n[[t]]\nx = 1\n", "m = '''\n# no comment'''\nk = \"v\"\n[[t]]\nx = 1\n")
])
func settingTouchesNothingElse(_ before: String, _ after: String) throws {
  #expect(try set("k", "v", in: before) == after)
}

@Test(arguments: [
  "", "plain", "a\"b\\c", "two\nlines\ttab\r", "é\u{1F600}", "\u{1}\u{1F}\u{7F}", "' '", "\\u0041", "# not a comment",
  "\"\"\""
])
func anyTextComesBack(_ text: String) throws {
  let new = try set("k", text, in: "a = 1\n")
  #expect(try TOML(parsing: Array(new.utf8))["k"]?.string == text)
  #expect(new.split(separator: "\n", omittingEmptySubsequences: false).count == 3)
}

@Test(arguments: [
  ("k = 1\n", ""), ("a = 1\n  k = 2 # gone\nb = 3\n", "a = 1\nb = 3\n"), ("a = 1\nk = 2", "a = 1\n"),
  ("# c\nk = [\n1,\n]\n# d\n", "# c\n# d\n"),
  ("a = 1\n", "a = 1\n"), ("\u{FEFF}k = 1\nb = 2\n", "\u{FEFF}b = 2\n"), ("k = '''\n\n'''\r\nb = 2\r\n", "b = 2\r\n")
])
func unsettingTakesTheLine(_ before: String, _ after: String) throws { #expect(try unset("k", in: before) == after) }

@Test func spellingsOfAKey() throws {
  #expect(try set("builder", "docker", in: "container-builder = 'podman'\n") == "container-builder = \"docker\"\n")
  #expect(try unset("kube-context", in: "kube_context = 'x'\n") == "")
}

@Test func uneditableFilesAreLeftAlone() {
  // A table spread over the file cannot be edited as one line.
  #expect(throws: SettingsError.notEditable) { try unset("t", in: "[t]\na = 1\n[u]\n[t.v]\nb = 2\n") }
  #expect(throws: SettingsError.notEditable) { try set("t", "v", in: "[t]\na = 1\n") }
  #expect(throws: SettingsError.notEditable) { try unset("k", in: "k.a = 1\nk.b = 2\n") }
}

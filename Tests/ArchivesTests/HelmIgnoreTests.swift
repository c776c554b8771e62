import Testing

@testable import Archives

struct HelmIgnoreTests {
  @Test(arguments: [
    ("*.txt", "a.txt", false, true), ("*.txt", "d/a.txt", false, true), ("/*.txt", "d/a.txt", false, false),
    ("/*.txt", "a.txt", false, true),
    ("d/*.txt", "d/a.txt", false, true), ("d/*.txt", "e/d/a.txt", false, false), ("d/", "d", true, true),
    ("d/", "d", false, false),
    ("d/", "x/d", true, true), ("!a.txt\n*.txt", "a.txt", false, false), ("*.txt\n!a.txt", "a.txt", false, false),
    ("*.txt\n!a.txt", "b.txt", false, true),
    ("!a.txt", "b.txt", false, false), ("# a", "# a", false, false), ("  a  ", "a", false, true),
    ("\u{FEFF}a", "a", false, true),
    ("[a-c]x", "bx", false, true), (".?*", ".git", true, true), ("/*\n!Chart.yaml", "Chart.yaml", false, false),
    ("", "a", false, false)
  ])
  func oneVerdict(_ text: String, _ path: String, _ isDirectory: Bool, _ want: Bool) throws {
    #expect(
      try HelmIgnore(Array(text.utf8), path: ".helmignore").ignores(Array(path.utf8), isDirectory: isDirectory) == want)
  }

  @Test(arguments: ["a/**", "[", "a["]) func refused(_ text: String) {
    #expect(throws: ArchiveError.self) { try HelmIgnore(Array(text.utf8), path: ".helmignore") }
  }

  @Test func hiddenTemplates() throws {
    var ignore = try HelmIgnore([], path: ".helmignore")
    try ignore.addChartDefaults()
    #expect(ignore.ignores(Array("templates/.x".utf8), isDirectory: false))
    #expect(!ignore.ignores(Array("templates/x".utf8), isDirectory: false))
    #expect(!ignore.ignores(Array(".x".utf8), isDirectory: false))
  }
}

import Command
import Glibc
import Records
import Testing

@testable import Archives

/// A character for each path: `1` ignored, `0` sent, `E` the ignore file is invalid, `e` matching this path fails.
private func verdicts(_ text: String, _ paths: [String]) -> String {
  guard let ignore = try? DockerIgnore(Array(text.utf8), path: ".dockerignore") else { return "E" }
  return paths.map { path in
    var matches = DockerIgnore.Matches()
    var ignored = false
    var at: [UInt8] = []
    for part in path.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false) {
      at += (at.isEmpty ? [] : [UInt8(ascii: "/")]) + part
      guard let result = try? ignore.ignores(at, in: matches) else { return "e" }
      (ignored, matches) = result
    }
    return ignored ? "1" : "0"
  }.joined()
}

struct DockerIgnoreTests {
  @Test(arguments: [
    ("docs", "docs/README.md", "1"), ("docs\n!docs/README.md", "docs/README.md", "0"),
    ("!docs/README.md\ndocs", "docs/README.md", "1"),
    ("*.go", "a.go", "1"), ("*.go", "dir/a.go", "0"), ("**/*.go", "dir/sub/a.go", "1"), ("**/*.go", "a.go", "1"),
    ("*/temp*", "x/temporary.txt", "1"),
    ("*/*/temp*", "x/temporary.txt", "0"), ("temp?", "tempa", "1"), ("temp?", "temp", "0"), ("/foo", "foo", "1"),
    ("foo/", "foo/x", "1"),
    ("  foo  ", "foo", "1"), ("# foo", "# foo", "0"), (" # foo", "# foo", "1"), ("! foo\nfoo", "foo", "1"),
    ("foo\n! foo", "foo", "0"),
    ("\u{FEFF}foo", "foo", "1"), ("foo\r\nbar\r\n", "bar", "1"), ("a/../b", "b", "1"), ("**", "x/y", "1"),
    ("*\n!**/*.txt", "d/a.txt", "0"),
    ("*\n!d", "d/e/f", "0"), ("*\n!d\nd/e", "d/e/f", "1"), ("abc/**", "abc", "0"), ("abc/**", "abc/x", "1"),
    ("**/.foo", "bar.foo", "0"),
    ("a.|)$(}+{bc", "a.|)$(}+{bc", "1"), ("a\\*b", "a*b", "1"), ("a\\*b", "axb", "0"), ("x|y", "xyz", "0"),
    ("x*|y", "ay", "1"), ("x*|y", "yb", "0"), ("fo{2}?", "foox", "1"), ("*.{js,ts}", "a.js", "0"), ("[", "x", "E"),
    ("!", "x", "E"), ("a[b-d]e", "ace", "1"),
    ("a[^b-d]e", "ace", "0"), ("*.md\n!README*.md\nREADME-secret.md", "README-secret.md", "1"), ("a?b", "a☺b", "1"),
    ("ümlaut", "ümlaut", "1"),
    ("**/node_modules", "a/b/node_modules/c", "1"), ("node_modules", "a/node_modules", "0"), ("", "x", "0"),
    ("\n\n#c\n", "x", "0")
  ])
  func oneVerdict(_ text: String, _ path: String, _ want: String) { #expect(verdicts(text, [path]) == want) }

  /// `Tests/fixtures/ignore-cases.jsonl` holds random ignore files and paths with the results of
  /// https://github.com/moby/patternmatcher, and patterns with those of Go's `filepath.Match`, recorded from both.
  @Test func sameAsDocker() throws {
    let path =
      environmentVariable("DRAFT_IGNORE_CASES") ?? #filePath.split(separator: "/").dropLast(2).reduce("") {
        "\($0)/\($1)"
      } + "/fixtures/ignore-cases.jsonl"
    var count = 0
    for line in try Files.readText(path).split(separator: "\n") {
      let json = try JSON(parsing: String(line))
      let paths = try #require(json["paths"]?.array).compactMap(\.string)
      let text = try #require(json["ignore"]?.string), glob = try #require(json["glob"]?.string)
      #expect(verdicts(text, paths) == json["docker"]?.string, "\(text.debugDescription) on \(paths)")
      let pattern = PathPattern(glob.utf8)
      let matches = paths.map { path in (try? pattern.matches(path.utf8)).map { $0 ? "1" : "0" } ?? "e" }.joined()
      #expect(matches == json["matches"]?.string, "\(glob.debugDescription) on \(paths)")
      count += 1
    }
    #expect(count > 100)
  }

  @Test func exceptionsAreLookedFor() throws {
    let ignore = try DockerIgnore(Array("*\n!src/web/**\n!top".utf8), path: "x")
    #expect(ignore.mayHoldExceptions(under: Array("src".utf8)))
    #expect(ignore.mayHoldExceptions(under: Array("src/web/deep".utf8)))
    #expect(!ignore.mayHoldExceptions(under: Array("node_modules".utf8)))
    #expect(!ignore.mayHoldExceptions(under: Array("src/we".utf8)))
    #expect(try DockerIgnore(Array("*\n!**/x".utf8), path: "x").mayHoldExceptions(under: Array("any".utf8)))
  }

  /// A pattern that makes backtracking matchers take exponential time.
  @Test func hostilePatternIsCheap() throws {
    let text = String(repeating: "**/a*", count: 30) + "b"
    #expect(verdicts(text, [String(repeating: "a/", count: 200) + "a"]) == "0")
  }

  @Test func errorsNameTheLine() throws {
    #expect(
      throws: ArchiveError.badPattern(file: ".dockerignore", line: 3, pattern: "a[", reason: "it is not a pattern")
    ) {
      try DockerIgnore(Array("ok\n# no\na[\n".utf8), path: ".dockerignore")
    }
  }
}

import Testing

@testable import Settings

private func split(_ line: String) throws -> [String] {
  let variables = ["HOME": "/home/me", "EMPTY": "", "TWO": "a b", "Q": "'"]
  return try TaskWords.split(line) { variables[$0] }
}

@Test(arguments: [
  ("rake db:migrate", ["rake", "db:migrate"]),
  ("  a\t b\n c ", ["a", "b", "c"]),
  ("sh -c 'echo \"$HOME\" | wc; exit'", ["sh", "-c", "echo \"$HOME\" | wc; exit"]),
  (#"a "b c" 'd  e' f\ g"#, ["a", "b c", "d  e", "f g"]),
  (#"a"b"'c'd"#, ["abcd"]),
  (#"a "" '' b"#, ["a", "", "", "b"]),
  (#""\$HOME \" \\ \x \`""#, [#"$HOME " \ \x `"#]),
  (#"\$HOME $$HOME \'"#, ["$HOME", "$HOME", "'"]),
  ("$HOME/x ${HOME}x \"${HOME}\" '$HOME'", ["/home/me/x", "/home/mex", "/home/me", "$HOME"]),
  ("a $EMPTY $TWO $Q b", ["a", "", "a b", "'", "b"]),
  ("costs $5 a$ $. $", ["costs", "$5", "a$", "$.", "$"]),
  ("curl http://x/?a=1&b=2 '|' \\; a;b", ["curl", "http://x/?a=1&b=2", "|", ";", "a;b"]),
  ("a\\\nb # c", ["ab", "#", "c"]),
  ("é 'ü ß' *", ["é", "ü ß", "*"])
])
func words(_ line: String, _ wanted: [String]) throws { #expect(try split(line) == wanted) }

@Test(arguments: [
  ("a 'b", TaskWords.Mistake.openQuote("'")), ("a \"b\\\"", .openQuote("\"")), ("a \\", .openQuote("\\")),
  ("$NOPE", .unset("NOPE")),
  ("\"${NOPE}\"", .unset("NOPE")), ("${a-b}", .badVariable("${a-b}")), ("${HOME", .badVariable("${HOME")),
  ("a && b", .shell("&&")),
  ("a | b", .shell("|")), ("a >  b", .shell(">")), ("a $(b)", .shell("$(")), ("a `b`", .shell("`"))
])
func wrongWords(_ line: String, _ wanted: TaskWords.Mistake) { #expect(throws: wanted) { try split(line) } }

@Test func tasksAreInTheOrderOfTheFile() throws {
  let box = try Sandbox()
  #expect(try TaskFile(directory: box.path) == nil)
  try box.write(
    "[post_deploy]\nz = 'a'\n\"sync database\" = 'b $HOME'\n[pre-up]\n[cleanup]\na = 'c'\n", to: TaskFile.name)
  let file = try #require(try TaskFile(directory: box.path))
  #expect(file.tasks(.postDeploy).map(\.name) == ["z", "sync database"])
  #expect(file.tasks(.preUp).isEmpty && file.tasks(.postUp).isEmpty)
  #expect(file.tasks(.cleanup).map(\.command) == ["c"])
  #expect(try file.tasks(.postDeploy)[1].words { "<\($0)>" } == ["b", "<HOME>"])
}

@Test(arguments: [
  ("[pre-up\n", "cannot read '*': line 1, column *"),
  ("[pre-up]\na = 1\n", "cannot use 'a' (*:2): it takes a string, not a number"),
  ("pre-up = 'x'\n", "cannot use 'pre-up' (*:1): it takes a table, not a string"),
  ("[cleanup]\na = '  '\n", "task 'a' (*:2) names no program"),
  ("[cleanup]\na = \"'' b\"\n", "task 'a' (*:2) names no program"),
  ("[cleanup]\na = \"b 'c\"\n", "task 'a' (*:2) has a ' that is not closed"),
  ("[post-up]\na = 'b && c'\n", "task 'a' (*:2) has '&&', but tasks are not run by a shell")
])
func brokenTasks(_ text: String, _ pattern: String) throws {
  let box = try Sandbox()
  try box.write(text, to: TaskFile.name)
  #expect {
    try TaskFile(directory: box.path)
  } throws: { error in
    guard let error = error as? TaskError else { return false }
    let parts = pattern.split(separator: "*", omittingEmptySubsequences: false).map(String.init)
    return error.exitCode == .configuration && error.message.hasPrefix(parts[0])
      && error.message.hasSuffix(parts[parts.count - 1])
  }
}

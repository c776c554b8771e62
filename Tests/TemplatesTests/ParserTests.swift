import Testing

@testable import Templates

// The grammar: https://pkg.go.dev/text/template. Refusals are those of helm 3.17; Tests/cli/3005-templates.t compares
// more of them with helm itself.

@Test(arguments: [
  ("", "[]"), ("a {{ b", "t:1: unclosed action"), ("x{{.}}y", "['x' . 'y']"),
  ("{{ .a.b }}{{$}}{{$.a}}", "[.a.b $ $.a]"),
  ("{{ f .a 1 \"x\" | g }}", "[f .a 1 \"x\"|g]"), ("{{ (f 1).a.b }} {{ f.x }}", "[<(f 1)>.a.b ' ' <f>.x]"),
  ("{{ not (eq .a (len .b)) }}", "[not (eq .a (len .b))]"),
  ("{{ print nil true false '\\n' 'a' }}", "[print nil true false 10 97]"),
  ("{{ $x := 1 }}{{ $x = 2 }}{{ $x }}", "[$x:=1 $x=2 $x]"), ("{{f\n  .a\n| g}}", "[f .a|g]")
])
func actionsParse(_ text: String, _ tree: String) throws {
  if tree.hasPrefix("[") { #expect(try shown(text) == tree) } else { #expect(refusal(text) == "template: " + tree) }
}

@Test(arguments: [
  ("a \n{{- .x -}}\n b", "['a' .x 'b']"), ("a {{-3}}", "['a ' -3]"), ("a {{- -3 -}} b", "['a' -3 'b']"),
  ("a {{ 3 -}}  {{- 4 }}", "['a ' 3 4]"),
  ("a {{/* c */}} b", "['a ' ' b']"), ("a {{- /* c\n */ -}} b", "['a' 'b']"), ("{{/* }} */}}", "[]"),
  ("{{ f -}}\t\r\n", "[f]")
])
func markersTrim(_ text: String, _ tree: String) throws { #expect(try shown(text) == tree) }

@Test(arguments: [
  ("{{if .a}}x{{end}}", "[if .a ['x']]"), ("{{if .a}}x{{else}}y{{end}}", "[if .a ['x'] else ['y']]"),
  ("{{if .a}}x{{else if .b}}y{{else}}z{{end}}w", "[if .a ['x'] else [if .b ['y'] else ['z']] 'w']"),
  ("{{with .a}}{{.}}{{else with .b}}{{.}}{{end}}", "[with .a [.] else [with .b [.]]]"),
  ("{{with $x := .a}}{{$x}}{{end}}", "[with $x:=.a [$x]]"),
  ("{{range .a}}{{break}}{{else}}e{{end}}", "[range .a [break] else ['e']]"),
  ("{{range $v := .a}}{{$v}}{{end}}", "[range $v:=.a [$v]]"),
  ("{{range $k, $v := .a}}{{continue}}{{end}}", "[range $k,$v:=.a [continue]]"),
  ("{{range $i := 3}}{{$i}}{{end}}{{range 5}}x{{end}}", "[range $i:=3 [$i] range 5 ['x']]"),
  ("{{define \"a\"}}x{{end}}{{template \"a\" .b}}{{template `a`}}", "[template a .b template a] a=['x']"),
  ("{{block \"a\" .}}x{{.}}{{end}}", "[template a .] a=['x' .]"),
  ("{{define \"a\"}} {{end}}{{define \"a\"}}x{{end}}", "[] a=['x']"),
  ("{{$x := 1}}{{if $x}}{{$x = 2}}{{end}}", "[$x:=1 if $x [$x=2]]")
])
func structuresParse(_ text: String, _ tree: String) throws { #expect(try shown(text) == tree) }

@Test(arguments: [
  ("0", "0"), ("017", "15"), ("0o17", "15"), ("0b101", "5"), ("0x_1F", "31"), ("1_000", "1000"), ("-0x10", "-16"),
  ("+5", "5"), ("1e3", "1000"),
  (".5", "0.5"), ("1.", "1"), ("0x1p-2", "0.25"), ("9223372036854775807", "9223372036854775807"),
  ("18446744073709551615", "18446744073709551615"),
  ("'\\x41'", "65"), ("'\\u00e9'", "233"), ("'é'", "233"), ("'\\''", "39"), ("-0", "0")
])
func numbersAreGos(_ text: String, _ value: String) throws { #expect(try shown("{{\(text)}}") == "[\(value)]") }

@Test(arguments: [
  ("08", "integer overflow: \"08\""), ("1__0", "illegal number syntax: \"1__0\""),
  ("1e400", "illegal number syntax: \"1e400\""),
  ("99999999999999999999", "integer overflow: \"99999999999999999999\""), ("0x", "illegal number syntax: \"0x\""),
  ("1a", "bad number syntax: \"1a\""),
  ("''", "invalid syntax"), ("'ab'", "malformed character constant: 'ab'"),
  ("2i", "imaginary numbers are not supported: \"2i\""),
  ("0x1.8", "illegal number syntax: \"0x1.8\"")
])
func badNumbersAreRejected(_ text: String, _ reason: String) {
  #expect(refusal("{{\(text)}}") == "template: t:1: \(reason)")
}

@Test(arguments: [
  (#""a\tb\"c\\""#, "a\tb\"c\\"), ("`a\\n\r\"`", "a\\n\""), (#""\u00e9\U0001F600\x41\101""#, "é😀AA"), ("\"é\"", "é"),
  ("``", "")
])
func stringsAreDecoded(_ quoted: String, _ value: String) throws {
  let template = try parse("{{\(quoted)}}").template
  #expect(template.strings == [Array(value.utf8)])
}

@Test func bytesOfAStringNeedNotBeText() throws {
  #expect(try parse(#"{{"\xff\377"}}"#).template.strings == [[0xFF, 0xFF]])
}

@Test(arguments: [
  ("{{", "unclosed action"), ("{{ .a }", "unexpected \"}\" in operand"), ("{{end}}", "unexpected {{end}}"),
  ("{{else}}", "unexpected {{else}}"),
  ("{{if .a}}", "unexpected EOF"), ("{{if}}{{end}}", "missing value for if"), ("{{}}", "missing value for command"),
  ("{{/* x", "unclosed comment"),
  ("{{/* x */ }}", "comment ends before closing delimiter"), ("{{ (f }}", "unclosed left paren"),
  ("{{ f) }}", "unexpected right paren"),
  ("{{ .a | 3 }}", "non executable command in pipeline stage 2"), ("{{ | f }}", "unexpected \"|\" in command"),
  ("{{ f | | g }}", "unexpected \"|\" in command"),
  ("{{ $x }}", "undefined variable \"$x\""), ("{{ $x, $y := .a }}", "too many declarations in command"),
  ("{{ nil.a }}", "unexpected . after term \"nil\""),
  ("{{ 1.a }}", "bad number syntax: \"1.a\""), ("{{ .a@b }}", "bad character U+0040 '@'"),
  ("{{ \u{7} }}", "unrecognized character in action: U+0007"),
  ("{{ \"a }}", "unterminated quoted string"), ("{{ `a }}", "unterminated raw quoted string"),
  ("{{ 'a }}", "unterminated character constant"),
  ("{{ f : 1 }}", "expected :="), ("{{ \"\\q\" }}", "invalid syntax"),
  ("{{ range .a }}{{ else if .b }}{{ end }}", "unexpected <if> in input"),
  ("{{ if .a }}{{ else with .b }}{{ end }}", "unexpected <with> in input"),
  ("{{ if .a }}{{ else }}{{ else }}{{ end }}", "expected end; found {{else}}"),
  ("{{ break }}", "{{break}} outside {{range}}"),
  ("{{ range .a }}{{ break 1 }}{{ end }}", "unexpected \"1\" in {{break}}"),
  ("{{ range .a }}{{ block \"b\" . }}{{ continue }}{{ end }}{{ end }}", "{{continue}} outside {{range}}"),
  ("{{ if .a }}{{ define \"b\" }}{{ end }}{{ end }}", "unexpected <define> in command"),
  ("{{ define \"b\" }}{{ else }}{{ end }}", "unexpected {{else}} in define clause"),
  ("{{ define b }}{{ end }}", "unexpected \"b\" in define clause"),
  ("{{ template }}", "unexpected \"}}\" in template clause"),
  ("{{ define \"a\" }}x{{ end }}{{ define \"a\" }}y{{ end }}", "template: multiple definition of template \"a\""),
  ("{{ aVeryLongWord = 1 }}", "unexpected \"=\" in operand"),
  ("{{ template aVeryLongWord }}", "unexpected \"aVeryLongW\"... in template clause"),
  ("{{ block \"a\" }}{{ end }}", "missing value for block clause"),
  ("{{ range $a, 1 := .b }}{{ end }}", "range can only initialize variables")
])
func refusalsAreGos(_ text: String, _ reason: String) { #expect(refusal(text) == "template: t:1: \(reason)") }

@Test func unknownFunctionsAreRejected() {
  #expect(
    refusal("{{ toYaml .a | nope }}", functions: Template.helmFunctions)
      == "template: t:1: function \"nope\" not defined")
  #expect(
    refusal("{{ env \"HOME\" }}", functions: Template.helmFunctions) == "template: t:1: function \"env\" not defined")
  #expect(refusal("{{ nope }}") == nil)
}

/// Go does not count the line ends inside comments.
@Test func linesAreRightAndGosAreKnown() throws {
  let text = "{{/* one\n two\n three */}}\n{{ if }}"
  #expect(refusal(text) == "template: t:2: missing value for if")
  #expect(throws: TemplateError.self) { _ = try parse(text) }
  do { _ = try parse(text) } catch {
    #expect(error.line.number == 4 && error.offset == text.utf8.count - 2)
  }
  #expect(refusal("{{ f\n  .a\n  @\n}}")?.hasSuffix(" in operand") == true)
  #expect(refusal("a\n{{ f\n  \"x\n}}") == "template: t:3: unterminated quoted string in action started at t:2")
  #expect(refusal("a\n{{ f\n\n") == "template: t:4: unclosed action started at t:2")
}

@Test func placesAreBytes() throws {
  let (template, _) = try parse("é{{ if .a }}\n  é {{ (f .b).c.d | g .x.y }}{{ end }}")
  let branch = try #require(
    template[template.root].last.flatMap { if case .if(let branch) = $0.kind { branch } else { nil } })
  #expect(template.text(of: branch.pipeline) == ".a" && template.place(of: template[branch.pipeline].offset) == (1, 9))
  let inner = try #require(
    template[branch.then].last.flatMap { if case .action(let pipeline) = $0.kind { pipeline } else { nil } })
  let commands = Array(template.commands(of: inner))
  #expect(template.text(of: inner) == "(f .b).c.d | g .x.y" && template.place(of: commands[1].offset) == (2, 22))
  let operands = commands.flatMap { Array(template.operands(of: $0)) }
  #expect(operands.map { template.text(of: $0) } == ["(f .b).c.d", "g", ".x.y"])
  // Go points at what is behind the first field.
  #expect(operands.map { template.place(of: $0.offset).column } == [15, 22, 26])
}

@Test func nestingHasABound() {
  let deep = { (count: Int) in String(repeating: "{{if .a}}", count: count) + String(repeating: "{{end}}", count: count)
  }
  #expect(refusal(deep(60)) == nil)
  #expect(refusal(deep(100_000))?.hasSuffix("nested deeper than 200 levels") == true)
  #expect(refusal("{{" + String(repeating: "(", count: 100_000))?.hasSuffix("nested deeper than 200 levels") == true)
  #expect(refusal("{{if 1}}" + String(repeating: "{{else if 1}}", count: 60) + "{{end}}") == nil)
  #expect(
    refusal("{{if 1}}" + String(repeating: "{{else if 1}}", count: 100_000) + "{{end}}")?.hasSuffix(
      "nested deeper than 200 levels") == true)
}

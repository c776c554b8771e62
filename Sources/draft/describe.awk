# Prints the description of a command in three forms:
#
#   mode=help    the text of --help of a script, from its declaration
#   mode=json    the same as JSON, as printed by --describe
#   mode=lines   the output of a --describe for shell completion; see draft-commands(1)
#
# A script declares its help as it should look, with these additions:
#
#   - a line `  as draft-release: environment engine` takes options from another command
#   - a placeholder that ends in `...` marks an option that may be given several times
#   - words in quotes after `reads` and `writes` are members of the record
#
# $here is the directory of the commands, $list the list of commands. With LC_ALL=C every awk counts bytes.

# A JSON parser: value["options.1.name"], raw["options.1"] as it is written, count["options"].
function skip() { while (index(" \t\r\n", substr(json, at, 1)) && at <= size) at++ }
function string(    c, text, run) {
  at++
  while (at <= size) {
    run = substr(json, at, 4096)
    if (match(run, /^[^"\\]+/)) { text = text substr(run, 1, RLENGTH); at += RLENGTH; continue }
    c = substr(json, at++, 1)
    if (c == "\"") return text
    c = substr(json, at++, 1)
    if (c == "u") { text = text "?"; at += 4 } # does not occur in our own text
    else text = text (c == "n" || c == "t" || c == "r" || c == "b" || c == "f" ? " " : c)
  }
  return text
}
function take(path,    c, name, n, begin) {
  skip()
  begin = at
  c = substr(json, at, 1)
  if (c == "{" || c == "[") {
    at++
    skip()
    if (index("]}", substr(json, at, 1))) at++
    else while (at <= size) {
      if (c == "{") { skip(); name = string(); skip(); at++ } else name = n++
      take(path == "" ? name : path "." name)
      skip()
      if (substr(json, at++, 1) != ",") break
    }
    count[path] = n + 0
  } else if (c == "\"") value[path] = string()
  else while (at <= size && !index(",]} \t\r\n", substr(json, at, 1))) at++
  raw[path] = substr(json, begin, at - begin)
}
function parse(text,    path) {
  for (path in value) delete value[path]
  for (path in count) delete count[path]
  for (path in raw) delete raw[path]
  json = text; size = length(json); at = 1
  take("")
}

function quoted(text) { gsub(/\\/, "\\\\", text); gsub(/"/, "\\\"", text); return "\"" text "\"" }
function quotedAll(words,    n, i, part, text) {
  n = split(words, part, "|")
  for (i = 1; i <= n; i++) text = text (i > 1 ? "," : "") quoted(part[i])
  return "[" text "]"
}
function kind(placeholder) { # the kind of a value; NAME alone is a command
  if (placeholder ~ /^(DIRECTORY|FILE|NUMBER|SECONDS)$/) return "\"kind\":\"" tolower(placeholder) "\""
  if (placeholder == "NAME") return "\"kind\":\"command\""
  if (index(placeholder, "|")) return "\"kind\":\"words\",\"words\":" quotedAll(placeholder)
  return "\"kind\":\"" (index(placeholder, "=") ? "setting" : "text") "\""
}
function kinds(usage,    text) { # the kinds of operands
  if (usage ~ /NAME/) text = usage ~ /DIRECTORY/ ? "{\"kind\":\"release\"}," : "{\"kind\":\"command\"},"
  if (usage ~ /DIRECTORY/) text = text "{\"kind\":\"directory\"},"
  if (text == "" && usage != "") text = "{\"kind\":\"text\"},"
  sub(/,$/, "", text)
  return "[" text "]"
}

function add(letter, name, placeholder, help) {
  n++
  column[n] = (letter == "" ? "    " : "-" letter ", ") "--" name (placeholder == "" ? "" : " " placeholder)
  says[n] = help
}
function own(line,    letter, name, placeholder, text, repeats) {
  sub(/^ +/, "", line)
  if (line ~ /^-[a-zA-Z0-9], /) { letter = substr(line, 2, 1); line = substr(line, 5) }
  name = line; sub(/^--/, "", name); sub(/[^a-z0-9-].*/, "", name)
  line = substr(line, length(name) + 3)
  if (match(line, /^ [^ ]+/)) { placeholder = substr(line, 2, RLENGTH - 1); line = substr(line, RLENGTH + 1) }
  sub(/^ +/, "", line)
  repeats = sub(/\.\.\.$/, "", placeholder)
  add(letter, name, placeholder, line)
  text = "{\"name\":" quoted(name) (letter == "" ? "" : ",\"letter\":" quoted(letter))
  if (placeholder != "") text = text ",\"value\":{\"placeholder\":" quoted(placeholder) "," kind(placeholder) "}"
  object[n] = text ",\"help\":"
  last[n] = (repeats ? ",\"repeats\":true" : "") "}" # printed after the help, which may continue on the next line
}
function others(line,    command, part, words, i, k, path) {
  command = $2
  sub(/:.*/, "", command)
  if (!(command in described)) {
    described[command] = ""
    ("\"$here\"/" command " --describe </dev/null") | getline described[command]
  }
  parse(described[command])
  words = split(line, part, " ")
  for (i = 3; i <= words; i++) for (k = 0; k < count["options"]; k++) {
    path = "options." k
    if (value[path ".name"] == part[i]) {
      add(value[path ".letter"], part[i], value[path ".value.placeholder"], value[path ".help"])
      object[n] = raw[path]
    }
  }
}

# For shell completion: name, letter, kind of the value and help, separated by tabs; "-" for none. The operands have the
# name "-", the first one "-1" if it is of another kind. Possible values have "+" before them. The description may come
# from a plugin, so only plain words are printed.
function plain(text) { return text ~ /^[A-Za-z0-9][A-Za-z0-9._@:\/+-]*$/ }
function action(path,    text, i, word) {
  if (value[path ".kind"] == "words") {
    for (i = 0; i < count[path ".words"]; i++) {
      word = value[path ".words." i]
      if (plain(word)) text = text " +" word
    }
  } else if (plain(value[path ".kind"])) text = " " value[path ".kind"]
  return substr(text, 2)
}
function lines(    i, path, text, help, letter) {
  if (!count["options"]) return # not a description
  for (i = 0; i < count["operands.kinds"]; i++) text = text " " action("operands.kinds." i)
  print "-\t-\t" (text ~ /[^ ]/ ? substr(text, 2) : "-") "\t-"
  if ((text = action("operands.first")) != "") print "-1\t-\t" text "\t-"
  for (i = 0; i < count["options"]; i++) {
    path = "options." i
    if (value[path ".name"] !~ /^[a-z0-9][a-z0-9-]*$/) continue
    text = ((path ".value") in raw) ? action(path ".value") : "-"
    help = value[path ".help"]
    gsub(/[[:cntrl:]]/, " ", help)
    letter = value[path ".letter"]
    if (letter !~ /^[a-zA-Z0-9]$/) letter = "-"
    print value[path ".name"] "\t" letter "\t" (text == "" ? "text" : text) "\t" (help == "" ? "-" : help)
  }
}

{ whole = whole $0 "\n" }
mode == "lines" { next }
NR == 1 { name = $2; usage = $0; sub(/^usage: [^ ]*( \[OPTION\.\.\.\])?( |$)/, "", usage) }
NR == 2 { summary = $0 }
/^(reads|writes) / { flow[$1] = $0; sub(/^[a-z]+ +/, "", flow[$1]) }
/^options:/ { part = "options"; head = head $0 "\n"; next }
/^examples:/ { part = "examples" }
part == "options" && /^  as draft-[a-z-]+:/ { others($0); next }
part == "options" && /^ +(-[a-zA-Z0-9], )?--/ { own($0); next }
part == "options" && /^ / && n { sub(/^ +/, ""); says[n] = says[n] " " $0; next }
part == "examples" && /^  / { examples = examples (examples == "" ? "" : ",") quoted(substr($0, 3)) }
part == "" { head = head $0 "\n" }
part != "" { tail = tail $0 "\n" }

function through(which,    text, members, piece) {
  if (!(which in flow)) return ""
  text = flow[which]
  while (match(text, /'[a-z]+'/)) {
    members = members (members == "" ? "" : ",") quoted(substr(text, RSTART + 1, RLENGTH - 2))
    text = substr(text, RSTART + RLENGTH)
  }
  return ",\"" which "\":{\"text\":" quoted(flow[which]) ",\"members\":[" members "]}"
}
END {
  if (mode == "lines") {
    parse(whole)
    lines()
    exit
  }
  if (mode == "help") {
    for (i = 1; i <= n; i++) if (length(column[i]) > width) width = length(column[i])
    if (width > 30) width = 30
    printf "%s", head
    for (i = 1; i <= n; i++)
      if (length(column[i]) <= width) printf "  %-" width "s  %s\n", column[i], says[i]
      else printf "  %s\n%" (width + 4) "s%s\n", column[i], "", says[i]
    printf "%s", tail
    exit
  }
  while ((getline line < ENVIRON["list"]) > 0)
    if (split(line, word, " ") > 3 && "draft-" word[1] == name) group = ",\"group\":" quoted(word[3])
  printf "{\"name\":%s,\"summary\":%s%s,\"options\":[", quoted(name), quoted(summary), group
  for (i = 1; i <= n; i++) printf "%s%s", (i > 1 ? "," : ""), object[i] (i in last ? quoted(says[i]) last[i] : "")
  if (usage != "") printf "],\"operands\":{\"usage\":%s,\"kinds\":%s}", quoted(usage), kinds(usage)
  else printf "]"
  printf "%s%s,\"examples\":[%s]}\n", through("reads"), through("writes"), examples
}

#!/bin/sh
# The manual against the code: a page for every command and a command for every page, the options of both, the tables of
# draft(7) and draft-records(5). With names as arguments, only the pages of these commands are tested.
# shellcheck disable=SC2013,SC2016,SC2094 # the scripts of sed and sh are quoted on purpose; mandoc reads the file lint
. "$(dirname "$0")/lib.sh"

list=$root/Sources/draft/commands
man=$root/man
commands=${*:-$(awk '!/^#/ && NF { print $1 }' "$list")}

for page in draft.1 draft.7 draft-records.5 draft-plugins.7 draft-toml.5 draft-pack.5; do
  ok "$page exists" [ -f "$man/$page" ]
done
for page in "$man"/*.1; do
  name=${page##*/draft} name=${name%.1} name=${name#-}
  [ -n "$name" ] || continue
  ok "draft-$name.1 is the page of a command" grep -q "^$name " "$list"
done
if command -v mandoc >/dev/null; then
  for page in "$man"/*.[157]; do
    [ $# = 0 ] || case " $* " in *" $(basename "${page#*/draft-}" .1) "*) ;; *) continue ;; esac
    mandoc -T lint -W warning "$page" >lint 2>&1
    is "${page##*/}: passes mandoc -T lint" "$(cat lint)" ''
  done
else
  skip 'the pages pass mandoc -T lint' 'there is no mandoc'
fi

# The OPTIONS of a page are generated from --describe, which has the same text as --help.
mkdir pages
ok 'man/generate' "$root/man/generate" "$DRAFT_BIN" pages
ok '… passes shellcheck' shellcheck "$root/man/generate"
for page in draft.1 draft.7 $(for command in $commands; do echo "draft-$command.1"; done); do
  ok "$page is up to date: run man/generate" cmp "pages/$page" "$man/$page"
done
# Text that was added to an option is kept; if the option no longer exists, that is reported.
mkdir -p copy/man copy/Sources/draft
cp "$man"/generate "$man"/*.[17] copy/man
cp "$list" copy/Sources/draft
sed -i '/^\.It Fl -short/,/^\.It/{/^\.It Fl -home/i\
Added by hand.
}' copy/man/draft-version.1
sed -i '/^\.It Fl s /,/^\.It/{/^\.It Fl -home/i\
Added by hand.\
.Bl -tag -width Ds\
.It one\
of two\
.El
}; s/^Print the bare version\.$/Something else./' copy/man/draft-version.1
cp copy/man/draft-version.1 edited.1
ok 'generate with text by hand' copy/man/generate "$DRAFT_BIN"
is '… keeps the text below the sentence, which is regenerated' "$(diff edited.1 copy/man/draft-version.1 | sed 1d)" \
  '< Something else.
---
> Print the bare version.'
sed -i 's/^\.It Fl s , Fl -short/.It Fl -gone/' copy/man/draft-version.1
not_ok 'text below a removed option' copy/man/generate "$DRAFT_BIN"
ok '… is reported' grep -q 'draft-version.1: text for --gone, which is not an option' "$err"
said() { # COMMAND: the lines of --help, out of what --describe says
  "draft-$1" --describe | jq -r '
    "usage: \(.name) [OPTION...]\(if .operands then " " + .operands.usage else "" end)", .summary,
    (.reads // empty | "reads   \(.text)"), (.writes // empty | "writes  \(.text)"),
    (.options[] | (if .letter then "-\(.letter), " else "" end) + "--\(.name) "
      + ([.value | values | .placeholder + " "] | add // "") + .help),
    .examples[], "See \(.name)(1)."'
}
for command in $commands; do
  is "draft-$command: --describe agrees with --help" \
    "$("draft-$command" --help | tr -s ' \n' '  ' | sed 's/ options: / /; s/ examples: / /')" \
    "$(said "$command" | tr -s ' \n' '  ')"
  is "draft-$command: --describe has the group" "$("draft-$command" --describe | jq -r .group)" \
    "$(awk -v c="$command" '$1 == c { print $3 }' "$list")"
done
for command in $commands; do "draft-$command" --describe; done >described
told() { "draft-$1" --help; "draft-$1" --describe; draft-commands --options "$1"; }
if command -v busybox >/dev/null; then
  mkdir other
  ln -s "$(command -v busybox)" other/awk
  for command in $(awk '$2 == "sh" { print $1 }' "$list"); do
    is "draft-$command: --describe is the same with every awk" "$(PATH=$PWD/other:$PATH; told "$command")" \
      "$(told "$command")"
  done
else
  skip '--describe is the same with every awk' 'there is no busybox'
fi
# With names of commands as arguments, only these are tested.
if [ $# = 0 ]; then
  is 'every kind of value and operand is known' \
    "$(jq -r '.options[].value, .operands.kinds[]?, .operands.first | values | .kind' described |
      sort -u | tr '\n' ' ')" \
    'command context directory environment file namespace number release seconds setting text words '
  is 'an option has the same help in every command' \
    "$(jq -r '.options[] | "\(.name)\t\(.help)"' described | sort -u | cut -f 1 | uniq -d | tr '\n' ' ')" \
    "$(printf '%s ' all auto auto-connect chart check destination dry-run keyring kube-version list name namespace \
      no-auto-connect output plain-http registry remote restart schema skip-image-push tail take-over timeout url \
      values verify version write)"
fi
for member in $(jq -r '(.reads, .writes) // empty | .members[]' described | sort -u); do
  ok "the member '$member' of a --describe is in draft-records.5" grep -qx "\.It Li $member" "$man/draft-records.5"
done

# The options that a page describes: what follows Fl on the lines that start an item, without the text of other
# commands.
documented() { sed -n 's/^\.It \(Fl .*\)/\1/p' "$1" | tr ' ' '\n' | grep -E '^-[a-z][a-z-]*$' | sort -u; }
offered() {
  "draft-$1" --help | sed -n '/^options:/,/^$/p' | grep -oE '^ +(-[a-zA-Z], )?--[a-z-]+' | sed 's/.*--/-/' | sort -u
}
letters() { "draft-$1" --help | sed -n '/^options:/,/^$/s/^  -\([a-zA-Z]\), --\([a-z-]*\).*/\1 \2/p'; }
for command in $commands; do
  page=$man/draft-$command.1
  if ! ok "draft-$command has a page" [ -f "$page" ]; then continue; fi
  is "draft-$command.1: has the summary of the list" "$(sed -n 's/^\.Nd //p' "$page")" \
    "$(awk -v c="$command" '$1 == c { $1 = $2 = $3 = ""; sub(/^ */, ""); print }' "$list")"
  is "draft-$command.1: every option of --help, and no other" "$(documented "$page")" "$(offered "$command")"
  for letter in $(letters "$command" | cut -d' ' -f1); do
    ok "draft-$command.1: -$letter" grep -qE "^\.It .*Fl $letter( |\$)" "$page"
  done
  for section in NAME SYNOPSIS DESCRIPTION OPTIONS 'EXIT STATUS' EXAMPLES 'SEE ALSO'; do
    ok "draft-$command.1: $section" grep -qx "\.Sh $section" "$page"
  done
  ok "draft-$command.1: two examples" \
    [ "$(sed -n '/^\.Sh EXAMPLES/,/^\.Sh SEE/p' "$page" | grep -c '^\(\$\|\.Dl \$\|\.D1 \$\)')" -ge 2 ]
  ok "draft-$command.1: refers only to existing pages" sh -c '
    sed -n "s/^\.Xr \(draft[a-z-]*\) \([0-9]\).*/\1.\2/p" "$1" |
      while read -r other; do [ -f "$2/$other" ] || { echo "$other"; exit 1; }; done' - "$page" "$man"
done

[ $# = 0 ] || { finish; exit; }
# draft(7): the exit codes.
is 'draft.7: has the exit codes of the code' \
  "$(sed -n '/^\.Sh EXIT CODES/,/^\.El/s/^\.It \([0-9]*\)$/\1/p' "$man/draft.7" | grep -v '^12[67]')" \
  "$(sed -n 's/^  case [a-zA-Z]* = \([0-9]*\)$/\1/p' "$root/Sources/Records/Pipe/ExitCode.swift")"

# draft-records(5): the members and their fields are those in the code.
page=$man/draft-records.5
mkdir made
ok 'generate-records' "$man/generate-records" "$DRAFT_BIN" made
ok 'draft-records.5 is up to date: run man/generate-records' cmp made/draft-records.5 "$page"
ok 'generate-records passes shellcheck' shellcheck "$man/generate-records"
is 'draft-records.5: every member has a section' \
  "$(sed -n '/^\.\\" Generated by/,/^\.\\" End/s/^\.Ss //p' "$page" | sort)" \
  "$(sed -n 's/^  public static let name = "\(.*\)"/\1/p' "$root"/Sources/Records/Members/*.swift | sort)"
for writer in $(sed -n 's/^written by \(.*\); read by .*/\1/p' "$page" | grep -oE 'draft-[a-z-]+' | sort -u); do
  ok "draft-records.5: $writer, which writes a member, is a command" grep -q "^${writer#draft-} " "$list"
done
version=$(sed -n 's/.*static let version = \([0-9]*\)/\1/p' "$root/Sources/Records/Pipe/Record.swift")
ok 'draft-records.5: has the version of the format' grep -q "now $version\.\$" "$page"
finish

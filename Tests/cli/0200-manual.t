#!/bin/sh
# The manual against the code: a page for every command and a command for every page, the options of both, the tables of draft(7) and
# draft-records(5). With names it looks at the pages of these commands alone.
# shellcheck disable=SC2013,SC2016,SC2094 # the scripts of sed and sh are quoted on purpose; mandoc reads what lint is not
. "$(dirname "$0")/lib.sh"

list=$root/Sources/draft/commands
man=$root/man
commands=${*:-$(awk '!/^#/ && NF { print $1 }' "$list")}

for page in draft.1 draft.7 draft-records.5 draft-plugins.7 draft-toml.5 draft-pack.5; do
  ok "$page is there" [ -f "$man/$page" ]
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
    is "${page##*/}: mandoc has nothing to say" "$(cat lint)" ''
  done
else
  skip 'mandoc has nothing to say' 'there is no mandoc'
fi

# The options a page describes: what follows Fl on the lines that begin an item, without the text of other commands.
documented() { sed -n 's/^\.It \(Fl .*\)/\1/p' "$1" | tr ' ' '\n' | grep -E '^-[a-z][a-z-]*$' | sort -u; }
offered() { "draft-$1" --help | sed -n '/^options:/,/^$/p' | grep -oE '^ +(-[a-zA-Z], )?--[a-z-]+' | sed 's/.*--/-/' | sort -u; }
letters() { "draft-$1" --help | sed -n '/^options:/,/^$/s/^  -\([a-zA-Z]\), --\([a-z-]*\).*/\1 \2/p'; }
for command in $commands; do
  page=$man/draft-$command.1
  if ! ok "draft-$command has a page" [ -f "$page" ]; then continue; fi
  is "draft-$command.1: the phrase of the list" "$(sed -n 's/^\.Nd //p' "$page")" "$(awk -v c="$command" '$1 == c { $1 = $2 = $3 = ""; sub(/^ */, ""); print }' "$list")"
  is "draft-$command.1: every option of --help, and no other" "$(documented "$page")" "$(offered "$command")"
  for letter in $(letters "$command" | cut -d' ' -f1); do
    ok "draft-$command.1: -$letter" grep -qE "^\.It .*Fl $letter( |\$)" "$page"
  done
  for section in NAME SYNOPSIS DESCRIPTION OPTIONS 'EXIT STATUS' EXAMPLES 'SEE ALSO'; do
    ok "draft-$command.1: $section" grep -qx "\.Sh $section" "$page"
  done
  ok "draft-$command.1: two examples" [ "$(sed -n '/^\.Sh EXAMPLES/,/^\.Sh SEE/p' "$page" | grep -c '^\(\$\|\.Dl \$\|\.D1 \$\)')" -ge 2 ]
  ok "draft-$command.1: leads to a page that is there" sh -c '
    sed -n "s/^\.Xr \(draft[a-z-]*\) \([0-9]\).*/\1.\2/p" "$1" | while read -r other; do [ -f "$2/$other" ] || { echo "$other"; exit 1; }; done' - "$page" "$man"
done

[ $# = 0 ] || { finish; exit; }
# draft(7): the exit codes.
is 'draft.7: the exit codes of the code' "$(sed -n '/^\.Sh EXIT CODES/,/^\.El/s/^\.It \([0-9]*\)$/\1/p' "$man/draft.7" | grep -v '^12[67]')" \
  "$(sed -n 's/^  case [a-zA-Z]* = \([0-9]*\)$/\1/p' "$root/Sources/Records/ExitCode.swift")"

# draft-records(5): the members, their files, their fields.
page=$man/draft-records.5
rows=$(sed -n 's/^\.It Li \([a-z]*\) Ta .* Ta \([A-Za-z]*\.swift\)$/\1 \2/p' "$page" | sort)
is 'draft-records.5: every member and its file' "$rows" \
  "$(cd "$root/Sources/Records" && grep -l 'static let name = "' ./*.swift | while read -r file; do
    printf '%s %s\n' "$(sed -n 's/.*static let name = "\(.*\)"/\1/p' "$file")" "${file#./}"; done | sort)"
printf '%s\n' "$rows" >rows
while read -r member file; do
  source=$root/Sources/Records/$file
  is "draft-records.5: the fields of '$member'" "$(sed -n "/^\.Ss $member\$/,/^\.S[hs]/s/^\.It Va \([A-Za-z]*\) .*/\1/p" "$page" | sort -u)" \
    "$({ sed -nE 's/.*fields?\.[a-zA-Z]+\("([a-zA-Z]+)"\).*/\1/p; s/.*json\["([a-zA-Z]+)"\].*/\1/p' "$source"
      # Three fields of a setting are read on one line.
      grep -oE 'field\.string\("[a-z]+"\)' "$source" | sed 's/.*"\(.*\)".*/\1/'
      if grep -q 'Payload(fields)' "$source"; then printf 'path\nmediaType\ndigest\nsize\n'; fi; } | sort -u)"
  for writer in $(sed -n "s/^\.It Li $member Ta \(.*\) Ta .* Ta .*/\1/p" "$page" | grep -oE 'draft-[a-z]+'); do
    ok "draft-records.5: '$member' is written by a command" grep -q "^${writer#draft-} " "$list"
  done
done <rows
version=$(sed -n 's/.*static let version = \([0-9]*\)/\1/p' "$root/Sources/Records/Record.swift")
ok 'draft-records.5: the version of the format' grep -q "now $version\.\$" "$page"
finish

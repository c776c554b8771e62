#!/bin/sh
# A command that is added as described in HACKING.md appears in help, manual and completions: only the list has names of
# commands. It is a script, which needs no build; from --describe on, compiled commands are treated in the same way.
# shellcheck disable=SC2016 # a script of bash
. "$(dirname "$0")/lib.sh"

mkdir -p tree/Sources/draft tree/bin tree/share
cp -r "$root/man" "$root/completions" tree
cp "$root/Sources/draft/commands" tree/Sources/draft
cp -r "$DRAFT_BIN/../share/draft" tree/share
for command in "$DRAFT_BIN"/draft*; do
  if head -c 2 "$command" | grep -q '#!'; then cp "$command" tree/bin; else ln -s "$command" tree/bin; fi
done
cd tree || exit 1

# 1. The list.
echo 'greet sh setup greet a command' >>Sources/draft/commands
cp Sources/draft/commands share/draft
# 2. The command.
cat >bin/draft-greet <<'END'
#!/bin/sh
# usage: draft-greet NAME
set -u
me=draft-greet
trap 'case $? in 2 | 254) exit 75 ;; esac' EXIT
self=$(command -p readlink -f -- "$0")
here=${self%/*}
shared=$here/../share/draft
[ -f "$shared/words.sh" ] || shared=$here
. "$shared/words.sh"

declared() {
  cat <<'HELP'
usage: draft-greet [OPTION...] [NAME]
greet a command

reads   records with 'app'
writes  a greeting

options:
  -l, --loud         with an exclamation mark
      --to FILE...   where to write the greeting,
                     instead of to standard output
  as draft-release: environment timeout
  as draft-version: home debug help describe version

examples:
  draft greet build
  draft greet --loud push

See draft-greet(1).
HELP
}

case ${1-} in
  -h | --help) describe help ;;
  --describe) describe json ;;
  *) printf 'hello, %s\n' "${1-}" ;;
esac
END
chmod +x bin/draft-greet
# 5. The page, with an empty list of options.
sed -e 's/draft-which/draft-greet/g; s/DRAFT-WHICH/DRAFT-GREET/; s/^\.Nd .*/.Nd greet a command/' \
  -e '/^\.Sh OPTIONS/,/^\.Sh ENV/{/^\.Bl /,/^\.El/d
}' -e '/^\.Sh OPTIONS/a\
.Bl -tag -width Ds\
.El' man/draft-which.1 >man/draft-greet.1
ok 'man/generate' man/generate "$PWD/bin"
# 7. The completions.
ok 'completions/generate' completions/generate "$PWD/bin"

PATH=$PWD/bin:$PATH
is 'it runs' "$(draft greet build)" 'hello, build'
ok 'draft help lists it' sh -c 'draft help | grep -qE "^  greet +greet a command$"'
ok 'draft commands lists it' sh -c 'draft commands | grep -qE "^greet +core +greet a command$"'
is '--help has shared options with the shared help' "$(draft greet --help | sed -n '/^options:/,/^$/p')" "options:
  -l, --loud              with an exclamation mark
      --to FILE           where to write the greeting, instead of to standard output
  -e, --environment NAME  the environment of draft.toml to use (default: \$DRAFT_ENV, then development)
      --timeout SECONDS   how long to wait (default: 300)
      --home DIRECTORY    the draft home (default: \$DRAFT_HOME, then ~/.draft)
      --debug             print debug messages on standard error
  -h, --help              print this help
      --describe          print this help as JSON
      --version           print the version"
is '… and --describe' \
  "$(draft greet --describe | jq -c '.options[:3][] | [.letter, .name, .value.kind, .help, .repeats]')" \
  '["l","loud",null,"with an exclamation mark",null]
[null,"to","file","where to write the greeting, instead of to standard output",true]
["e","environment","environment","the environment of draft.toml to use (default: $DRAFT_ENV, then development)",null]'
is '--describe has the rest' \
  "$(draft greet --describe | jq -c '[.name, .summary, .group, .operands, .reads.members, .examples[1]]')" \
  '["draft-greet","greet a command","setup",{"usage":"[NAME]","kinds":[{"kind":"command"}]},["app"],"draft greet --loud push"]'
is 'its page has its options' "$(sed -n '/^\.Sh OPTIONS/,/^\.El/s/^\.It //p' man/draft-greet.1)" 'Fl l , Fl -loud
Fl -to Ar file
Fl e Ar name , Fl -environment Ar name
Fl -timeout Ar seconds
Fl -home Ar directory , Fl -debug , Fl h , Fl -help , Fl -describe , Fl -version'
if command -v mandoc >/dev/null; then
  is 'its page passes mandoc -T lint' "$(mandoc -T lint -W warning man/draft-greet.1 2>&1)" ''
fi
offered() {
  bash -c 'source completions/draft.bash; COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)); _draft
    printf "%s\n" "${COMPREPLY[@]}" | sort | tr "\n" " "' - "$@"
}
if command -v bash >/dev/null; then
  is 'its name is completed' "$(offered draft gre)" 'greet '
  is '… and so are its options' "$(offered draft greet --lo)$(offered draft greet --en)" '--loud --environment '
  is 'values and operands are completed by their kind' "$(offered draft greet --to compl)$(offered draft greet rele)" \
    'completions release '
else
  skip 'its name is completed' 'there is no bash'
fi
for name in draft.bash _draft draft.fish; do
  ok "$name is regenerated" grep -q -e '--loud' -e 'loud	' -e '-l loud' "completions/$name"
done
last=$(awk '!/^#/ && NF { name = $1 } END { print name }' "$root/Sources/draft/commands")
sed -e '/^    greet) /,/;;$/d' -e "/^$last\$/{N;s/\ngreet\"/\"/
}" completions/draft.bash >without
ok '… and no other command has changed' cmp without "$root/completions/draft.bash"
finish

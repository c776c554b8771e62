#!/bin/sh
# The dispatcher, under several shells: how a name becomes a program, what the program is given, and the messages if
# there is none.
# shellcheck disable=SC2086 # $shell is words
. "$(dirname "$0")/lib.sh"

plugins=$DRAFT_HOME/plugins
mkdir -p "$plugins" bin elsewhere here 'sp ace'
program() { # PATH: a plugin that says what it was given
  cat >"$1" <<'END'
#!/bin/sh
printf '%s|' "$0" "$@"
echo
env | grep -E '^DRAFT(_[A-Z_]*)?=' | sort
exit 7
END
  chmod +x "$1"
}
given() {
  if grep -qxF -e "$2" "$out"; then report 0 "$1"; else report 1 "$1"; note "no line $2 in:"; sed 's/^/#   /' "$out"; fi
}

for shell in dash 'bash --posix' 'busybox sh'; do
  command -v "${shell%% *}" >/dev/null || { skip "$shell" "there is no ${shell%% *}"; continue; }
  draft() { $shell "$DRAFT_BIN/draft" "$@"; }
  rm -rf "${plugins:?}"/* bin/* elsewhere/* here/*

  exits 0 "$shell: --version" draft --version
  is "$shell: --version prints the version" "$(cat "$out")" \
    "draft $(sed -n 's/.*draftVersion = "\(.*\)"/\1/p' "$root/Sources/Command/Version.swift")"
  exits 0 "$shell: --help" draft --help
  like "$shell: --help lists the commands" "$(cat "$out")" '*build*build the image of an application*'
  exits 64 "$shell: no arguments is a usage error" draft
  is "$shell: … prints nothing on standard output" "$(cat "$out")" ''
  like "$shell: … and lists the commands on standard error" "$(cat "$err")" '*build the image of an application*'
  exits 0 "$shell: a core command" draft version --version
  exits 64 "$shell: an unknown option" draft --nope version
  like "$shell: … is named" "$(cat "$err")" "draft: unknown option '--nope'*"
  exits 64 "$shell: an option without its value" draft --home
  exits 64 "$shell: an option with an empty value" draft --home= version
  for name in Build 'build/x' ../build -x '' 'b d' _x 1a b.d 'büild'; do
    exits 64 "$shell: '$name' is not a valid name" draft -- "$name"
  done

  # Where a name is looked for.
  program "$plugins/draft-scan"
  exits 7 "$shell: exits with the status of a plugin" draft scan one 'two  words' '' '*'
  is "$shell: … and passes its arguments unchanged" "$(head -n 1 "$out")" "$plugins/draft-scan|one|two  words||*|"
  for line in "DRAFT=$DRAFT_BIN/draft" \
    "DRAFT_EXEC_PATH=$DRAFT_BIN" "DRAFT_HOME=$DRAFT_HOME" DRAFT_VERSION=0.1.0 DRAFT_PLUGIN_NAME=scan \
    "DRAFT_PLUGIN_DIR=$plugins" DRAFT_PLUGIN_VERSION= "DRAFT_PACKS_HOME=$DRAFT_HOME/packs"; do
    given "$shell: a plugin is given $line" "$line"
  done
  mkdir -p "$plugins/lint2"
  program "$plugins/lint2/draft-lint2"
  printf 'name: "lint2"\nversion: "1.2.3"\ncommand: "x"\n' >"$plugins/lint2/plugin.yaml"
  exits 7 "$shell: a plugin in its own directory" draft lint2
  given "$shell: has its version from plugin.yaml" DRAFT_PLUGIN_VERSION=1.2.3
  given "$shell: and its directory" "DRAFT_PLUGIN_DIR=$plugins/lint2"
  mkdir -p "$plugins/classic"
  : >"$plugins/classic/plugin.yaml"
  exits 126 "$shell: a plugin.yaml alone cannot be run" draft classic
  like "$shell: … and says why" "$(cat "$err")" "*'classic'*plugin.yaml*"

  program bin/draft-scan; program bin/draft-other; program here/draft-near; program bin/draft-build
  run draft scan
  like "$shell: plugin directories come before PATH" "$(cat "$out")" "$plugins/draft-scan|*"
  run env PATH="$PWD/bin:$PATH" DRAFT_PLUGIN="$PWD/elsewhere:$PWD/sp ace" $shell "$DRAFT_BIN/draft" scan
  like "$shell: DRAFT_PLUGIN replaces the plugins of the draft home" "$(cat "$out")" "$PWD/bin/draft-scan|*"
  program 'sp ace/draft-scan'
  run env DRAFT_PLUGIN="$PWD/elsewhere:$PWD/sp ace" $shell "$DRAFT_BIN/draft" scan
  like "$shell: a plugin directory with a space" "$(cat "$out")" "$PWD/sp ace/draft-scan|*"
  rm 'sp ace/draft-scan'
  run env PATH="$PWD/bin:$PATH" DRAFT_PLUGIN="$PWD/bin" $shell "$DRAFT_BIN/draft" build --version
  like "$shell: a core command takes precedence" "$(cat "$out")" 'draft-build *'
  for path in ":$PATH" "$PATH:" "$PATH::/bin" ".:$PATH" "here:$PATH" "./here:$PATH" "../${PWD##*/}/here:$PATH"; do
    exits 127 "$shell: PATH=${path%%/*}… does not include the current directory" \
      env PATH="$path" DRAFT_PLUGIN=:here:. sh -c "cd here && exec $shell '$DRAFT_BIN/draft' near"
  done
  exits 127 "$shell: without PATH" env -u PATH "$(command -v "${shell%% *}")" ${shell#"${shell%% *}"} \
    "$DRAFT_BIN/draft" near

  # What is said when it is not there.
  exits 127 "$shell: an unknown command" draft biuld
  like "$shell: … suggests the nearest name" "$(cat "$err")" "draft: there is no command 'biuld'*draft build*"
  run draft scaf
  like "$shell: … also one with the same beginning" "$(cat "$err")" '*draft scaffold*'
  run draft scn
  like "$shell: … also a plugin" "$(cat "$err")" '*draft scan*'
  run draft qqqqqqqqqq
  not_ok "$shell: … but not a distant one" grep 'did you mean' "$err"
  echo >elsewhere/draft-plain
  exits 126 "$shell: a plugin that is not executable" env PATH="$PWD/elsewhere:$PATH" $shell "$DRAFT_BIN/draft" plain
  like "$shell: … is reported, with a hint" "$(cat "$err")" "draft: cannot run '$PWD/elsewhere/draft-plain'*chmod +x*"
  program bin/draft-plain
  exits 7 "$shell: … a later one that is executable is used" env PATH="$PWD/elsewhere:$PWD/bin:$PATH" $shell \
    "$DRAFT_BIN/draft" plain
  mkdir elsewhere/draft-dir
  exits 127 "$shell: a directory is not a program" env PATH="$PWD/elsewhere:$PATH" $shell "$DRAFT_BIN/draft" dir

  # The third boundary of SECURITY.md: what another user may have put there is not run. The same of a home: the test of
  # draft-trust.
  if [ "$(id -u)" = 0 ]; then
    program bin/draft-open
    chown 12345 bin/draft-open
    exits 126 "$shell: a plugin of another user" env PATH="$PWD/bin:$PATH" $shell "$DRAFT_BIN/draft" open
    like "$shell: … is refused" "$(cat "$err")" "draft: cannot run '$PWD/bin/draft-open': another user may write to it*"
    exits 126 "$shell: … also in the plugin directory" env DRAFT_PLUGIN="$PWD/bin" $shell "$DRAFT_BIN/draft" open
    chown 0 bin/draft-open
    chown 12345 bin
    exits 126 "$shell: a plugin in another user's directory" env PATH="$PWD/bin:$PATH" $shell "$DRAFT_BIN/draft" open
    chown 0 bin
    # For whom it is root's.
    chmod 755 "$scratch"
    for mode in 755:7 777:126; do
      chmod "${mode%:*}" bin/draft-open
      exits "${mode#*:}" "$shell: root's, ${mode%:*}" \
        env PATH="$PWD/bin:$PATH" setpriv --reuid=12345 --clear-groups $shell "$DRAFT_BIN/draft" open
    done
    chmod 755 bin/draft-open
    chmod 777 bin
    exits 126 "$shell: root's plugin in a world-writable directory" \
      env PATH="$PWD/bin:$PATH" setpriv --reuid=12345 --clear-groups $shell "$DRAFT_BIN/draft" open
    chmod 755 bin
  else
    skip "$shell: a file of another user" 'not root'
  fi

  # Options before the name.
  for words in '--home /x' '--home=/x'; do
    run env PATH="$PWD/bin:$PATH" $shell "$DRAFT_BIN/draft" $words --debug --kube-context kind -e staging other --home y
    given "$shell: $words" DRAFT_HOME=/x
  done
  given "$shell: --debug" DRAFT_DEBUG=1
  given "$shell: --kube-context" DRAFT_KUBE_CONTEXT=kind
  given "$shell: -e" DRAFT_ENV=staging
  like "$shell: arguments after the name belong to the command" "$(head -n 1 "$out")" '*|--home|y|'
  run env PATH="$PWD/bin:$PATH" $shell "$DRAFT_BIN/draft" --home rel other
  given "$shell: --home is made absolute" "DRAFT_HOME=$PWD/rel"
  run env -u HOME -u DRAFT_HOME PATH="$PWD/bin:$PATH" $shell "$DRAFT_BIN/draft" other
  is "$shell: --home with an empty value" "$status $(grep -c DRAFT_HOME "$out")" '7 0'
  run env DRAFT_PLUGIN_NAME=stale DRAFT_PLUGIN_DIR=/stale $shell "$DRAFT_BIN/draft" home
  is "$shell: a core command runs" "$status" 0

  # By a link, by a relative name.
  ln -sf "$DRAFT_BIN/draft" here/draft
  run env PATH="$PWD/bin:$PATH" $shell here/draft other
  given "$shell: a link to the dispatcher finds its own" "DRAFT_EXEC_PATH=$DRAFT_BIN"
  printf '#!/bin/sh\nkill -TERM $$\n' >bin/draft-die; chmod +x bin/draft-die
  exits 143 "$shell: a signal reaches the command" env PATH="$PWD/bin:$PATH" $shell "$DRAFT_BIN/draft" die
done

# Suggestions for misspelt options, in every command.
awk '!/^#/ && NF { print $1 }' "$root/Sources/draft/commands" >names
while read -r command; do
  exits 64 "draft-$command: --hepl" "draft-$command" --hepl
  is "draft-$command: … suggests --help" "$(cat "$err")" "draft-$command: unknown option '--hepl'
  did you mean '--help'? try 'draft-$command --help'"
  run "draft-$command" --something-else
  is "draft-$command: … no suggestion if none is near" "$(sed 1d "$err")" "  try 'draft-$command --help'"
done <names
for command in up create; do
  run draft-$command --enviroment=x
  like "draft-$command: with a value" "$(cat "$err")" \
    "draft-$command: unknown option '--enviroment'*did you mean '--environment'?*"
  run draft-$command --quiet=x
  like "draft-$command: with a value for an option without one" "$(cat "$err")" \
    "draft-$command: option '--quiet' takes no value*"
done
# A script accepts the options that it declares; compiled commands are parsed by the same declaration.
# shellcheck disable=SC2013 # names
for command in $(awk '$2 == "sh" { print $1 }' "$root/Sources/draft/commands"); do
  draft-$command --describe | jq -r '.options[] | [.value | values | " " + (.words // ["x"])[0]] as $value
    | ("--" + .name, (.letter | values | "-" + .)) + ($value[0] // "")' >options
  ok "draft-$command describes its options" test -s options
  while read -r option value; do
    exits 0 "draft-$command takes $option${value:+ $value}" draft-$command $option ${value:+"$value"} --help
  done <options
done
run draft --kube-contest x up
is 'draft: before the name' "$(cat "$err")" "draft: unknown option '--kube-contest'
  did you mean '--kube-context'? put options of a command after its name; try 'draft --help'"

if command -v strace >/dev/null; then
  program bin/draft-other
  PATH=$PWD/bin:$PATH strace -f -o trace -e trace=fork,vfork,clone,clone3,execve dash \
    "$DRAFT_BIN/draft" --debug other >"$out" 2>&1
  sed -n '/execve.*draft-other/q; p' trace >before
  is 'the dispatcher does not fork' "$(grep -cE '(fork|clone3?)\(' before)" 0
else
  skip 'the dispatcher does not fork' 'there is no strace'
fi
# Quoted text is made harmless to the terminal.
evil=$(printf 'a\033[31m\302\233\342\200\256\330\234\377\n.z')
shown='a\x1b[31m<U+009B><U+202E><U+061C>\xff .z'
silent() {
  ! LC_ALL=C grep -q "$(printf '[\001-\010\013-\037\177]\\|\302[\200-\237]\\|\342\200\256\\|\330\234\\|\377')" "$1"
}
for shell in dash 'bash --posix' 'busybox sh'; do
  command -v "${shell%% *}" >/dev/null || continue
  for words in "draft -- x$evil" \
    "draft --x$evil" "draft-up --x$evil" "draft-create --x$evil" "draft-which x$evil" "draft-commands x$evil" \
    "draft-help x$evil"; do
    command=${words%% *}
    run $shell "$DRAFT_BIN/$command" "$(case $words in *' --x'*) echo --x ;; *) echo x ;; esac)$evil"
    ok "$shell: $command: control characters are not printed" silent "$err"
    like "$shell: $command: … but escaped" "$(cat "$err")" "$command: *x$(printf %s "$shown" | sed 's/[[\\]/\\&/g')*"
  done
  PATH=$PWD/$evil:$PATH run $shell "$DRAFT_BIN/draft-commands" --debug
  ok "$shell: … nor in a path in a message" silent "$err"
done
place=$PWD/$(printf %s "$evil" | tr -d '\n') # a list has a line for each
mkdir -p "$place"
program "$place/draft-tty"
if command -v script >/dev/null; then
  PATH=$place:$PATH script -qec 'draft-commands; draft-which tty' /dev/null </dev/null >"$out" 2>&1
  tr -d '\r' <"$out" >typescript
  ok '… nor in a table on a terminal' silent typescript
  is '… where they are escaped' "$(grep -c '<U+202E>' typescript)" 2
else
  skip '… nor in a table on a terminal' 'there is no script'
fi
PATH=$place:$PATH run draft-which tty
is 'in a pipe a path is unchanged' "$(cat "$out")" "$place/draft-tty"

# Programs are only run from absolute directories, whatever PATH contains.
mkdir trap
# shellcheck disable=SC2016 # for the script to expand
for name in readlink dirname \
  awk sed cat mktemp mkfifo mkdir rm sort cut grep find head sleep printf kill draft-other; do
  printf '#!/bin/sh\necho "$0 $*" >>"%s/ran"\nexit 1\n' "$PWD" >"trap/$name"
done
chmod +x trap/*
for shell in dash 'bash --posix' 'busybox sh'; do
  command -v "${shell%% *}" >/dev/null || continue
  ln -sf "$DRAFT_BIN"/draft* bin/
  for path in ".:$PATH" ":$PATH" "trap:$PATH" "$PATH::" .; do
    for words in draft 'draft --nope' 'draft nope' \
      'draft other' 'draft help' 'draft-help --version' 'draft-help --nope' 'draft-which other' 'draft-which --nope' \
      draft-commands 'draft-commands --paths' \
      'draft-up --nope' 'draft-create --version' 'draft-create --dry-run' 'draft-up --no-watch'; do
      (
        cd trap || exit
        PATH=$path exec "$(command -pv ${shell%% *})" ${shell#"${shell%% *}"} \
          "$scratch/bin/"$words </dev/null >/dev/null 2>&1
      )
    done
  done
done
is 'no program of the current directory is run' "$(cat ran 2>/dev/null)" ''
ok 'the scripts pass shellcheck' sh -c "cd '$root' && shellcheck Sources/draft/draft* Sources/draft/*.sh"
finish

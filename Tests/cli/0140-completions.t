#!/bin/sh
# The completions are what completions/generate makes of --help; they offer commands, options and values, and never run a plugin.
# shellcheck disable=SC2016,SC2013 # the scripts of the other shells are quoted on purpose
. "$(dirname "$0")/lib.sh"

mkdir -p made bin dir-a dir-b "$DRAFT_HOME/plugins"
ok 'generate' "$root/completions/generate" "$DRAFT_BIN" made
for file in draft.bash _draft draft.fish; do
  ok "$file is up to date: run completions/generate" cmp made/$file "$root/completions/$file"
done
ok 'generate is what shellcheck likes' shellcheck "$root/completions/generate"
printf '#!/bin/sh\ntouch "%s/ran"\n' "$PWD" >bin/draft-scan
chmod +x bin/draft-scan
PATH=$PWD/bin:$PATH

if command -v bash >/dev/null; then
  ok 'bash: reads it' bash -n "$root/completions/draft.bash"
  complete_bash() { # WORD...: what is offered for the last one, sorted, on one line
    bash -c 'source "$0"; COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)); _draft; printf "%s\n" "${COMPREPLY[@]}" | sort | tr "\n" " "' \
      "$root/completions/draft.bash" "$@"
  }
  is 'bash: commands' "$(complete_bash draft rele)" 'release '
  is 'bash: plugins too' "$(complete_bash draft sc)" 'scaffold scan '
  is 'bash: options of draft' "$(complete_bash draft --k)" '--kube-context '
  is 'bash: options of a command' "$(complete_bash draft up --wa)" '--watch '
  is 'bash: after options of draft' "$(complete_bash draft --home x --debug up --no-wa)" '--no-watch '
  is 'bash: values' "$(complete_bash draft up -o '')" 'record table '
  is 'bash: a value nobody can guess' "$(complete_bash draft up -e '')" ' '
  is 'bash: directories' "$(complete_bash draft create dir)" 'dir-a dir-b '
  is 'bash: names for help' "$(complete_bash draft help rel)" 'release '
  is 'bash: what config does' "$(complete_bash draft config un)" 'unset '
  is 'bash: a plugin has files and no options' "$(complete_bash draft scan dir)$(complete_bash draft scan --)" 'dir-a dir-b  '
  is 'bash: the command by its long name' "$(complete_bash draft-up --wa)" '--watch '
else
  skip 'bash' 'there is no bash'
fi
if command -v zsh >/dev/null; then
  ok 'zsh: reads it' zsh -n "$root/completions/_draft"
  for command in $(awk '!/^#/ && NF { print $1 }' "$root/Sources/draft/commands"); do
    # What zsh would offer needs a terminal; the tables it offers it from do not.
    is "zsh: the options of $command" \
      "$(zsh -fc 'source <(sed "\$d" "$1"); __draft_arguments $2; print -l -- $table' - "$root/completions/_draft" "$command" | grep -oE -e '--[a-z-]+' | grep -v -e '--$' | awk '!seen[$0]++' | sort -u | tr '\n' ' ')" \
      "$("draft-$command" --help | sed -n '/^options:/,/^$/p' | grep -oE -e '^ +(-[a-zA-Z], )?--[a-z-]+' | sed 's/.*--/--/' | sort -u | tr '\n' ' ')"
  done
else
  skip 'zsh' 'there is no zsh'
fi
if command -v fish >/dev/null; then
  ok 'fish: reads it' fish -n "$root/completions/draft.fish"
  complete_fish() { fish -c 'source $argv[1]; complete -C $argv[2]' "$root/completions/draft.fish" "$1" | cut -f 1 | sort -u | tr '\n' ' '; }
  is 'fish: commands' "$(complete_fish 'draft rel')" 'release '
  is 'fish: plugins too' "$(complete_fish 'draft sc')" 'scaffold scan '
  is 'fish: options of a command' "$(complete_fish 'draft up --watc')" '--watch '
  is 'fish: after options of draft' "$(complete_fish 'draft --home x --debug up --no-wa')" '--no-watch '
  is 'fish: values' "$(complete_fish 'draft up -o ')" 'record table '
  is 'fish: directories' "$(complete_fish 'draft create dir')" 'dir-a/ dir-b/ '
else
  skip 'fish' 'there is no fish'
fi
is 'no plugin was run' "$(ls ran 2>/dev/null)" ''
finish

#!/bin/sh
# The completions are those that completions/generate makes from --describe. They offer commands, options, values and
# operands by kind, never wait for a cluster, and run no plugin that does not allow it.
# shellcheck disable=SC2016,SC2013 # the scripts of the other shells are quoted on purpose
. "$(dirname "$0")/lib.sh"

mkdir -p made bin dir-a dir-b "$DRAFT_HOME/plugins/told" "$DRAFT_HOME/plugins/silent"
touch file-a
ok 'generate' "$root/completions/generate" "$DRAFT_BIN" made
for file in draft.bash _draft draft.fish; do
  ok "$file is up to date: run completions/generate" cmp made/$file "$root/completions/$file"
done
ok 'generate passes shellcheck' shellcheck "$root/completions/generate"
ok '… and so does the bash completion' shellcheck -s bash -e SC2086 "$root/completions/draft.bash"
printf '#!/bin/sh\ntouch "%s/ran"\n' "$PWD" >bin/draft-scan
# A plugin that may be asked, with hostile output; one that may not; one whose plugin.yaml belongs to another plugin.
description='{"name":"draft-told","options":[
  {"name":"depth","letter":"d","help":"how\tdeep",
   "value":{"placeholder":"N","kind":"words","words":["one","two","$(touch ran)"]}},
  {"name":"where","value":{"placeholder":"DIRECTORY","kind":"directory"},"help":"x"},
  {"name":"fast","help":"\u0041 [b]: \"c\" \\d"},{"name":"$(touch ran)","help":""}],
  "operands":{"usage":"[FILE...]","first":{"kind":"words","words":["go","stop"]},"kinds":[{"kind":"environment"}]}}'
for plugin in told silent; do
  cat >"$DRAFT_HOME/plugins/$plugin/draft-$plugin" <<END
#!/bin/sh
[ "\$*" = --describe ] || touch "$PWD/ran"
echo $plugin >>"$PWD/asked"
cat <<"TEXT"
$description
TEXT
END
done
printf 'name: told\ndescribe: true # for the completions\n' >"$DRAFT_HOME/plugins/told/plugin.yaml"
printf 'name: silent\ndescribe: no\n' >"$DRAFT_HOME/plugins/silent/plugin.yaml"
printf 'describe: true\n' >bin/plugin.yaml
# The output of `draft list`, independent of this machine; some names are not safe for a shell.
cat >bin/draft <<END
#!/bin/sh
[ "\$1" = list ] || exec "$DRAFT_BIN/draft" "\$@"
echo "\$*" >>"$PWD/listed"
if [ -e "$PWD/dead" ]; then echo \$\$ >"$PWD/dead"; exec sleep 600; fi
for name in web web-api '\$(touch ran)' '\`touch ran\`' '-x' 'a b'; do
  printf '{"draft":1,"app":{"name":"%s","dir":"","environment":"development"},"release":{"name":"other"}}\n' "\$name"
done
END
chmod +x bin/* "$DRAFT_HOME/plugins"/*/draft-*
PATH=$PWD/bin:$PATH
cat >draft.toml <<'END'
[environments.staging]
namespace = "x"
[environments.staging.values]
  [environments.production]
[environments."$(touch ran)"]
END
cat >kubeconfig <<'END'
apiVersion: v1
kind: Config
contexts:
- {name: kind-one, context: {}}
- {name: "$(touch ran)", context: {}}
- {name: "arn:aws:x/y", context: {}}
END
KUBECONFIG=$PWD/kubeconfig

is '--options: the options of a command' "$(draft-commands --options version | tr '\t' '|')" '-|-|-|-
short|s|-|print the bare version
home|-|directory|the draft home (default: $DRAFT_HOME, then ~/.draft)
debug|-|-|print debug messages on standard error
help|h|-|print this help
describe|-|-|print this help as JSON
version|-|-|print the version'
is '--options: a plugin that allows it, without dangerous characters' \
  "$(draft-commands --options told | tr '\t' '|')" '-|-|environment|-
-1|-|+go +stop|-
depth|d|+one +two|how deep
where|-|directory|x
fast|-|-|? [b]: "c" \d'
rm -f asked
for plugin in silent scan; do
  is "--options: $plugin is not run" "$(draft-commands --options $plugin; ls asked 2>/dev/null)" ''
done
if [ "$(id -u)" = 0 ]; then
  chown 12345 "$DRAFT_HOME/plugins/told/draft-told"
  is '--options: a plugin that another user may write to is not run' \
    "$(draft-commands --options told 2>"$err"; ls asked 2>/dev/null)" ''
  like '… with a message' "$(cat "$err")" "draft: cannot run '*draft-told': another user may write to it*"
  chown 0 "$DRAFT_HOME/plugins/told/draft-told"
else
  skip "--options: a plugin that another user may write to is not run" 'not root'
fi
exits 1 '--options: an unknown command' draft-commands --options nope
exits 64 '--options: no name' draft-commands --options '../x'
exits 64 '--options: nothing' draft-commands --options

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
  is 'bash: … with a sign of equality' "$(complete_bash draft --home = x up --no-wa)" '--no-watch '
  is 'bash: values' "$(complete_bash draft up -o '')" 'record table '
  is 'bash: values of a long option' "$(complete_bash draft up --output = re)" 'record '
  is 'bash: … at the sign' "$(complete_bash draft up --output =)" 'record table '
  is 'bash: no completion for free text' "$(complete_bash draft up -j '')" ' '
  is 'bash: environments' "$(complete_bash draft up -e '')" 'production staging '
  is 'bash: … for draft itself' "$(complete_bash draft -e s)" 'staging '
  if command -v kubectl >/dev/null; then
    is 'bash: kube contexts' "$(complete_bash draft release --kube-context '')" 'arn:aws:x/y kind-one '
  else
    skip 'bash: kube contexts' 'there is no kubectl'
  fi
  is 'bash: directories' "$(complete_bash draft create dir)" 'dir-a dir-b '
  is 'bash: files' "$(complete_bash draft init -f file)" 'file-a '
  is 'bash: releases and directories' "$(complete_bash draft status '')" 'bin dir-a dir-b draft home made web web-api '
  is 'bash: … an option between' "$(complete_bash draft status -q web-)" 'web-api '
  is 'bash: … as a value' "$(complete_bash draft logs -a we)" 'web web-api '
  is 'bash: names for help' "$(complete_bash draft help rel)" 'release '
  is 'bash: the verbs of config' "$(complete_bash draft config un)" 'unset '
  is 'bash: … and its settings' "$(complete_bash draft config get kube)" 'kube-context '
  is 'bash: nothing where no argument is allowed' "$(complete_bash draft version '')" ' '
  is 'bash: a plugin: files, no options' "$(complete_bash draft scan dir)$(complete_bash draft scan --)" \
    'dir-a dir-b  '
  is 'bash: a plugin that allows it: both' "$(complete_bash draft told --)$(complete_bash draft told -d '')" \
    '--depth --fast --where one two '
  is 'bash: … and operands' "$(complete_bash draft told '')$(complete_bash draft told go st)" 'go stop staging '
  is 'bash: draft-NAME' "$(complete_bash draft-up --wa)" '--watch '
  rm -f listed
  bash -c 'source "$0"; COMP_WORDS=(draft status "") COMP_CWORD=2; _draft; _draft; cd dir-a; _draft' \
    "$root/completions/draft.bash"
  is 'bash: releases are cached for a moment' "$(cat listed)" 'list -q -o record
list -q -o record'
  rm listed
  is 'bash: … for each namespace and context on the command line' \
    "$(complete_bash draft --home x status -q -e staging --engine = podman web-)$(cat listed)" \
    'web-api list -q -o record --home x -e staging --engine podman'
  touch dead
  is 'bash: does not wait for a cluster that does not answer' "$(complete_bash draft status dir)" 'dir-a dir-b '
  not_ok 'bash: … and leaves no process' kill -0 "$(cat dead)"
  rm dead
else
  skip 'bash' 'there is no bash'
fi
if command -v zsh >/dev/null; then
  ok 'zsh: reads it' zsh -n "$root/completions/_draft"
  # What zsh would offer needs a terminal; the tables it offers it from do not, nor what it is offered by kind.
  in_zsh() {
    zsh -fc 'source <(sed "\$d" "$1"); shift
      compadd() { print -l -- ${(P)2} | sort }; _directories() { echo directories }; _files() { echo files }
      '"$1" - "$root/completions/_draft" "$@"
  }
  for command in $(awk '!/^#/ && NF { print $1 }' "$root/Sources/draft/commands"); do
    is "zsh: the options of $command" \
      "$(in_zsh '__draft_table $2; print -l -- $table' "$command" | grep -oE -e '\)?--?[A-Za-z-]+[+=]?\[' |
        tr -d ')[+=' | sort | tr '\n' ' ')" \
      "$("draft-$command" --describe | jq -r '.options[] | "--" + .name, (.letter | values | "-" + .)' |
        sort | tr '\n' ' ')"
  done
  is 'zsh: operands' "$(in_zsh '__draft_table status; print -r -- $table[-1]')" \
    '*:argument: __draft_offer release directory'
  is 'zsh: the first operand' "$(in_zsh '__draft_table config; print -rl -- $table' | grep '^1:')" \
    '1:argument: __draft_offer +list +get +set +unset'
  is 'zsh: help with special characters' "$(in_zsh '__draft_table told; print -rl -- $table' | grep fast)" \
    '--fast[? \[b\]\: "c" \\d]'
  is 'zsh: releases and directories' "$(in_zsh '__draft_offer release directory' | tr '\n' ' ')" \
    'directories web web-api '
  rm -f listed
  is 'zsh: … of the context on the command line' \
    "$(in_zsh 'words=(-e stag\\\ ing --engine=podman -e "") CURRENT=5 __draft_releases'; cat listed)" \
    'list -q -o record -e stag ing --engine=podman'
  is 'zsh: environments and words' "$(in_zsh '__draft_offer environment +x file' | tr '\n' ' ')" \
    'files production staging x '
  # One on a terminal: each line as it is after a <TAB>.
  cat >on-terminal.zsh <<'END'
zmodload zsh/zpty
zpty z zsh -f -i
zpty -w z "PS1= PS2=; fpath=(${(q)1} \$fpath); autoload -Uz compinit; compinit -u -D
shown() { zle complete-word; print -r -- \"<\$BUFFER>\"; BUFFER= }; zle -N shown; bindkey '^I' shown; echo re''ady"
zpty -r z seen '*ready*'
shift
for line; do
  zpty -n -w z "$line"$'\t'
  zpty -r z seen '*<*>*'
  print -r -- ${${seen##*<}%%>*}
done
zpty -d z
END
  is 'zsh: on a terminal' "$(timeout 60 zsh -f on-terminal.zsh "$root/completions" \
    'draft rele' 'draft sca' \
    'draft --kube-' 'draft -e stag' 'draft status web-' 'draft up -o rec' 'draft up --output=rec' \
    'draft up --environment prod' 'draft create dir-' 'draft init -f file' 'draft help rele' 'draft config unse' \
    'draft config get kube' 'draft-logs -a web-' 'draft told --dep' 'draft told -d on' 'draft told go stag' 2>&1)" \
    'draft release 
draft sca
draft --kube-context=
draft -e staging 
draft status web-api 
draft up -o record 
draft up --output=record 
draft up --environment production 
draft create dir-
draft init -f file-a 
draft help release 
draft config unset 
draft config get kube-context 
draft-logs -a web-api 
draft told --depth=
draft told -d one 
draft told go staging '
else
  skip 'zsh' 'there is no zsh'
fi
if command -v fish >/dev/null; then
  ok 'fish: reads it' fish -n "$root/completions/draft.fish"
  complete_fish() {
    fish -c 'source $argv[1]; complete -C $argv[2]' "$root/completions/draft.fish" "$1" |
      cut -f 1 | sort -u | tr '\n' ' '
  }
  is 'fish: commands' "$(complete_fish 'draft rel')" 'release '
  is 'fish: plugins too' "$(complete_fish 'draft sc')" 'scaffold scan '
  is 'fish: options of a command' "$(complete_fish 'draft up --watc')" '--watch '
  is 'fish: after options of draft' "$(complete_fish 'draft --home x --debug up --no-wa')" '--no-watch '
  is 'fish: values' "$(complete_fish 'draft up -o ')" 'record table '
  is 'fish: environments' "$(complete_fish 'draft up -e ')" 'production staging '
  is 'fish: directories' "$(complete_fish 'draft create dir')" 'dir-a/ dir-b/ '
  is 'fish: releases and directories' "$(complete_fish 'draft status ')" \
    'bin/ dir-a/ dir-b/ draft/ home/ made/ web web-api '
  is 'fish: … as a value' "$(complete_fish 'draft logs -a we')" 'web web-api '
  rm -f listed
  is 'fish: … of the context on the command line' \
    "$(complete_fish 'draft status -e staging --engine=podman web-')$(cat listed)" \
    'web-api list -q -o record -e staging --engine=podman'
  is 'fish: the verbs of config' "$(complete_fish 'draft config un')" 'unset '
  is 'fish: … and its settings' "$(complete_fish 'draft config get kube')" 'kube-context '
  is 'fish: draft-NAME' "$(complete_fish 'draft-config get kube')" 'kube-context '
  is 'fish: a plugin that allows it' "$(complete_fish 'draft told --')$(complete_fish 'draft told -d ')" \
    '--depth --fast --where one two '
else
  skip 'fish' 'there is no fish'
fi
is 'no plugin was run' "$(ls ran 2>/dev/null)" ''
is '… but for the one that allows it' "$(sort -u asked)" told
finish

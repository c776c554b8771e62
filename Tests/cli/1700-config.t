#!/bin/sh
# draft-config with config.toml, and draft.toml as read by a stage.
. "$(dirname "$0")/lib.sh"
config=$DRAFT_HOME/config.toml

exits 0 "list without a file" draft-config list
is "list without a file prints nothing" "$(cat "$out")" ""
exits 1 "get of an unset key" draft-config get registry
is "get of an unset key prints nothing" "$(cat "$out" "$err")" ""
exits 0 "unset of an unset key" draft-config unset registry
not_ok "reading does not create the home" test -e "$DRAFT_HOME"

ok "set creates the home" draft-config set registry docker.io/me
is "the file" "$(cat "$config")" 'registry = "docker.io/me"'
is "get" "$(draft-config get registry)" docker.io/me
is "the file is readable only for the user" "$(stat -c %a "$config")" 600

printf '# top\n\nregistry = "old"   # mine\n  kube_context="x"\n# about the odd one\nodd = """\nl1\nl2"""\n\n# end' \
  >"$config"
chmod 640 "$config"
ok "set replaces in place" draft-config set registry 127.0.0.1:5000/a
ok "set with another spelling of the key" draft-config set kube-context kind-y
ok "set of a new key" draft-config set basedomain example.com
printf '%s\n' '# top' '' 'registry = "127.0.0.1:5000/a"   # mine' '  kube_context="kind-y"' '# about the odd one' \
  'odd = """' 'l1' 'l2"""' '' '# end' 'basedomain = "example.com"' >want
ok "all other bytes stay" cmp "$config" want
is "the mode stays" "$(stat -c %a "$config")" 640
is "list, in the order of the file" "$(draft-config list)" 'registry = 127.0.0.1:5000/a
kube_context = kind-y
odd = "l1\nl2"
basedomain = example.com'
is "get of a multi-line value" "$(draft-config get odd)" 'l1
l2'
ok "unset" draft-config unset odd
grep -v -e '^odd' -e '^l[12]' want >want2
ok "unset removes only the lines of the key" cmp "$config" want2

exits 0 "an unknown key" draft-config set regisrty x
is "an unknown key is warned about" "$(cat "$err")" \
  "draft-config: warning: unknown key 'regisrty'; did you mean 'registry'?"
is "… and set" "$(draft-config get regisrty)" x
draft-config unset regisrty
exits 0 "a key of draft.toml" draft-config set watch true
like "a key of draft.toml is warned about" "$(cat "$err")" "*'watch' is a key of draft.toml*"
draft-config unset watch
for value in 'a"b\c' "it's" '' ' x ' 'é' '#' "$(printf 'a\tb\nc')"; do
  draft-config set x -- "$value" 2>/dev/null
  is "get returns $value" "$(draft-config get x)" "$value"
done
ok "a value with a dash" draft-config set -- x -y
is "get returns -y" "$(draft-config get x)" -y
ok "unset x" draft-config unset x
ok "the file is as before" cmp "$config" want2

for key in password registry-token mySecret api_key; do
  exits 64 "no $key" draft-config set "$key" hunter2
  like "no $key: the hint is docker login" "$(cat "$err")" "*docker login*"
  not_ok "$key is not echoed" grep -q hunter2 "$err" "$config"
done
exits 64 "a URL is not a registry" draft-config set registry https://x.io
exits 64 "… nor with a password" draft-config set registry me:hunter2@x.io
not_ok "the password is not echoed" grep -q hunter2 "$err" "$config"
for word in scan scan@deploy Scan@pack 'scan@pack x'; do exits 64 "with '$word'" draft-config set with "$word"; done
exits 64 "acrbuild is not supported" draft-config set container-builder acrbuild
exits 64 "no name" draft-config set 'a b' x
for words in '' 'list x' 'get' 'get a b' 'set a' 'set a b c' 'unset' 'frobnicate'; do
  # shellcheck disable=SC2086 # words
  exits 64 "usage: '$words'" draft-config $words
done
ok "errors do not change the file" cmp "$config" want2

# A malformed or unusual file.
cp "$config" good
printf 'registry = \n' >"$config"
for words in list 'get registry' 'set registry x' 'unset registry'; do
  # shellcheck disable=SC2086 # words
  exits 78 "broken: $words" draft-config $words
done
like "the place of the error" "$(cat "$err")" "*config.toml': line 1, column *"
is "a broken file is left alone" "$(cat "$config")" "registry = "
printf '[registry]\nx = 1\n' >"$config"
exits 78 "a table in place of a value" draft-config set registry x
is "a table is left alone" "$(cat "$config")" "[registry]
x = 1"
mkdir elsewhere; mv good elsewhere/config.toml; rm "$config"; ln -s "$scratch/elsewhere/config.toml" "$config"
ok "set through a link" draft-config set registry linked
ok "the link stays" test -L "$config"
is "… and leads to the new file" "$(sed -n 's/^registry = //p' elsewhere/config.toml)" '"linked"   # mine'
rm "$config"

# Parallel changes are not lost.
for i in 1 2 3 4 5 6 7 8 9 10 11 12; do draft-config set "k$i" "$i" 2>/dev/null & done
wait
is "twelve processes at once" "$(draft-config list | wc -l | tr -d ' ')" 12
is "the file is whole" "$(find "$DRAFT_HOME" -name '*.tmp-*')" ""
rm "$config"
if [ "$(id -u)" != 0 ]; then
  chmod 500 "$DRAFT_HOME"; exits 73 "a home that cannot be written" draft-config set registry x; chmod 700 "$DRAFT_HOME"
else
  printf x >nohome; exits 73 "a home that cannot be made" draft-config --home "$scratch/nohome/x" set registry x
fi

# draft.toml, read by the first stage.
mkdir -p src/My_App && cd src/My_App || exit 1
begin() { run draft-detect "$@"; }
printf 'print(1)\n' >app.py; : >requirements.txt
begin .
is "no file: defaults" "$(jq -c .app "$out")" \
  '{"name":"my-app","dir":"'"$scratch"'/src/My_App","environment":"development","namespace":"default"}'
like "the new name is reported" "$(cat "$err")" \
  "*--> Application My_App will be renamed to my-app for Kubernetes compatibility*"
cat >draft.toml <<'TOML'
registy = "x"
[environments.development]
name = "web"
watchdelay = 3
[environments.production]
name = "web"
namespace = "live"
kube_context = "prod"
TOML
begin .
is "the file" "$(jq -c '.app | [.name, .namespace, .context]' "$out")" '["web","default",null]'
is "each unknown key is warned about once" "$(grep warning "$err")" \
  "draft-detect: warning: draft.toml:1: unknown key 'registy'
draft-detect: warning: draft.toml:4: unknown key 'watchdelay'; did you mean 'watch-delay'?"
begin -j 4 . . . .
is "once per process" "$(grep -c "'watchdelay'" "$err")" 1
begin -e production .
is "an environment" "$(jq -c '.app | [.environment, .namespace, .context]' "$out")" '["production","live","prod"]'
status=0
DRAFT_ENV=production draft-detect . 2>/dev/null | jq -e '.app.environment == "production"' >/dev/null || status=$?
is "DRAFT_ENV" "$status" 0
begin -e staging .
is "unknown environment: the code" "$status" 78
is "unknown environment: no record" "$(cat "$out")" ""
like "unknown environment: the hint lists the environments" "$(cat "$err")" \
  "*cannot find environment 'staging' in 'draft.toml'*'development', 'production'*"
cd ..
begin My_App
like "a file is named relative to the current directory" "$(cat "$err")" "*warning: My_App/draft.toml:1: *"
printf '[environments.development]\nname = "a"\nwait = tru\n' >My_App/draft.toml
begin My_App
like "a broken file: line and column" "$(cat "$err")" "draft-detect: cannot read 'My_App/draft.toml': line 3, column *"
begin gone; is "no such directory: the code" "$status" 66
like "a missing directory is reported" "$(cat "$err")" "draft-detect: cannot find the directory 'gone'*"
begin My_App/app.py
like "a file is not a directory" "$(cat "$err")" "draft-detect: cannot use 'My_App/app.py': it is not a directory*"
rm My_App/draft.toml
name=$(draft-detect --app random My_App 2>/dev/null | jq -r .app.name)
like "a random name" "$name" "[a-z]*-[a-z]*"
mkdir "$(printf 'bad\377name')"
begin "$(printf 'bad\377name')"
is "a name that is not UTF-8 writes no record" "$(cat "$out")" ""
finish

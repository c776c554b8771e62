#!/bin/sh
# draft-init: the draft home, twice; the contents of a file, from local repositories.
# shellcheck disable=SC2016 # the hook of a repository
. "$(dirname "$0")/lib.sh"
export GIT_CONFIG_GLOBAL=/dev/null \
  GIT_CONFIG_SYSTEM=/dev/null GIT_AUTHOR_NAME=t GIT_AUTHOR_EMAIL=t@t GIT_COMMITTER_NAME=t GIT_COMMITTER_EMAIL=t@t

run draft-init --dry-run
is '--dry-run prints what would be done' "$status $(cat "$out")" "0 create the directory '$DRAFT_HOME/packs'
create the directory '$DRAFT_HOME/plugins'
create the directory '$DRAFT_HOME/logs'
create '$DRAFT_HOME/config.toml'"
not_ok '… and does nothing' test -e "$DRAFT_HOME"
run draft-init
is 'creates the home' "$status $(tail -n 2 "$err")" "0 DRAFT_HOME has been configured at $DRAFT_HOME.
Happy Sailing!"
ok '… with its directories' sh -c \
  'for d in packs plugins logs; do [ -d "$DRAFT_HOME/$d" ] || exit 1; done; [ -f "$DRAFT_HOME/config.toml" ]'
is '… readable only for the user' "$(stat -c %a "$DRAFT_HOME/packs" "$DRAFT_HOME/config.toml" | tr '\n' ' ')" '700 600 '
echo 'registry = "docker.io/me" # mine' >"$DRAFT_HOME/config.toml"
run draft-init
is 'a second run does nothing' "$status $(cat "$err")" "0 DRAFT_HOME has been configured at $DRAFT_HOME.
Happy Sailing!"
is '… and keeps existing files' "$(cat "$DRAFT_HOME/config.toml")" 'registry = "docker.io/me" # mine'
is '… --dry-run prints nothing' "$(draft-init --dry-run)" ''

# Repositories.
repository() { (cd "$1" && git init -q -b main && git add -A && git commit -qm one && git tag v1.0.0); }
mkdir -p packs/packs/cobol/charts plugin
printf 'FROM scratch\n' >packs/packs/cobol/Dockerfile
printf 'name: cobol\nversion: 0.1.0\n' >packs/packs/cobol/charts/Chart.yaml
printf 'name: scan\nversion: "1.0.0"\n' >plugin/plugin.yaml
printf '#!/bin/sh\necho scanned\n' >plugin/draft-scan
chmod +x plugin/draft-scan
repository packs; repository plugin
cat >team.toml <<END
registry = "docker.io/team"
basedomain = "example.com"

[[plugin]]
name = "scan"
url = "file://$scratch/plugin"
version = "1.0.0"

[[repo]]
name = "example.com/team"
url = "file://$scratch/packs"
END
run draft-init --dry-run -f team.toml
is '--dry-run with a file' "$(cat "$out")" "set basedomain = example.com
clone 'file://$scratch/packs' into '$DRAFT_HOME/packs/example.com/team'
clone 'file://$scratch/plugin' at 1.0.0 into '$DRAFT_HOME/plugins/scan'"
run draft-init -f team.toml
is 'a file is carried out' "$status" 0
is 'an existing setting stays, a new one is added' "$(draft-config list)" 'registry = docker.io/me
basedomain = example.com'
is 'the packs can be used' "$(mkdir -p app && echo 'print(1)' >app/app.py &&
    draft-detect app | draft-scaffold --pack nosuch 2>&1 >/dev/null | grep -o cobol)" cobol
is 'the plugin can be run' "$(draft scan)" scanned
is 'nothing incomplete is left' "$(find "$DRAFT_HOME" -name 'tmp-*')" ''
is 'a second run with the file does nothing' "$(draft-init --dry-run -f team.toml)" ''
(
  cd plugin && sed -i 's/1.0.0/2.0.0/' plugin.yaml &&
    echo 'echo more' >>draft-scan && git commit -qam two && git tag v2.0.0
)
sed -i 's/version = "1.0.0"/version = "v2.0.0"/' team.toml
like 'another version of a plugin' "$(draft-init --dry-run -f team.toml)" \
  "*at v2.0.0 into '$DRAFT_HOME/plugins/scan', in place of version 1.0.0"
run draft-init -f team.toml
is '… replaces the previous one' "$(draft scan | tail -n 1)" more

# Errors.
bad() { # CODE NAME TEXT
  printf '%s\n' "$3" >bad.toml
  exits "$1" "$2" draft-init -f bad.toml
}
bad 78 'a file that is no TOML' '[[repo'
like '… is reported with its line' "$(cat "$err")" "draft-init: cannot use 'bad.toml': line 1: *"
bad 78 'a repository without a url' '[[repo]]'
bad 78 'a plugin without a name' '[[plugin]]
url = "https://example.com/x"'
for url in '--upload-pack=x' 'ext::sh -c id' 'https://me:secret@example.com/x' 'relative/path' 'https://-x/y'; do
  bad 78 "the url '$url'" "[[repo]]
name = \"x\"
url = \"$url\""
done
bad 78 'a password' '[[repo]]
url = "https://me:secret@example.com/x"'
not_ok '… is not printed' grep -q secret "$err"
for name in ../../x .git /x a//b packs -x; do
  bad 78 "the name '$name'" "[[repo]]
name = \"$name\"
url = \"https://example.com/x\""
done
for name in ../x Scan 'a b' ''; do
  bad 78 "the plugin '$name'" "[[plugin]]
name = \"$name\"
url = \"https://example.com/x\""
done
bad 69 'a repository that is not there' "[[repo]]
url = \"file://$scratch/nosuch\""
like "… has git's message" "$(cat "$err")" "*draft-init: cannot clone 'file://$scratch/nosuch': *nosuch*"
bad 65 'a repository without packs' "[[repo]]
name = \"x\"
url = \"file://$scratch/plugin\""
not_ok '… is not kept' test -e "$DRAFT_HOME/packs/x"
bad 69 'a version there is not' "[[repo]]
name = \"y\"
url = \"file://$scratch/packs\"
version = \"9\""
bad 64 'a setting that is a secret' 'registry-password = "x"'
exits 66 'a missing file' draft-init -f nosuch.toml
exits 64 'an operand' draft-init here
status=0; draft-init --dry-run --home "$scratch/other" >/dev/full 2>"$err" || status=$?
is 'a full disk' "$status" 74
: >file
exits 73 'a home that cannot be created' draft-init --home "$scratch/file"

# The server: what would be sent to a cluster.
exits 64 'a server without an image' draft-init --server
exits 64 'its options without --server' draft-init --image x
exits 64 'an invalid namespace' draft-init --server --image x --server-namespace A/b
exits 78 'a server without a cluster' draft-init --server --image x
ok 'the objects of a server' \
  draft-init --server --image reg/draftd --release-to one --release-to two --registry reg --dry-run
cp "$out" plan
is '… of these kinds' "$(jq -r '.items[] | "\(.kind)/\(.metadata.namespace // "")"' plan | tr '\n' ' ')" \
  'Namespace/ ServiceAccount/draft Role/draft RoleBinding/one RoleBinding/two Deployment/draft '
is '… nothing of it is privileged' "$(jq -c '[.. | objects | select(has("privileged")) | .privileged]' plan)" '[false]'
is '… no cluster-wide rights' "$(jq -r '.items[].kind' plan | grep -c ClusterRoleBinding)" 0
is '… its image' "$(jq -r '.items[-1].spec.template.spec.containers[0].image' plan)" reg/draftd
exits 64 'an invalid registry' draft-init --server --image x --plain-http 'a"b'
exits 64 '--dry-run of an upgrade without an image' draft-init --server --upgrade --dry-run
ok 'a registry without TLS' draft-init --server --image x --plain-http reg:5000 --dry-run
is '… is configured for buildah' "$(jq -r '.items[] | select(.kind == "ConfigMap") | .data[]' "$out" | xargs)" \
  '[[registry]] location = reg:5000 insecure = true'
is '… and the home is not created' "$(find "$DRAFT_HOME" -name draftd 2>/dev/null)" ''
finish

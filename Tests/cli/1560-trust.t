#!/bin/sh
# draft-trust: what the repository of someone else may not do without trust. This is the first boundary of
# SECURITY.md, and the part of the third about the draft home; the rest of the third is in the test of the dispatcher.
# shellcheck disable=SC2016 # $ is for others
. "$(dirname "$0")/lib.sh"
failure() { jq -r '[.failure.by, .failure.code] | map(tostring) | join(" ")' "$out"; }
reason() { jq -r '.failure.message' "$out"; }
cat >kubeconfig <<'END'
contexts: [{name: far, context: {cluster: c}}, {name: near, context: {cluster: l}},
  {name: kind-dev, context: {cluster: k}}]
clusters:
- {name: c, cluster: {server: 'https://10.21.21.21'}}
- {name: l, cluster: {server: 'https://127.0.0.1:1'}}
- {name: k, cluster: {server: 'https://172.18.0.2:6443'}}
END
clone() { # DIRECTORY [CONTEXT]: of somebody else's, with a task and a context
  mkdir -p "$1"
  printf '[environments.development]\nkube-context = "%s"\n[environments.staging]\n' "${2:-near}" >"$1/draft.toml"
  printf '[pre-up]\nrun = "touch ran"\n[cleanup]\ngone = "touch gone"\n' >"$1/.draft-tasks.toml"
}

# Tasks.
clone web
web=$(cd web && pwd -P)
run draft-tasks -q --pre-up web
is 'a task in a directory that is not trusted' "$(failure)" 'draft-tasks 77'
is '… is not run' "$(ls web/ran 2>/dev/null)" ''
is '… the message shows the task and the hint' "$(cat "$err")" \
  "draft-tasks: '$web' is not trusted: it runs on this machine: touch ran (task 'run', pre-up), and 1 more
  'draft trust --show $web' lists everything; to allow it, run 'draft trust $web'"
jq -cn --arg dir "$web/../web/." \
  '{draft: 1, app: {name: "web", dir: $dir}, trusted: true, target: {allowed: true}}' >line
run draft-tasks -q --pre-up <line
is 'a record cannot grant trust' "$(failure) $(ls web/ran 2>/dev/null)" 'draft-tasks 77 '
exits 1 '--show: it is not trusted' draft-trust --show web
is '… lists everything that needs trust' "$(cat "$out")" "'$web' is not trusted:
  runs on this machine: touch ran (task 'run', pre-up)
  runs on this machine: touch gone (task 'gone', cleanup)"
is '… and does not trust anything' "$(draft-trust --list)" ''
ok 'trusted' draft-trust web
like '… for what it listed' "$(cat "$out")" "'$web' is trusted:
  runs on this machine: touch ran (task 'run', pre-up)*"
run draft-tasks -q --pre-up <line
is '… it is run' "$status $(ls web/ran)" '0 web/ran'
ok '--show: it is trusted' draft-trust --show web
is '--list' "$(draft-trust --list)" "$web"
is 'a trust list that others may write to is ignored' \
  "$(stat -c %a "$DRAFT_HOME/trust" "$DRAFT_HOME"/trust/* | tr '\n' ' ')" '700 600 '

# Changes by a pull.
printf '# a remark\n[cleanup]\ngone = "touch gone"\n\n[pre-up]\nrun    =   "touch ran" # as it was\n' \
  >web/.draft-tasks.toml
echo new >web/file
ok 'a change elsewhere keeps the trust' draft-tasks -q --pre-up web
printf '[pre-up]\nrun = "touch evil"\n' >web/.draft-tasks.toml
run draft-tasks -q --pre-up web
is 'a changed command' "$(failure) $(ls web/evil 2>/dev/null)" 'draft-tasks 77 '
like '… is reported' "$(reason)" '*touch evil*'
printf '[pre-up]\nrun = "touch ran"\n' >web/.draft-tasks.toml
ok 'a removed command' draft-tasks -q --pre-up web
printf '[post-up]\nrun = "touch ran"\n' >web/.draft-tasks.toml
run draft-tasks -q --post-up web
is 'a task moved to another time' "$(failure)" 'draft-tasks 77'
# A name that closes the quotes: both are read in the same way.
printf '%s\n' '[pre-up]' "m = \"touch evil (task 'n', pre-up)\"" >web/.draft-tasks.toml
draft-trust web >alike
printf '%s\n' '[pre-up]' "\"n', pre-up) (task 'm\" = \"touch evil\"" >web/.draft-tasks.toml
run draft-tasks -q --pre-up web
is 'names that look alike' "$(failure) $(ls web/evil 2>/dev/null)" 'draft-tasks 77 '
clone web
draft-trust web >/dev/null
cp -r web copy
run draft-tasks -q --pre-up copy
is 'another directory' "$(failure)" 'draft-tasks 77'
ln -s web link
ok 'the same directory by a link' draft-tasks -q --pre-up link
ok '--revoke' draft-trust --revoke web
run draft-tasks -q --pre-up web
is '… removes the trust' "$(failure) $(draft-trust --list)" 'draft-tasks 77 '
ok '… twice' draft-trust --revoke web
draft-trust copy >/dev/null
rm -r copy
draft-trust web >/dev/null
is 'a removed directory is forgotten' "$(draft-trust --list)" "$web"
ok 'trust can be removed for a removed directory' draft-trust --revoke "$scratch/copy"
for file in "$DRAFT_HOME"/trust/*; do chmod 666 "$file"; done
run draft-tasks -q --pre-up web
is 'a file that others may write to is not trusted' "$(failure)" 'draft-tasks 77'
for file in "$DRAFT_HOME"/trust/*; do chmod 600 "$file"; echo '{"directory":' >"$file"; done
run draft-tasks -q --pre-up web
is '… nor is a broken file' "$(failure)" 'draft-tasks 77'
draft-trust --revoke web
rm -f "$DRAFT_HOME"/trust/*
run draft-delete -q --engine podman web
is 'tasks after a release are checked before the release' "$(failure) $(ls web/gone 2>/dev/null)" \
  'draft-delete 77 '

# DRAFT_TRUST.
trusted() { env DRAFT_TRUST="$1" draft-tasks -q --pre-up web >"$out" 2>"$err" && echo yes || echo no; }
mkdir other
for list in "$web" "$scratch" "/none:$scratch/other/..:/nil" / 1 all; do
  is "DRAFT_TRUST=$list" "$(trusted "$list")" yes
done
for list in "$scratch/we" "$web/sub" web . .. '' 0 "$scratch/other"; do
  is "not DRAFT_TRUST=$list" "$(trusted "$list")" no
done

# Kube contexts.
rm web/.draft-tasks.toml
export KUBECONFIG="$scratch/kubeconfig"
target() { run env "${2:-A=}" draft-target --check web; is "$1" "$(failure | sed 's/.* //')" "$3"; }
clone ours; rm ours/.draft-tasks.toml
for context in near kind-dev; do
  clone web $context; rm web/.draft-tasks.toml
  ok "$context is plainly local: needs no trust" draft-trust --ask web
  ok '… is not listed' draft-trust --show web
  target '… it is not the trust that lacks' A= 66
done
clone web far; rm web/.draft-tasks.toml
target 'a context of a stranger that is far' A= 77
like '… is reported' "$(reason)" \
  "'$web' is not trusted: it releases to kube context 'far', https://10.21.21.21 (environment 'development')"
target '… that the user names, too' DRAFT_KUBE_CONTEXT=far 66
printf 'kube-context = "far"\n' >"$DRAFT_HOME/config.toml"
target '… in config.toml' A= 66
rm "$DRAFT_HOME/config.toml"
target '… where another is named' DRAFT_KUBE_CONTEXT=near 66
exits 1 '… with podman' draft-target --check --engine podman web
is '… needs no trust' "$(failure | sed 's/.* //')" 66
jq -cn --arg dir "$web" '{draft: 1, app: {name: "web", dir: $dir, context: "far"}}' >line
tar -C "$root/Tests/fixtures/charts" -czf web.tgz web
jq -c --arg chart "$scratch/web.tgz" \
  --arg digest "sha256:$(sha256sum web.tgz | cut -d' ' -f1)" --argjson size "$(stat -c %s web.tgz)" \
  '. + {chart: {path: $chart, mediaType: "application/gzip", digest: $digest, size: $size, name: "web",
    version: "0.1.0"},
    image: {repository: "web", tag: "1", store: "containers-storage"}}' line >whole
for stage in release redeploy delete connect; do
  run draft-$stage -q <whole
  is "draft-$stage does not use the context" "$(jq -r .failure.code "$out" 2>/dev/null || echo "$status")" 77
done
for command in delete redeploy; do
  exits 77 "draft-$command NAME in the directory" sh -c "cd web && draft-$command web"
done
echo 'FROM scratch' >web/Dockerfile
run draft-remote --to kube -q <whole
like 'draft-remote' "$(cat "$err")" "*'$web' is not trusted*"
run draft-status web
not_ok 'reading needs no trust' grep 'is not trusted' "$err"
ok 'trusted' draft-trust web
target '… it is not the trust that lacks' A= 66
printf '[environments.development]\nkube-context = "near"\n[environments.staging]\nkube-context = "far"\n' \
  >web/draft.toml
run draft-target --check -e staging web
is 'the same context in another environment needs its own trust' "$(failure)" 'draft-target 77'
ok '… which is not needed here' draft-trust --ask web
exits 1 '… but is listed' draft-trust --show web

# `draft up` asks before it does anything.
clone web far
draft-trust --revoke web
rm -rf web/ran "$DRAFT_HOME/locks"
: >events
exits 77 'up without a terminal' env DRAFT_EVENTS="$scratch/events" draft-up -q web
exits 77 '… in the directory' sh -c 'cd web && draft-up -q </dev/null'
is '… prints the hint' "$(tail -n 1 "$err")" \
  "  'draft trust --show $web' lists everything; to allow it, run 'draft trust $web'"
run sh -c 'printf "{\"draft\":1,\"app\":{\"name\":\"web\",\"dir\":\"$1\"}}\n" | draft-up -q --no-watch' sh "$web"
is '… records from a pipe are refused by the stage' "$status $(failure)" '1 draft-tasks 77'
rm -rf "$DRAFT_HOME/locks"; : >events
exits 77 '… again' env DRAFT_EVENTS="$scratch/events" draft-up -q web
is '… and starts nothing' "$(cat events)$(ls web/ran 2>/dev/null)$(ls "$DRAFT_HOME/locks" 2>/dev/null)" ''
cat >terminal <<'END'
import os, pty, sys
# terminal ANSWER COMMAND...: runs the command on a terminal, and types the answer when it asks.
child, terminal = pty.fork()
if child == 0:
    os.execvp(sys.argv[2], sys.argv[2:])
seen, said = b'', False
while True:
    try:
        more = os.read(terminal, 4096)
    except OSError:
        break
    if not more:
        break
    seen += more
    if not said and b'[y/N] ' in seen:
        os.write(terminal, sys.argv[1].encode() + b'\n')
        said = True
sys.stdout.write(seen.decode().replace('\r\n', '\n'))
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
END
printf '[pre-up]\nrun = "touch ran"\nbell = "echo \\u001b[2J\\u0007\\u009b"\n' >web/.draft-tasks.toml
exits 77 'up on a terminal: no' python3 terminal n draft-up --no-watch web
like '… it asks' "$(cat "$out")" "'$web' is not trusted yet. It
  runs on this machine: touch ran (task 'run', pre-up)
  runs on this machine: echo *
  releases to kube context 'far', https://10.21.21.21 (environment 'development')
Trust it? \[y/N\] n
*run 'draft trust $web'"
not_ok '… with control characters escaped' grep -q "$(printf '\033\|\007\|\302\233')" "$out"
is '… and does not run it' "$(ls web/ran 2>/dev/null)" ''
exits 77 '… an empty answer is no' python3 terminal '' draft-up --no-watch web
run python3 terminal y draft-up --no-watch web
is '… yes: its tasks are run' "$(ls web/ran)" web/ran
run python3 terminal n draft-up --no-watch web
not_ok '… once' grep -F '[y/N]' "$out"
run sh -c 'cd web && python3 ../terminal n draft-up --no-watch'
not_ok '… nor in the directory' grep -F '[y/N]' "$out"

# The author of a draft.toml trusts it.
export KUBECONFIG=/dev/null
mkdir mine stranger
printf 'import flask\n' >mine/app.py
printf 'flask\n' >mine/requirements.txt
cp mine/* stranger
printf '[pre-up]\nrun = "touch ran"\n' >stranger/.draft-tasks.toml
ok 'draft create' draft-create -q mine
printf '[pre-up]\nrun = "touch ran"\n' >mine/.draft-tasks.toml
ok '… and own tasks' draft-tasks -q --pre-up mine
is '… are run' "$(ls mine/ran)" mine/ran
printf '[environments.development]\nkube-context = "far"\n' >mine/draft.toml
ok "… the user's own context needs no trust" env KUBECONFIG="$scratch/kubeconfig" draft-trust --ask mine
ok 'draft create in a directory with tasks' draft-create -q stranger
run draft-tasks -q --pre-up stranger
is '… does not trust them' "$(failure) $(ls stranger/ran 2>/dev/null)" 'draft-tasks 77 '
cp -r mine taken
draft-create -q taken >/dev/null
run draft-tasks -q --pre-up taken
is 'an existing draft.toml is not trusted' "$(failure)" 'draft-tasks 77'
draft-create -q --dry-run taken >/dev/null
run env DRAFT_HOME="$scratch/nowhere" draft-tasks -q --pre-up mine
is 'trust is kept per draft home' "$(failure)" 'draft-tasks 77'

# Host access of a chart that podman runs.
if command -v podman >/dev/null && podman info >/dev/null 2>&1; then
  mkdir -p pods/charts
  cp -r "$root/Tests/fixtures/charts/web" pods/charts/pods
  pods=$(cd pods && pwd -P)
  release() { run draft-release -q --engine podman --set "image.repository=x" <<END
$(jq -c --arg dir "$pods" '.app = {name: "pods", dir: $dir}' whole)
END
  }
  ok 'a chart without host access needs no trust' draft-trust --ask --engine podman pods
  is '… and is not packed for the check' "$(ls "$DRAFT_HOME/cache/charts" 2>/dev/null)" ''
  deployment=pods/charts/pods/templates/deployment.yaml
  cp $deployment plain.yaml
  wants() { # SED WHAT
    sed "$1" plain.yaml >$deployment
    exits 77 "$2" draft-trust --ask --engine podman pods
    like '… is reported' "$(cat "$err")" "*'$pods' is not trusted: it $2 (Deployment/*"
  }
  wants 's/^      volumes:/&\n        - {name: root, hostPath: {path: \/}}/' "mounts '/' of this machine"
  wants 's/^    spec:/&\n      hostNetwork: true/' 'shares the network of this machine'
  wants 's/^    spec:/&\n      hostPID: true/' 'shares the processes of this machine'
  wants 's/^    spec:/&\n      hostIPC: true/' 'shares the shared memory of this machine'
  wants 's/readOnlyRootFilesystem:/privileged: true\n            &/' 'runs with all privileges of this machine'
  wants 's/readOnlyRootFilesystem:/capabilities: {drop: [ALL], add: [NET_BIND_SERVICE, SYS_ADMIN]}\n            &/' \
    'runs with the capability SYS_ADMIN'
  sed 's/readOnlyRootFilesystem:/capabilities: {drop: [ALL], add: [NET_BIND_SERVICE]}\n            &/' \
    plain.yaml >$deployment
  ok 'default rights of containers need no trust' draft-trust --ask --engine podman pods
  ok 'in a cluster, host access is left to the cluster' \
    env KUBECONFIG="$scratch/kubeconfig" draft-trust --ask --kube-context near pods
  # It is the stage that refuses, by the chart that would be played, whatever lies in the directory.
  mkdir bad
  cp -r "$root/Tests/fixtures/charts/web" bad/web
  sed 's/^      volumes:/&\n        - {name: root, hostPath: {path: {{ printf "%s" "\/" }}}}/' \
    plain.yaml >bad/web/templates/deployment.yaml
  tar -C bad -czf web.tgz web
  jq -c --arg digest "sha256:$(sha256sum web.tgz | cut -d' ' -f1)" --argjson size "$(stat -c %s web.tgz)" \
    '.chart.digest = $digest | .chart.size = $size' whole >evil
  mv evil whole
  release
  is 'draft-release refuses it' "$(failure)" 'draft-release 77'
  like '… before it creates anything' "$(reason) $(podman pod ps -q --filter label=draft=pods)" \
    "'$pods' is not trusted: it mounts '/' of this machine (Deployment/pods) "
  cp bad/web/templates/deployment.yaml $deployment
  ok 'trusted' draft-trust --engine podman pods
  release
  is '… then only the image is missing' "$(failure)" 'draft-release 66'
  for path in /etc ../..; do
    sed "s,printf \"%s\" \"/\",printf \"%s\" \"$path\"," bad/web/templates/deployment.yaml >$deployment
    exits 77 "another path: $path" draft-trust --ask --engine podman pods
  done
else
  skip 'host access of a chart' 'there is no podman'
fi

# Usage.
exits 66 'a missing directory' draft-trust none
exits 64 'two options that exclude each other' draft-trust --show --revoke web
exits 64 '--list of a directory' draft-trust --list web
run draft-trust "$scratch/mine" other
like 'a directory that needs no trust' "$(tail -n 1 "$out")" "'$scratch/other' is trusted; nothing there needs it"

# A home of another user is not trusted.
if [ "$(id -u)" = 0 ]; then
  mkdir theirs theirs/trust
  chown 12345 theirs
  for command in home 'trust mine' 'config list' 'tasks --pre-up mine' 'up mine'; do
    # shellcheck disable=SC2086 # words
    run env DRAFT_HOME="$scratch/theirs" draft-$command
    like "draft-$command: a home of another user" "$status $(jq -r .failure.code "$out" 2>/dev/null) $(cat "$err")" \
      "*77* draft-*: cannot use the draft home '$scratch/theirs': it belongs to another user*"
  done
  printf 'registry = "evil.example"\n' >theirs/config.toml
  is '… its configuration is ignored' \
    "$(DRAFT_HOME="$scratch/theirs" draft-target other | jq -c .target.registry)" null
  is '… and nothing is written there' "$(find theirs ! -user 12345 ! -name trust ! -name config.toml)" ''
  mkdir user
  mv theirs user/.draft
  run env -u DRAFT_HOME HOME="$scratch/user" draft-home
  is 'root with the HOME of another user' "$status" 77
else
  skip 'a home of another user' 'not root'
fi
finish

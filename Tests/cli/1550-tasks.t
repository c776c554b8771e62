#!/bin/sh
# draft-tasks: the commands of .draft-tasks.toml, on this machine and in pods of podman. In pods of a cluster:
# Tests/cluster.
# shellcheck disable=SC2016 # $ is for draft-tasks
. "$(dirname "$0")/lib.sh"
export DRAFT_TRUST="$scratch"
mkdir -p web/bin
file=web/.draft-tasks.toml
ran() { jq -c '.tasks // "nothing"' "$out"; }
failure() { jq -r '[.failure.code, .failure.message] | map(tostring) | join(",")' "$out"; }
record() { jq -cn --arg dir "$scratch/web" '{draft: 1, app: {name: "web", dir: $dir, namespace: "team"}} | '"${1:-.}"; }
released='.release = {name: "web", namespace: "team", revision: 1, status: "deployed", changed: true, engine: "podman", objects: [], urls: []}'

record >line
run draft-tasks <line
is 'no file: the record passes unchanged' "$status $(cat "$out")" "0 $(cat line)"
: >$file
run draft-tasks --pre-up --cleanup <line
is 'a file without tasks: so does it' "$status $(cat "$out")" "0 $(cat line)"

cat >$file <<'END'
[pre-up]
zebra = "sh -c 'echo zebra; pwd >where'"
"a word, or two" = '''printf '%s|' "a b" c\ d $WORD "${WORD}" '$WORD' '''
here = "bin/here x"
place = "sh -c 'echo $DRAFT_ENV $DRAFT_NAMESPACE >place'"
[post-up]
after = "touch after"
[cleanup]
gone = "touch gone"
END
printf '#!/bin/sh\necho "here $*"\n' >web/bin/here
chmod +x web/bin/here
run env WORD='x  y' draft-tasks <line
is 'the tasks before a release' "$status $(ran)" '0 {"preUp":["zebra","a word, or two","here","place"]}'
is '… in the order of the file, with words split as by a shell' "$(cat "$err")" "--> Running task 'zebra'
zebra
--> Running task 'a word, or two'
a b|c d|x  y|x  y|\$WORD|--> Running task 'here'
here x
--> Running task 'place'"
is '… in the directory of the application' "$(cat web/where)" "$(pwd -P)/web"
is 'a task gets the environment and namespace' "$(cat web/place)" 'development team'
is '… and no other variables' "$(ls web/after web/gone 2>/dev/null)" ''
run env WORD=x draft-tasks -q <line
is '-q still prints the output of tasks' "$(cat "$err")" 'zebra
a b|c d|x|x|$WORD|here x'
run env WORD=x draft-tasks -q --cleanup <line
is 'a table by name' "$(ran) $(ls web/gone)" '{"cleanup":["gone"]} web/gone'
record "$released" | env WORD=x draft-tasks -q | env WORD=x draft-tasks -q --pre-up >"$out" 2>"$err"
is 'tasks after a release are added to those before it in the record' "$(ran) $(ls web/after)" \
  '{"preUp":["zebra","a word, or two","here","place"],"postUp":["after"]} web/after'
rm -f web/after
record "$released | .release.changed = false" | draft-tasks -q >"$out"
is 'an unchanged release runs no tasks' "$(ran) $(ls web/after 2>/dev/null)" '"nothing" '

# Errors.
run draft-tasks -q <line
is 'a variable that is not set is an error' "$status $(failure)" \
  "1 78,task 'a word, or two' (web/.draft-tasks.toml:3) needs the variable 'WORD', which is not set"
is '… and no task is run' "$(grep -c zebra "$err")" 0
cat >$file <<'END'
[pre-up]
one = "echo one"
two = "sh -c 'echo why >&2; exit 3'"
three = "touch three"
END
record >line
run draft-tasks <line
is 'a task that fails' "$status $(failure)" "1 1,task 'two' exited with status 3"
like '… its output is shown, and later tasks are not run' "$(cat "$err")$(ls web/three 2>/dev/null)" "*why
draft-tasks: task 'two' exited with status 3
  its output is above*"
cat >$file <<'END'
[pre-up]
x = "sh -c 'kill -9 $$'"
END
run draft-tasks <line
is 'a task that is killed' "$(failure)" "1,task 'x' was ended by signal 9"
printf '[pre-up]\nx = "no-such-program y"\n' >$file
run draft-tasks <line
is 'a task with a missing program' "$(failure)" "69,cannot run task 'x': cannot find 'no-such-program' on PATH"
printf '[pre-up]\nx = "cat"\n' >$file
run timeout 10 draft-tasks <line
is 'a task has an empty standard input' "$status" 0
printf '[pre-up]\nx = "echo out"\n' >$file
is '… and its output is not on standard output' "$(draft-tasks -q <line 2>/dev/null | jq -c .tasks)" '{"preUp":["x"]}'
printf '[pre-up]\nx = "a && b"\n' >$file
run draft-tasks <line
like 'shell syntax is rejected' "$(failure)" "78,task 'x' (*) has '&&', but tasks are not run by a shell"
printf '[post-deply]\nx = "a"\n' >$file
run draft-tasks <line
like 'an unknown table' "$status $(cat "$err")" \
  "0 *draft-tasks: warning: *:1: unknown table 'post-deply'; did you mean 'post-deploy'?*"
printf '[pre-up]\nx = \n' >$file
run draft-tasks <line
like 'a file that is not TOML' "$(failure)" "78,cannot read '*.draft-tasks.toml': line 2, column *"
printf '[pre-up]\nx = "sleep 60"\n' >$file
draft-tasks <line >/dev/null 2>&1 &
pid=$!
await pgrep -P $pid >/dev/null
child=$(pgrep -P $pid)
kill -TERM $pid
status=0; wait $pid 2>/dev/null || status=$?
is 'a signal ends draft-tasks' "$status" 143
not_ok '… and the task' kill -0 "$child"

# draft up: tasks run before and after the pipe, and tasks that did not complete run again.
if command -v podman >/dev/null &&
  podman info >/dev/null 2>&1 && command -v helm >/dev/null && "$root/Tests/base-image" busybox >/dev/null 2>&1; then
  export CONTAINERS_CONF="$root/Tests/fixtures/containers/containers.conf" \
    CONTAINERS_REGISTRIES_CONF="$root/Tests/fixtures/containers/registries.conf"
  app=tasks-test-$$
  cleanup() {
    pods=$(podman pod ps -q --filter "label=draft=$app" 2>/dev/null)
    # shellcheck disable=SC2086 # a list
    [ -z "$pods" ] || podman pod rm -f -t 0 $pods >/dev/null 2>&1
    buildah rmi -f "localhost/$app:1" "localhost/$app:2" >/dev/null 2>&1
  }
  trap 'cleanup; cd /; rm -rf "$scratch"' EXIT
  tar -C "$root/Tests/fixtures/charts" -czf web.tgz web
  line() { # TAG
    jq -cn --arg app "$app" --arg dir "$scratch/web" --arg chart "$scratch/web.tgz" --arg tag "$1" \
      --arg digest "sha256:$(sha256sum web.tgz | cut -d' ' -f1)" --argjson size "$(stat -c %s web.tgz)" \
      '{draft: 1, app: {name: $app, dir: $dir}, chart: {path: $chart, mediaType: "application/gzip", digest: $digest,
        size: $size, name: "web", version: "0.1.0"},
        image: {repository: $app, tag: $tag, store: "containers-storage"}}'
  }
  c=$(buildah from localhost/draft-test/busybox)
  buildah config --entrypoint '["/bin/busybox","httpd","-f","-p","8080"]' "$c" &&
    buildah commit -q --rm "$c" "localhost/$app:1" >/dev/null
  if ok 'an image' buildah tag "localhost/$app:1" "localhost/$app:2"; then
    cat >$file <<'END'
[post-deploy]
inside = "/bin/busybox sh -c 'echo \"in $0\"; test -x /bin/busybox' $WORD"
[post-up]
after = "sh -c 'echo after; exit $CODE'"
END
    after() { draft-release -q | draft-tasks --post-deploy --post-up; }
    export WORD=pod CODE=0
    line 1 | after >"$out" 2>"$err"
    is 'in the pod of podman' "$(ran)" '{"postDeploy":["inside"],"postUp":["after"]}'
    like '… it is' "$(cat "$err")" "*Running task 'inside' in pod '$app-1'
in pod
*after"
    line 1 | after >"$out" 2>"$err"
    is 'no release: no tasks are run' "$(jq .release.changed "$out") $(ran)" 'false "nothing"'
    line 2 | CODE=4 after >"$out" 2>"$err"
    is 'a task that failed after the release' "$(failure)" "1,task 'after' exited with status 4"
    line 2 | after >"$out" 2>"$err"
    is '… is run again, though the release is up to date' "$(jq .release.changed "$out") $(ran)" \
      'false {"postDeploy":["inside"],"postUp":["after"]}'
    line 2 | after >"$out" 2>"$err"
    is '… once' "$(ran)" '"nothing"'
    run draft-tasks -q --post-deploy -e development <<END
$(line 2)
END
    is 'draft tasks runs them in the current pods' "$(ran)" '{"postDeploy":["inside"]}'
    cleanup
    run draft-tasks -q --post-deploy <<END
$(line 2)
END
    is '… and fails without pods' "$(failure)" \
      "69,no pod of '$app' runs in namespace 'default' to run its post-deploy tasks in"
  fi
else
  skip 'tasks in the pods of podman' 'there is no podman or no helm'
fi
finish

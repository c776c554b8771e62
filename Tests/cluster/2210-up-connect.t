#!/bin/sh
# draft-watch, up and connect together: the local port stays the same, and answers with every save that can be built.
# shellcheck source=Tests/cluster/lib.sh
. "$(dirname "$0")/lib.sh"
needs node
namespace live
name=live-$$ app=$scratch/live-$$
example "$app"
port=$(free_port)
remote=$(sed -n 's/^EXPOSE \([0-9]*\).*/\1/p' "$app/Dockerfile")
sed -i "s/^\( *\)watch = .*/\1watch = true/; s/^\( *\)watch-delay = .*/\1watch-delay = 1/; s/^\( *\)auto-connect = .*/\1auto-connect = true\n\1override-ports = [\"$port:$remote\"]/" "$app/draft.toml"
ok 'auto-connect in draft.toml' grep -q "override-ports = .\"$port:$remote\"" "$app/draft.toml"
says() { sed -i "s/Hello, [A-Za-z]*!/Hello, $1!/" "$app/app.py"; }
answers() { [ "$(curl -s -m 2 "localhost:$port")" = "Hello, $1!" ]; }
has() { await grep -q -- "$1" words; }

perl -e '$SIG{INT} = "DEFAULT"; exec @ARGV' draft up "$app" >records 2>words </dev/null &
up=$!
later "kill $up"
ok 'up connects' await grep -q '"connect"' records || note "$(tail -n 20 words)"
ok '… with a message' has "^Connect to $name:$remote on localhost:$port"
ok 'it answers' await answers World
ok '… and its log is shown' has "^\[$name-[a-z0-9]*-[a-z0-9]*/$name\]: "
says Draft
ok 'a save: the same port has the new answer' await answers Draft || note "$(tail -n 20 words)"
mv "$app/Dockerfile" "$scratch/Dockerfile"
{ cat "$scratch/Dockerfile"; echo 'RUN exit 42'; } >"$app/Dockerfile"
says Broken
ok 'a save that does not build' has 'exit.* 42'
ok '… keeps the previous version' answers Draft
ok '… and draft up running' kill -0 $up
cp "$scratch/Dockerfile" "$app/Dockerfile"
says Mended
ok 'a save that builds again' await answers Mended || note "$(tail -n 20 words)"
# The new pod is used before the cluster has checked again whether it is ready.
settled() { [ -z "$(helm list --pending -q)" ]; }
ok 'helm finishes the release' await settled

stages=$(pgrep -P $up) children=
for stage in $stages; do children="$children $(pgrep -P "$stage")"; done
kill -s INT $up
code=0; wait $up || code=$?
is 'SIGINT ends it' "$code" 130
for child in $stages $children; do kill -0 "$child" 2>/dev/null && left="${left:-} $child"; done
is '… and everything it started' "${left:-}" ''
is '… without a pending release' "$(helm list -a -o json | jq -r '.[].status')" deployed
not_ok '… and nothing answers any more' answers Mended
finish

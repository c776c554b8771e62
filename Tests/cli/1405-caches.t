#!/bin/sh
# The caches of the draft home: damaged entries are removed and made again, and caches may be deleted at any moment.
. "$(dirname "$0")/lib.sh"
host=127.0.0.1:$(free_port)
registry images "$host"
trap 'kill $daemon 2>/dev/null; cd /; rm -rf "$scratch"' EXIT
export SOURCE_DATE_EPOCH=1000000000

make_app() { # NAME
  mkdir -p "$1/src" "$1/charts/$1/templates"
  printf 'FROM scratch\nCOPY . /srv\nCMD ["/srv/main"]\n' >"$1/Dockerfile"
  printf 'apiVersion: v2\nname: %s\nversion: 0.1.0\n' "$1" >"$1/charts/$1/Chart.yaml"
  for n in 1 2 3; do echo "$1 $n" >"$1/src/$n"; done
  head -c 300000 /dev/urandom >"$1/noise"
}
# Push to an empty repository: otherwise the push finds the tag and reads no blob.
pipe() { draft-pack -q "$1" | draft-build -q | DRAFT_REGISTRY=$host/${2:-first} draft-push -q; }
pushed() { jq -r '.failure.message // .image.digest'; }

make_app web
export DRAFT_HOME="$scratch/whole"
want=$(pipe web whole | pushed)
export DRAFT_HOME="$scratch/draft"
is "an image" "$(pipe web | pushed)" "$want"
images=$DRAFT_HOME/cache/images contexts=$DRAFT_HOME/cache/contexts round=0
damage() { # KIND FILE
  mkdir -p "$(dirname "$2")"
  size=$(stat -c %s "$2" 2>/dev/null)
  case $1 in
    bytes) head -c "$size" /dev/zero >"$2.new"; mv "$2.new" "$2"; return ;;
    short) truncate -s 3 "$2"; return ;;
    garbage) echo '{"x' >"$2"; return ;;
  esac
  rm -rf "$2"
  case $1 in
    directory) mkdir -p "$2/with"; echo x >"$2/with/file" ;;
    fifo) mkfifo "$2" ;;
    dangling) ln -s /nowhere/at/all "$2" ;;
    file) echo x >"$2" ;;
  esac
}
heals() { # KIND FILE...: the pipe after it gives the same image, to a repository that has nothing of it
  round=$((round + 1)) kind=$1
  shift
  for file; do damage "$kind" "$file"; done
  found=$(pipe web "round$round" 2>"$err" | pushed)
  [ "$found" = "$want" ] || { broken="$broken$kind ${file#"$DRAFT_HOME/"}: $found $(head -n 2 "$err")
"; }
}
wrong='gone short garbage directory fifo dangling' broken=''
for kind in $wrong; do heals "$kind" "$images/index.json" "$images/oci-layout"; done
is "the index and the marker of the image layout" "$broken" ''
broken=''
for kind in $wrong bytes; do heals "$kind" "$images"/blobs/sha256/*; done
for blob in "$images"/blobs/sha256/*; do heals bytes "$blob"; done
is "blobs" "$broken" ''
broken=''
for kind in $wrong; do
  heals "$kind" "$images"/made/* \
    "$images"/names/* "$images"/kept/* "$contexts"/last/* "$contexts"/tree/* "$contexts"/kept/* \
    "$DRAFT_HOME"/cache/trees/* "$DRAFT_HOME"/cache/tags/*
done
is "notes" "$broken" ''
broken=''
for kind in $wrong bytes; do
  # With nothing remembered of the image all of it is made again, so that each of these is read or written.
  rm -rf "$images"
  heals "$kind" "$contexts"/sha256/*.tar "$DRAFT_HOME"/cache/charts/sha256/*/*.tgz "$DRAFT_HOME"/logs/web/*
done
is "tarballs and logs" "$broken" ''
broken=''
for kind in file dangling fifo; do
  heals "$kind" "$images"
  heals "$kind" "$images/blobs" \
    "$images/made" "$contexts/sha256" "$DRAFT_HOME/cache/charts" "$DRAFT_HOME/cache/trees" "$DRAFT_HOME/cache/tags" \
    "$DRAFT_HOME/cache/tmp" "$DRAFT_HOME/cache/pushed/$host" "$DRAFT_HOME/logs/web" "$DRAFT_HOME/locks"
  heals "$kind" "$contexts" "$DRAFT_HOME/cache/pushed" "$DRAFT_HOME"/cache/charts/sha256/* "$DRAFT_HOME/logs"
done
heals file "$DRAFT_HOME/cache"
rm -rf "$images"
heals directory "$DRAFT_HOME/locks/images" "$DRAFT_HOME/locks/build-default.web"
is "files in place of directories and directories in place of files" "$broken" ''

# What the previous record made has disappeared.
line() { rm -rf "$DRAFT_HOME"; draft-pack -q web >packed; draft-build -q <packed >built; }
line; rm -rf "$DRAFT_HOME"
is "the context is packed again" "$(draft-build -q <packed | pushed)" "$want"
line; rm -rf "$DRAFT_HOME"
is "the image is built again" "$(DRAFT_REGISTRY=$host/lost draft-push -q <built | pushed)" "$want"
line; rm -rf "$DRAFT_HOME"; echo changed >web/src/1
run draft-build -q <packed
is "… but not from another tree" "$status $(sed -n 2p "$err")" "1   run draft pack again"
run env DRAFT_REGISTRY="$host/none" draft-push -q <built
is "… and a push reports it too" "$status $(jq -r .failure.code "$out")" "1 66" || note "$(cat "$err")"
echo "web 1" >web/src/1

# Deleted during the work, again and again.
apps='a1 a2 a3 a4 a5'
export DRAFT_HOME="$scratch/whole"
for app in $apps; do make_app "$app"; pipe "$app" whole | pushed >"$app.want"; done
export DRAFT_HOME="$scratch/draft"
at_work() { for pid in $pids; do kill -0 "$pid" 2>/dev/null && return; done; return 1; }
for round in 1 2 3; do
  pids='' rm=''
  for app in $apps; do (pipe "$app" "deleted$round" 2>"$app.err" | pushed >"$app.got") & pids="$pids $!"; done
  # In the midst of the first pipe that gets so far, and whenever there is something again.
  while at_work; do
    [ -e "$DRAFT_HOME/cache/images/oci-layout" ] || { sleep 0.01; continue; }
    [ $((rm += 1)) -le 12 ] || break
    case $((rm % 4)) in 0) rm -rf "$DRAFT_HOME" ;; *) rm -rf "$DRAFT_HOME/cache" ;; esac 2>/dev/null
  done
  # shellcheck disable=SC2086 # several
  wait $pids
  broken=''
  for app in $apps; do cmp -s "$app.want" "$app.got" || broken="$broken$app: $(cat "$app.got" "$app.err")
"; done
  is "deleted $rm times in the middle of five pipes, all succeed ($round)" "$broken" ''
done
finish

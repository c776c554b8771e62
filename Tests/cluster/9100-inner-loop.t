#!/bin/sh
# From a saved file to the new answer, in comparison: the pipe (draft up with watch and auto-connect) on its forwarded
# port and at the Service, the pipe with draft-sync, and buildah build, buildah push and helm upgrade --wait by hand.
# The test asserts that each gives the new answer. The times are printed, because they depend on the machine, with the
# goals: at most half of the time by hand for the pipe, and a tenth with draft-sync. All three have the root file
# system that draft-sync(1) recommends for development. The delay after a save is for the user to choose; here it is a
# twentieth of a second, while the default of draft.toml is two seconds. ROUNDS (7) of each, one after the other.
# shellcheck source=Tests/cluster/lib.sh
. "$(dirname "$0")/lib.sh"
needs node
namespace loop
ours=ours-$$ sync=sync-$$ hand=hand-$$
for app in $ours $sync; do
  example "$scratch/$app"
  sed -i 's/watch = false/watch = true/; s/watch-delay = .*/watch-delay = 0.05/; s/^\( *\)chart = .*/&\n\1set = ["securityContext.readOnlyRootFilesystem=false"]/' "$app/draft.toml"
done
port=$(free_port)
remote=$(sed -n 's/^EXPOSE \([0-9]*\).*/\1/p' "$ours/Dockerfile")
sed -i "s/^\( *\)auto-connect = .*/\1auto-connect = true\n\1override-ports = [\"$port:$remote\"]/" "$ours/draft.toml"
# The same files under another name, without draft.
cp -r "$ours" "$hand"
mv "$hand/charts/$ours" "$hand/charts/$hand"
sed -i "s/$ours/$hand/" "$hand/charts/$hand/Chart.yaml"
later "buildah images -n | awk -v n='/$hand\$' '\$1 ~ n { print \$3 }' | sort -u | xargs -r buildah rmi -f"

says() { sed -i "s/Hello, [A-Za-z0-9]*!/Hello, $2!/" "$scratch/$1/app.py"; }
# Milliseconds since some moment, without starting a program for the date.
now() { read -r uptime _ </proc/uptime; echo "${uptime%.*}${uptime#*.}0"; }
# ADDRESS:PORT WORD: waits for this answer, at most two minutes. One program asks every 50 ms: a curl for each request
# took a fifth of a core, which slowed down the pipe, which is asked from the save on.
answers() {
  perl -MIO::Socket::INET -MTime::HiRes=sleep,time -e '
    my ($address, $word, $end) = (@ARGV, time + 120);
    $SIG{PIPE} = "IGNORE";
    $SIG{ALRM} = sub { die };
    while (time < $end) {
      # A pod that goes may leave a question without an answer.
      my $answer = eval {
        alarm 1;
        my $socket = IO::Socket::INET->new(PeerAddr => $address) or die;
        print $socket "GET / HTTP/1.0\r\n\r\n";
        # Not to the end of the connection, which comes a second late by port-forward.
        my $text = "";
        while (sysread $socket, $text, 4096, length $text) {
            last if $text =~ /^Content-Length: (\d+)\r\n.*?\r\n(.*)/ims && length $2 >= $1
        }
        $text;
      } // "";
      alarm 0;
      exit 0 if $answer =~ /\r\n\r\nHello, \Q$word\E!$/;
      sleep 0.05;
    }
    exit 1' "$1" "$2"
}
address() { kubectl get service "$1" -o 'jsonpath={.spec.clusterIP}:80'; }
by_hand() { # TAG: what somebody would type
  buildah build -q --isolation chroot --layers --build-arg BASE=localhost/draft-test/python -t "$REGISTRY/$hand:$1" \
    "$hand" &&
    buildah push -q "$REGISTRY/$hand:$1" &&
    helm upgrade --install "$hand" "$hand/charts/$hand" --wait \
      --set "securityContext.readOnlyRootFilesystem=false,image.repository=$REGISTRY/$hand,image.tag=$1,draft=$hand,buildID=$1"
}

draft up "$ours" >up.out 2>up.err </dev/null &
up=$!
draft up --restart "$sync" >sync.out 2>sync.err </dev/null &
syncing=$!
later "kill $up $syncing"
ok 'by hand: the first version' by_hand 0
await kubectl get service "$ours"
ok 'draft up: the first version' answers "$(address "$ours")" World || sed 's/^/# /' up.err
await kubectl get service "$sync"
ok 'draft up --restart: the first version' answers "$(address "$sync")" World || sed 's/^/# /' sync.err
at_ours=$(address "$ours") at_sync=$(address "$sync") at_hand=$(address "$hand")
both() { [ "$(cat up.out sync.out | wc -l)" = 2 ]; }
await both

round=0
while [ "$round" -lt "${ROUNDS:-7}" ]; do
  round=$((round + 1))
  # A kubelet looks at its containers once a second: a save is at any moment of it, not always at the one that the round
  # before ended at.
  sleep "0.$(printf %02d $((round * 37 % 100)))"
  begun=$(now)
  says "$ours" "$round"
  ok "draft up: answer $round on the forwarded port" answers "127.0.0.1:$port" $round
  echo $(($(now) - begun)) >>times.port
  ok "draft up: answer $round at the Service" answers "$at_ours" $round
  echo $(($(now) - begun)) >>times.ours
  # The pipe is at rest before the other one begins, and after it.
  await sh -c "[ \"\$(wc -l <up.out)\" -gt $round ]"
  begun=$(now)
  says "$sync" "$round"
  ok "draft up --restart: answer $round" answers "$at_sync" $round
  echo $(($(now) - begun)) >>times.sync
  await sh -c "[ \"\$(wc -l <sync.out)\" -gt $round ]"
  begun=$(now)
  says "$hand" "$round"
  by_hand $round >hand.out 2>&1 || note "$(cat hand.out)"
  ok "by hand: answer $round" answers "$at_hand" $round
  echo $(($(now) - begun)) >>times.hand
done
kill $up $syncing
wait $up $syncing 2>/dev/null
is 'draft-sync has copied each' \
  "$(jq -r 'select(.change.sequence > 0) | .sync.how' sync.out | sort | uniq -c | xargs)" "$round sync"

median() { sort -n "$1" | awk '{ t[NR] = $1 } END { printf "%d\n", (t[int((NR + 1) / 2)] + t[int(NR / 2) + 1]) / 2 }'; }
line() { # WHAT FILE
  note "$(printf '%-56s %6s ms  (%s)  %s of by hand' "$1" "$(median "$2")" "$(paste -sd ' ' "$2")" \
      "$(awk -v a="$(median "$2")" -v b="$(median times.hand)" 'BEGIN { printf "%.2f", a / b }')")"
}
note "from a saved file to the new answer, the python example, median of $round:"
line 'draft up, with watch: on the port (asked: 0.50 at most)' times.port
line 'draft up, with watch: at the Service' times.ours
line 'draft up --restart, with watch (0.10 at most)' times.sync
line 'buildah build, buildah push, helm upgrade --wait' times.hand
finish

#!/bin/sh
# The cluster for the other tests: it leaves nothing behind, however it ends, and two clusters do not conflict.
# shellcheck source=Tests/cluster/lib.sh
. "$(dirname "$0")/lib.sh"
needs own node
slot() { slot=$(sed -n 's/.*REGISTRY=10\.\([0-9]*\)\..*/\1/p' "$cluster/env"); slot=$((slot - 200)); }
slot

# What exists of it. Its processes have its directory open, as their working directory or in their arguments.
processes() {
  pgrep -f "$cluster/" | while read -r pid; do [ "$(ps -o stat= -p "$pid" | cut -c1)" = Z ] || echo "$pid"; done
}
taken() { ! flock -n "/run/lock/draft-test-node.$slot" true; }
left() {
  processes
  grep -F "$cluster/" /proc/mounts
  # What has a slot's name is ours as long as nobody else has taken the slot.
  taken || { ip link show "draft-test-$slot" 2>/dev/null; ip route show | grep -F "10.$((200 + slot)).0.0/16"; }
}
none_left() { [ -z "$(left)" ]; }
no_groups() { taken || [ -z "$(find /sys/fs/cgroup -type d -name "draft-test-node-$slot" -prune)" ]; }

not_ok 'the cluster runs' none_left
is 'its containers are in their own control group' "$(while read -r at group; do [ -d "$at" ] &&
    echo "$group"; done <"$cluster/groups" | grep -vc "/draft-test-node-$slot\$")" 0
exits 69 'a second cluster in the same directory is refused' "$root/Tests/cluster/cluster" start node "$cluster"
ok 'another cluster in another directory' "$root/Tests/cluster/cluster" start node "$scratch/other" $$
later "'$root/Tests/cluster/cluster' stop '$scratch/other'"
kubectl --kubeconfig other/kubeconfig create namespace other >/dev/null
not_ok '… is separate' kubectl get namespace other
ok '… ends' "$root/Tests/cluster/cluster" stop "$scratch/other"
ok '… without changing the first one' kubectl get --raw /readyz

kill -KILL "$(cat "$cluster/keeper")"
ok 'its keeper is killed: everything ends' await none_left || left | sed 's/^/# /'
sh -c 'echo $$ >owner; exec sleep 600' &
owner=$!
later "kill $owner"
ok 'a new cluster in the same directory, bound to a process' "$root/Tests/cluster/cluster" start node \
  "$cluster" $owner
ok '… answers' kubectl --kubeconfig "$cluster/kubeconfig" get --raw /readyz
# It may get another slot than the one before, whose last process may still be ending.
slot
kill $owner
wait $owner 2>/dev/null
ok '… ends with the process' await none_left || left | sed 's/^/# /'
ok '… and leaves no control group' await no_groups

"$root/Tests/cluster/cluster" stop "$cluster"

# The API only.
"$root/Tests/cluster/cluster" start api "$cluster" $$ || report 1 'the API alone starts'
ok 'the API alone' kubectl --kubeconfig "$cluster/kubeconfig" get --raw /readyz
"$root/Tests/cluster/cluster" api "$cluster" down
not_ok '… is stopped' kubectl --kubeconfig "$cluster/kubeconfig" get --raw /readyz
"$root/Tests/cluster/cluster" api "$cluster" up
ok '… and back' kubectl --kubeconfig "$cluster/kubeconfig" get --raw /readyz
kill -KILL "$(cat "$cluster/keeper")"
ok '… its keeper is killed: everything ends' await none_left || left | sed 's/^/# /'
finish

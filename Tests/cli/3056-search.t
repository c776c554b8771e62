#!/bin/sh
# draft search: what it finds beside helm, in which order, and from which file.
. "$(dirname "$0")/lib.sh"
config=$HOME/.config/helm/repositories.yaml
cache=$HOME/.cache/helm/repository
mkdir -p "${config%/*}" "$cache"

exits 78 'without a repository' draft search
like '… what to do' "$(cat "$err")" "draft-search: helm knows no repository*try 'draft repo add URL'"
cat >"$config" <<'Y'
repositories:
- {name: big, url: "https://example.com/big"}
- {name: own, url: "https://example.com/own"}
Y
cat >"$cache/own-index.yaml" <<'Y'
apiVersion: v1
entries:
  cache:
  - {name: cache, version: 1.0.0, description: "A store, like Redis", urls: [a.tgz]}
  mine:
  - {name: mine, version: 1.0.0, keywords: [redis, store], urls: [a.tgz]}
  my-redis:
  - {name: my-redis, version: 1.0.0, description: Elsewhere, urls: [a.tgz]}
  redis:
  - {name: redis, version: 1.0.0, appVersion: "7", description: "The\nstore", urls: [a.tgz]}
  - {name: redis, version: 1.10.0, appVersion: "7.2", description: The newest store, urls: [a.tgz]}
  - {name: redis, version: 1.9.0, description: The store, urls: [a.tgz]}
  - {name: redis, version: 2.0.0-rc.1, description: The coming store, urls: [a.tgz]}
  - {name: redis, version: what, description: nothing, urls: [a.tgz]}
  redis-cluster:
  - {name: redis-cluster, version: 1.0.0, description: "Many \e[31mstores", urls: [a.tgz]}
  redis-old:
  - {name: redis-old, version: 1.0.0, deprecated: true, description: Old, urls: [a.tgz]}
  soon:
  - {name: soon, version: 1.0.0-beta, description: Redis some day, urls: [a.tgz]}
  "../away":
  - {name: "../away", version: 1.0.0, description: redis, urls: [a.tgz]}
Y
sed -i 's/\\e\[31m/\\e[31m/' "$cache/own-index.yaml"
awk 'BEGIN { print "apiVersion: v1\nentries:"; for (c = 0; c < 100; c++) { printf "  chart-%d:\n", c; for (v = 20; v >= 0; v--)
  printf "  - name: chart-%d\n    version: 1.%d.0\n    appVersion: 2.%d.0\n    description: A chart like many, with a text of its own.\n    keywords:\n    - word%d\n    urls:\n    - c.tgz\n", c, v, v, c % 7 } }' >"$cache/big-index.yaml"

found() { draft search -o record "$@" | jq -r .match.reference | tr '\n' ' '; }
is 'name before keywords before description, deprecated last' "$(found redis)" \
  'own/redis#1.10.0 own/redis-cluster#1.0.0 own/my-redis#1.0.0 own/mine#1.0.0 own/cache#1.0.0 own/redis-old#1.0.0 '
run draft search -o table redis
is 'in words' "$(head -n 3 "$out")" 'own/redis - The newest store
own/redis-cluster - Many \x1b[31mstores
own/my-redis - Elsewhere'
run draft search -o record redis
ok 'records are as the schema has them' valid_records "$out"
is '… and draft fetch reads them' "$(head -n 1 "$out" | jq -c .fetch)" '{"reference":"own/redis#1.10.0"}'
is 'every word must be found' "$(found REDIS store)" \
  'own/redis#1.10.0 own/redis-cluster#1.0.0 own/mine#1.0.0 own/cache#1.0.0 '
is 'with --devel' "$(found --devel redis some)" 'own/soon#1.0.0-beta '
is '… the greatest may be a pre-release' "$(found --devel redis coming)" 'own/redis#2.0.0-rc.1 '
is 'with --versions' "$(found --versions own/redis store)" \
  'own/redis#1.10.0 own/redis#1.9.0 own/redis#1.0.0 own/redis-cluster#1.0.0 '
run draft search -o table -l own/redis newest
is '… the words have the version' "$(cat "$out")" 'own/redis#1.10.0 - The newest store'
is 'with --version' "$(found --version '~1.9' redis)" 'own/redis#1.9.0 '
like '… as the last word it is the version of draft' "$(draft search --version)" 'draft-search [0-9]*'
is '… all of them' "$(found --version '<1.10' -l redis store)" \
  'own/redis#1.9.0 own/redis#1.0.0 own/redis-cluster#1.0.0 own/mine#1.0.0 own/cache#1.0.0 '
is 'a pre-release by its constraint' "$(found --version '>1-0' own/redis coming)" 'own/redis#2.0.0-rc.1 '
is 'with --regexp' "$(found --regexp '^(redis|mine)$')" 'own/mine#1.0.0 own/redis#1.10.0 '
is '… of a description' "$(found -r 'like r[a-e]dis')" 'own/cache#1.0.0 '
run draft search -r 'a('
like '… that is none' "$status $(cat "$err")" "64 draft-search: 'a(' is not a regular expression: *grep -E"
run draft search --version 'one'
like 'a constraint that is none' "$status $(cat "$err")" \
  "64 draft-search: option '--version' takes a constraint, not 'one'*"
run draft search nothing-like-it
like 'nothing' "$status $(cat "$out") $(cat "$err")" '0  --> No chart matches'
is 'a path is no chart' "$(found away)" ''

if command -v helm >/dev/null; then
  theirs() { helm search repo "$@" -o json 2>/dev/null | jq -r '.[] | "\(.name)#\(.version)"' | sort; }
  for word in '' chart-1 word3 big/chart-42 'like many' text; do
    is "the same as helm: '$word'" "$(draft search -o record "$word" | jq -r .match.reference | grep -v away | sort)" \
      "$(theirs "$word" | grep -v away)"
  done
  is 'the same versions' "$(draft search -o record -l chart-1 | jq -r .match.reference | sort)" "$(theirs -l chart-1)"
  is '… of a constraint' "$(draft search -o record -l --version '^1.15' chart-1 | jq -r .match.reference | sort)" \
    "$(theirs -l --version '^1.15' chart-1)"
else
  skip 'the same as helm' 'there is no helm'
fi

# The summary is made again when the index changes, and only then.
summary() { stat -c '%i %y' "$DRAFT_HOME"/cache/search/* | sort; }
touch -d '2001-01-01' "$cache"/*
found redis >/dev/null
before=$(summary)
found redis >/dev/null
is 'what is known of an index is kept' "$(summary)" "$before"
sed -i 's/  redis-cluster:/  other-cluster:/; s/redis-cluster,/other-cluster,/' "$cache/own-index.yaml"
is 'an index that changed is read' "$(found cluster)" 'own/other-cluster#1.0.0 '
for file in "$DRAFT_HOME"/cache/search/*; do truncate -s 60 "$file"; done
run draft search cluster
is 'a damaged one does no harm' "$status" 0
rm -r "$DRAFT_HOME/cache"
is 'nor one that is gone' "$(found cluster)" 'own/other-cluster#1.0.0 '

# What cannot be searched.
rm "$cache/big-index.yaml"
run draft search -o record redis
like 'a repository without an index' "$status $(wc -l <"$out") $(cat "$err")" \
  "1 5 draft-search: warning: there is no index of 'big'*draft repo update big*"
echo '<html>' >"$cache/big-index.yaml"
run draft search -o record redis
like 'a page for an index' "$status $(wc -l <"$out") $(cat "$err")" \
  "1 5 draft-search: '*big-index.yaml' is not a repository index: it is HTML*"
printf 'entries: {}\n' >"$cache/big-index.yaml"
run draft search redis
like 'one without a version' "$status $(cat "$err")" "1 draft-search: *it has no 'apiVersion'*"
awk 'BEGIN { print "apiVersion: v1\nentries:"; for (c = 0; c < 50000; c++) printf "  c%d: [{}, 7, {version: []}]\n", c; print "  redis: [{version: 9.0.0}]" }' >"$cache/big-index.yaml"
is 'entries that say nothing are left out' "$(found redis | cut -d ' ' -f 1)" 'big/redis#9.0.0'
printf 'apiVersion: v1\nentries:\n  a: [\n' >"$cache/big-index.yaml"
run draft search redis
like 'half an index' "$status $(cat "$err")" \
  "1 draft-search: '*big-index.yaml' is not a repository index: line *"
finish

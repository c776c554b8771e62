#!/bin/sh
# draft-pack: deterministic contexts and charts, ignore files compared with buildah and helm, unusual and hostile trees.
. "$(dirname "$0")/lib.sh"

pack() { run draft-pack "$@"; cp "$out" "$scratch/record"; cp "$err" "$scratch/words"; }
value() { jq -r "$1" "$scratch/record"; }
members() { tar --quoting-style=literal -tf "$(value .context.path)" 2>/dev/null | LC_ALL=C sort | tr '\n' ' '; }
app() {
  rm -rf "$1" && mkdir -p "$1/charts/$1/templates" && echo 'FROM scratch' >"$1/Dockerfile" &&
    printf 'apiVersion: v2\nname: %s\nversion: 0.1.0\n' "$1" >"$1/charts/$1/Chart.yaml"
}

# One application.
app web
echo one >web/index
printf 'kind: ConfigMap\napiVersion: v1\nmetadata: {name: x}\n' >web/charts/web/templates/x.yaml
pack web
is 'packs a directory' "$status" 0 || note "$(cat words)"
is 'prints nothing' "$(cat words)" ''
context=$(value .context.path) chart=$(value .chart.path) tree=$(value .context.tree)
is 'the digest is that of the file'\''s' "$(value .context.digest)" "sha256:$(sha256sum <"$context" | cut -d' ' -f1)"
is 'the file is in the draft home under its digest' "$context" \
  "$DRAFT_HOME/cache/contexts/sha256/$(value .context.digest | cut -d: -f2).tar"
is 'the size' "$(value .context.size)" "$(stat -c %s "$context")"
is 'the entries' "$(value .context.files)" "$(tar tf "$context" | wc -l)"
is 'the members' "$(members)" \
  'Dockerfile charts/ charts/web/ charts/web/Chart.yaml charts/web/templates/ charts/web/templates/x.yaml index '
is 'owners' "$(tar --numeric-owner -tvf "$context" | awk '{ print $2 }' | sort -u)" 0/0
mtimes() { (cd "$1" && find . -mindepth 1 -printf '%P %Ts\n' | LC_ALL=C sort); }
mkdir times && tar xf "$context" -C times
is 'times are those of the files'\'' own' "$(mtimes times)" "$(mtimes web)"
is 'the tree digest is as described in the manual' "$tree" \
  "sha256:$(cd web && find . -mindepth 1 | sed 's,^\./,,' | LC_ALL=C sort | while IFS= read -r f; do
  if [ -d "$f" ]; then
    printf 'd%04o - %s\0' "0$(stat -c %a "$f")" "$f"
  else
    printf 'f%04o %s %s\0' "0$(stat -c %a "$f")" "$(sha256sum <"$f" | cut -d' ' -f1)" "$f"
  fi
done | sha256sum | cut -d' ' -f1)"
is 'the chart archive is named as by helm' "${chart##*/}" web-0.1.0.tgz
is 'no time in its gzip header' "$(od -An -tx1 -j4 -N4 "$chart" | tr -d ' ')" 00000000
is '… nor in its members' "$(TZ=UTC tar --full-time -tvzf "$chart" | awk '{ print $4 }' | sort -u)" 1970-01-01
if command -v helm >/dev/null; then
  ok 'helm shows it' helm show chart "$chart"
  ok 'helm renders it' helm template x "$chart"
else skip 'helm reads the chart' 'no helm'; fi

# Again, and from another directory.
stat -c '%n %i' "$context" "$chart" >before
cp record first
touch -d 2001-01-01 web/index
pack web
ok 'the same record twice' cmp first record
is '… writes nothing' "$(stat -c '%n %i' "$context" "$chart")" "$(cat before)"
cp -r web other && sed -i 's,web,web,' other/index
pack other --chart charts/web
is 'the same tree from another directory' "$(value .context.tree) $(value .chart.digest)" \
  "$(jq -r '"\(.context.tree) \(.chart.digest)"' first)"

# Times. A server or browser that compares seconds notices every change of a file.
app t
own() { TZ=UTC tar --full-time -tvf "$(value .context.path)" | awk -v f="$1" '$6 == f { print $4 "T" $5 }'; }
later() { awk -v a="$1" -v b="$2" 'BEGIN { exit !(a != "" && (a "") < (b "")) }' && echo yes; }
echo one >t/page
touch -d 2020-02-02T02:02:02.9Z t/page
touch -d 1969-01-01 t/old
touch -d 2101-01-01 t/future
ln -s page t/link
pack t
cp record before
is 'seconds are whole' "$(own page)" 2020-02-02T02:02:02
is 'no file is older than ZIP allows' "$(own old)" 1980-01-02T00:00:00
is 'no file is from the future' "$(later "$(own future)" 2101)" yes
for way in 'touch t/page' 'touch t/*' 'cp t/page x; mv x t/page' 'touch t'; do
  sh -c "$way"
  pack t
  ok "unchanged: $way" cmp before record
done
newer() { # WHAT COMMAND
  last=$(own page)
  sh -c "$2"
  pack t
  is "newer than before: $1" "$(later "$last" "$(own page)")" yes || note "$last $(own page)"
}
newer 'written' 'echo two >t/page'
newer 'within the same second' 'echo six >t/page'
newer 'an old file in its place' 'echo ten >x; touch -d 2020-02-02 x; mv x t/page'
newer 'as it once was' 'echo two >t/page; touch -d 2020-02-02 t/page'
newer 'longer, and older' 'echo eleven >t/page; touch -d 2020-02-02 t/page'
last=$(own page)
rm t/page
pack t
is 'while a file is missing' "$(own page)" ''
echo back >t/page
touch -d 2020-02-02 t/page
pack t
is 'newer than before: removed and restored' "$(later "$last" "$(own page)")" yes
chmod 600 t/page
last=$(own page)
pack t
is 'a changed mode does not change the time' "$(own page)" "$last"
rm -rf "$DRAFT_HOME/cache/contexts/tree"
pack t
is 'without a cache a file has its own time' "$(own page)" 2020-02-02T00:00:00

export SOURCE_DATE_EPOCH=1234567890
pack web
cp record first
context=$(value .context.path)
pack other --chart charts/web
is 'SOURCE_DATE_EPOCH: the same bytes from another directory' "$(value .context.digest)" \
  "$(jq -r .context.digest first)"
chmod +x web/index
pack web
not_ok 'a changed mode changes the tree' [ "$(value .context.tree)" = "$tree" ]
chmod -x web/index
rm -rf "$DRAFT_HOME/cache"
pack web
ok 'the cache may be deleted' cmp first record
ok '… and is rebuilt' [ -s "$context" ]
truncate -s 100 "$context"
pack web
is 'a damaged tarball is rebuilt' "sha256:$(sha256sum <"$context" | cut -d' ' -f1)" "$(value .context.digest)"
unset SOURCE_DATE_EPOCH
pack web
context=$(value .context.path)
run env SOURCE_DATE_EPOCH=1000000000 draft-pack web
is 'SOURCE_DATE_EPOCH is the time of the files' \
  "$(TZ=UTC tar --full-time -tvf "$(jq -r .context.path "$out")" | awk '{ print $4 }' | sort -u)" 2001-09-09
is 'the tree is the same' "$(jq -r .context.tree "$out")" "$tree"
for epoch in x -1 1.5 ' 1' 99999999999; do
  run env SOURCE_DATE_EPOCH="$epoch" draft-pack web
  is "SOURCE_DATE_EPOCH='$epoch' is refused" "$status $(jq .failure.code "$out")" '1 78'
done

# Ignore files, compared with buildah: what it copies is what is packed, except for the two files that are always sent.
app i
mkdir -p i/a/b/c i/docs i/build/out i/src/x 'i/with space'
for f in a.txt b.log a/a.txt a/b/b.log a/b/c/c.md docs/README.md docs/x.md build/out/o .hidden src/x/keep src/x/drop \
  'with space/f' 'x[1]' x1 ümlaut; do
  echo "$f" >"i/$f"
done
rm -rf i/charts
buildah_sends() { # what COPY takes
  printf 'FROM scratch\nCOPY . /\n' >i/Dockerfile
  rm -rf copied && mkdir copied
  image=$(buildah --storage-driver vfs \
      --root "$scratch/store" --runroot "$scratch/run" bud -q --isolation chroot i 2>buildah.err) || {
    cat buildah.err
    return
  }
  container=$(buildah --storage-driver vfs --root "$scratch/store" --runroot "$scratch/run" from --pull-never "$image")
  mount=$(buildah --storage-driver vfs --root "$scratch/store" --runroot "$scratch/run" mount "$container")
  (cd "$mount" && find . -type f) |
    sed 's,^\./,,' | grep -vx -e Dockerfile -e .dockerignore | LC_ALL=C sort | tr '\n' '|'
  buildah --storage-driver vfs --root "$scratch/store" --runroot "$scratch/run" rm "$container" >/dev/null
}
we_send() {
  pack i
  tar --quoting-style=literal -tf "$(value .context.path)" |
    grep -v '/$' | grep -vx -e Dockerfile -e .dockerignore | LC_ALL=C sort | tr '\n' '|'
}
case_of() { # NAME PATTERNS
  printf '%b' "$2" >i/.dockerignore
  if [ -n "$buildah" ]; then
    is "as buildah: $1" "$(we_send)" "$(buildah_sends)"
  else
    skip "as buildah: $1" 'no buildah that works here'
  fi
}
buildah=
printf '' >i/.dockerignore
if command -v buildah >/dev/null && [ "$(id -u)" = 0 ]; then case $(buildah_sends) in *a.txt*) buildah=yes ;; esac; fi
case_of 'nothing' ''
case_of 'a suffix at the top' '*.txt\n'
case_of 'a suffix anywhere' '**/*.log\n'
case_of 'a directory' 'a\n'
case_of 'a directory with a slash' 'build/\n'
case_of 'a leading slash' '/docs\n'
case_of 'an exception' 'docs\n!docs/README.md\n'
case_of 'an exception too early' '!docs/README.md\ndocs\n'
case_of 'everything but' '*\n!src\n'
case_of 'everything but some of it' '*\n!src\nsrc/x/drop\n'
case_of 'comments, blanks, CRLF' '# a\n\n  docs  \r\n'
case_of 'a class' 'x[[]1]\n'
case_of 'a question mark' '?.txt\n'
case_of 'an escape' 'x\\[1]\n'
case_of 'below a directory' 'a/**\n!a/b/c\n'
case_of 'hidden files' '.*\n'
case_of 'not ASCII' 'ümlaut\n'
case_of 'a blank in the middle' 'with space\n'
case_of 'dots' './a/../docs\n'
printf '*\n!**/*.md\n' >i/.dockerignore
is 'an exception with stars searches ignored directories, as in BuildKit' "$(we_send)" \
  'a/b/c/c.md|docs/README.md|docs/x.md|'
pack i
is 'the Dockerfile and .dockerignore are always sent' \
  "$(members | tr ' ' '\n' | grep -c -x -e Dockerfile -e .dockerignore)" 2
printf 'docs\n' >i/Dockerfile.dockerignore
like 'Dockerfile.dockerignore takes precedence' "$(we_send)" '*b.log*'
not_ok '… and ignores docs' grep -q docs/ record
printf '[\n' >i/Dockerfile.dockerignore
pack i
is 'a bad pattern' "$(value '"\(.failure.code) \(.failure.message)"')" \
  "65 $scratch/i/Dockerfile.dockerignore:1: cannot use '[': it is not a pattern"

# .helmignore, compared with helm.
app h
mkdir -p h/charts/h/docs/deep h/charts/h/crds
for f in values.yaml README.md \
  notes.txt docs/a.txt docs/deep/b.txt .git-x templates/.hidden templates/t.yaml templates/x.tmp crds/c.yaml; do
  echo '#' >"h/charts/h/$f"
done
for rules in '' '*.txt' '/notes.txt' \
  'docs/' 'docs/*.txt' '# c\n\n  README.md  ' '.git*' 'deep' '/*.md' '[n-o]otes.txt' 'notes.???' 'docs' '*.tmp'; do
  printf '%b\n' "$rules" >h/charts/h/.helmignore
  pack h
  if command -v helm >/dev/null; then
    rm -f h-0.1.0.tgz; helm package h/charts/h -d . >/dev/null
    is "as helm: $(printf '%b' "$rules" | tr '\n' ';')" "$(tar tzf "$(value .chart.path)" | LC_ALL=C sort)" \
      "$(tar tzf h-0.1.0.tgz | LC_ALL=C sort)"
  else skip "as helm: $(printf '%b' "$rules" | tr '\n' ';')" 'no helm'; fi
done
printf '*.txt\n!notes.txt\n' >h/charts/h/.helmignore
pack h
is 'an exception in .helmignore, which differs between versions of helm' \
  "$(tar tzf "$(value .chart.path)" | grep txt)" h/notes.txt
printf 'a/**\n' >h/charts/h/.helmignore
pack h
is 'two stars are rejected, as by helm' "$(value .failure.code)" 65

# Which chart.
app c && mkdir -p c/charts/aaa c/charts/none && printf 'name: aaa\nversion: 1.0.0\n' >c/charts/aaa/Chart.yaml
pack c && is 'the one of the name' "$(value .chart.name)" c
rm -rf c/charts/c && pack c && is 'else the first' "$(value .chart.name)" aaa
pack --chart charts/none c && is 'a named one without a Chart.yaml' "$(value .failure.code)" 65
mv c/charts/aaa c/chart && rm -r c/charts && pack c && is 'else chart/' "$(value .chart.name)" aaa
rm -r c/chart && pack c && is 'none is no failure' "$status $(value .chart)" '0 null'
for text in 'name: ../x\nversion: 1.0.0' 'name: X\nversion: 1.0.0' \
  'name: x\nversion: ../1' 'name: x' 'version: 1.0.0' 'name: [' '- x' 'name: {a: b}\nversion: 1.0.0'; do
  app c && printf '%b\n' "$text" >c/charts/c/Chart.yaml && pack c
  is "Chart.yaml $(printf '%b' "$text" | tr '\n' ';')" "$status $(value .failure.code)" '1 65'
done
app c && printf 'apiVersion: v2\nname: ../x\nversion: 1.0.0\n' >c/charts/c/Chart.yaml && pack c
like 'the line is reported' "$(value .failure.message)" "*/Chart.yaml:2: *'../x'*"
app c && ln -s /etc/hostname c/charts/c/templates/out && pack c
is 'a link out of the chart' "$(value .failure.code)" 65
rm c/charts/c/templates/out && ln -s .. c/charts/c/loop && pack c
is 'a circular link in the chart' "$(value .failure.code)" 65
rm c/charts/c/loop && echo text >c/shared && ln -s ../../../shared c/charts/c/templates/in.yaml && pack c
is 'a link inside the chart is followed' "$(tar xzOf "$(value .chart.path)" c/templates/in.yaml)" text

# Unusual trees.
app odd && rm -r odd/charts
ln -s /etc/passwd odd/absolute && ln -s ../.. odd/escape && ln -s nowhere odd/dangling && ln -s . odd/loop
mkfifo odd/fifo && echo x >odd/hard1 &&
  ln odd/hard1 odd/hard2 && truncate -s 9G odd/big && printf '%s\n' big >odd/.dockerignore
long=$(printf '%0255d' 0) && echo long >"odd/$long"
deep=odd && for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15; do
  deep=$deep/$(printf '%0200d' 0)
done && mkdir -p "$deep" && echo deep >"$deep/f"
touch "odd/$(printf 'latin\344')" odd/ümlaut
pack odd
is 'a tree with unusual files is packed' "$status" 0 || note "$(cat words)"
like 'a FIFO is left out with a warning' "$(cat words)" \
  "draft-pack: warning: '*/odd/fifo' is not a file, directory or link*"
tar xf "$(value .context.path)" --one-top-level=unpacked 2>/dev/null
is '… links stay links' "$(readlink unpacked/absolute unpacked/escape unpacked/dangling unpacked/loop | tr '\n' ' ')" \
  '/etc/passwd ../.. nowhere . '
is '… hard links become files' "$(cat unpacked/hard1 unpacked/hard2 | tr '\n' ' ')" 'x x '
is 'a long name' "$(cat "unpacked/$long")" long
is 'a deep directory' "$(cat "unpacked/${deep#odd/}/f")" deep
ok 'a name that is not UTF-8' [ -e "unpacked/$(printf 'latin\344')" ]
ok 'a name that is not ASCII' [ -e unpacked/ümlaut ]
rm -rf odd/big odd/.dockerignore "odd/${deep#odd/}" unpacked
ok 'LC_ALL=C gives the same bytes' env LC_ALL=C draft-pack odd
not_ok 'a FIFO as Dockerfile does not block' timeout 5 sh -c 'mkdir f && mkfifo f/Dockerfile && draft-pack f'
rm -rf odd

# Failures.
mkdir bare && pack bare
is 'a missing Dockerfile' "$status $(value '"\(.failure.code) \(.failure.message)"')" \
  "1 66 cannot find a Dockerfile in '$scratch/bare'"
like '… with a hint' "$(cat words)" "*run 'draft create', or name one with 'dockerfile' in draft.toml*"
app out && ln -sf /etc/passwd out/Dockerfile && pack out
is 'a Dockerfile outside of the directory' "$(value .failure.code)" 78
app closed && echo s >closed/secret && chmod 0 closed/secret && mkdir closed/dir && chmod 0 closed/dir
if [ "$(id -u)" = 0 ]; then
  chmod 755 "$scratch" && mkdir -p nobody && chown nobody nobody
  as_nobody() { setpriv --reuid=nobody --clear-groups env DRAFT_HOME="$scratch/nobody" draft-pack "$@"; }
else as_nobody() { draft-pack "$@"; }; fi
run as_nobody closed
is 'an unreadable directory' "$(jq -r '"\(.failure.code) \(.failure.message)"' "$out")" \
  "77 cannot read '$scratch/closed/dir': Permission denied"
echo dir >closed/.dockerignore
run as_nobody closed
is 'an unreadable file' "$(jq -r '"\(.failure.code) \(.failure.message)"' "$out")" \
  "77 cannot read '$scratch/closed/secret': Permission denied"
printf 'dir\nsecret\n' >closed/.dockerignore
exits 0 '… are skipped if they are ignored' as_nobody closed
find "$DRAFT_HOME" nobody -name '*.tmp-*' >left && is 'nothing half-written is left' "$(cat left)" ''

app ro
run env DRAFT_HOME=/proc/draft draft-pack ro
is 'a read-only draft home' "$(jq -r .failure.code "$out")" 73
if mkdir small && mount -t tmpfs -o size=256k draft small 2>/dev/null; then
  head -c 2000000 /dev/urandom >ro/big
  run env DRAFT_HOME="$scratch/small" draft-pack ro
  is 'a full disk' "$(jq -r .failure.code "$out")" 73
  is '… leaves nothing' "$(find small -type f)" ''
  umount small
else skip 'a full disk' 'cannot mount'; fi

# A file that is being written, and a stage that is killed.
app limited && head -c 3000000 /dev/urandom >limited/blob
(ulimit -f 1000; draft-pack limited >"$out" 2>"$err"); status=$?
is 'a limit on the size of files' "$status $(jq .failure.code "$out")" '1 74'
like '… is reported' "$(jq -r .failure.message "$out")" "cannot write '*': File too large"
app busy && head -c 60000000 /dev/zero >busy/log
(while :; do echo x >>busy/log; done) & writer=$!
run draft-pack busy
kill "$writer"; wait "$writer" 2>/dev/null
is 'a file that changes while it is packed' "$(jq -r '"\(.failure.code) \(.failure.message)"' "$out")" \
  "75 '$scratch/busy/log' changed while it was being packed"
head -c 60000000 /dev/urandom >busy/log
draft-pack busy >/dev/null & victim=$!
sleep 0.1; kill -9 "$victim"; wait "$victim" 2>/dev/null
pack busy
is 'works again after SIGKILL' "sha256:$(sha256sum <"$(value .context.path)" | cut -d' ' -f1)" \
  "$(value .context.digest)"

# A large context, in parts.
app large
mkdir large/src
i=0; while [ $i -lt 150 ]; do yes "$i" | head -c 12000 >large/src/$i; i=$((i + 1)); done
chmod 500 large/src
pack large
cp "$out" large.jsonl
is 'a large context is stored as an index' "$(value .context.mediaType)" application/vnd.draft.context.v1+json
parts() { (cd "$DRAFT_HOME/cache/contexts/sha256" && jq -r '.parts[].digest[7:] + ".tar"' "$(value .context.path)"); }
parts >parts.1
(cd "$DRAFT_HOME/cache/contexts/sha256" && xargs cat <"$scratch/parts.1") >large.tar
is '… of nine parts, which make up the tarball' "$(wc -l <parts.1) $(tar tf large.tar | wc -l)" \
  "9 $(value .context.files)"
mkdir unpacked.large && tar xpf large.tar -C unpacked.large && ok 'and it holds the tree' diff -r large unpacked.large
chmod 700 large/src unpacked.large/src
chmod 500 large/src
(cd "$DRAFT_HOME/cache/contexts/sha256" && xargs stat -c '%n %i' <"$scratch/parts.1") >inodes.1
echo changed >large/src/77
pack large
parts >parts.2
is 'a change rewrites one part' "$(diff parts.1 parts.2 | grep -c '^>')" 1
is '… and no other' "$(cd "$DRAFT_HOME/cache/contexts/sha256" && xargs stat -c '%n %i' <"$scratch/parts.1")" \
  "$(cat inodes.1)"
yes 77 | head -c 12000 >large/src/77
pack large
is 'reverting the change gives the same tree' "$(value .context.tree)" "$(jq -r .context.tree large.jsonl)"
parts >parts.3
is '… with the same parts but one, whose file is newer' "$(diff parts.1 parts.3 | grep -c '^>')" 1
chmod 700 large/src

# Ready-made tarballs.
app ready && tar czf ready/b.tgz -C web . && cp "$chart" ready/c.tgz
printf '[environments.development]\nbuild-tar = "b.tgz"\nchart-tar = "c.tgz"\n' >ready/draft.toml
pack ready
is 'a setting with ready-made tarballs' "$(value '"\(.context.path) \(.context.mediaType) \(.chart.name)"')" \
  "$scratch/ready/b.tgz application/vnd.draft.context.v1.tar+gzip web"
is '… their tree is that of the files' "$(value .context.tree)" "$tree"
is '… their digest' "$(value .context.digest)" "sha256:$(sha256sum <ready/b.tgz | cut -d' ' -f1)"

for what in fifo directory; do
  rm -f ready/b.tgz ready/c.tgz
  case $what in fifo) mkfifo ready/b.tgz ;; directory) mkdir ready/b.tgz ;; esac
  run timeout 20 draft-pack ready
  is "a ready-made tarball that is a $what" "$(jq -r '"\(.failure.code) \(.failure.message)"' "$out")" \
    "65 cannot read '$scratch/ready/b.tgz': it is not a regular file"
done
rmdir ready/b.tgz

# Quoted text is made harmless to the terminal.
app evil
printf '"a\\u001b[31m\\u202eb" = 1\n[environments.development]\nname = "evil"\n' >evil/draft.toml
mkfifo "evil/$(printf 'fi\033]0;x\007\302\233fo')"
run draft-pack evil
like 'control characters in a key are escaped' "$(cat "$err")" '*a\\x1b\[31m<U+202E>b*'
like '… and in a file name' "$(cat "$err")" '*fi\\x1b]0;x\\x07<U+009B>fo*'
is '… and never reach the terminal' \
  "$(LC_ALL=C grep -c "$(printf '[\001-\010\013-\037\177]\\|\302[\200-\237]\\|\342\200\256')" "$err")" 0
# Forged sizes: terabytes of nothing in a few bytes, and negative sizes.
app holes && truncate -s 1T holes/big
pack holes
is 'a sparse file of more than 8 GB is rejected' "$(value '"\(.failure.code) \(.failure.message)"')" \
  "65 '$scratch/holes/big' has more than 8 GB of holes"
mv holes/big . && tar cSf ready/b.tgz -C web . -C .. big && rm big
pack ready
is '… and so is an archive with one' "$(value '"\(.failure.code) \(.failure.message)"')" \
  "65 cannot read '$scratch/ready/b.tgz': member 'big' has more than 8 GB of holes"
tar cf ready/b.tgz --format=pax --pax-option=SCHILY.realsize:=-5 -C web .
pack ready
is '… and a negative size' "$(value .failure.code)" 65

# The pipe.
printf \
  '{"draft":1,"app":{"name":"web","dir":"%s"},"x" : 1}\n{"draft":1,"failure":{"by":"x","code":1,"message":"m"}}\n' \
  "$scratch/web" >lines
run draft-pack <lines
is 'a failed record passes' "$status $(sed -n 2p "$out")" '1 {"draft":1,"failure":{"by":"x","code":1,"message":"m"}}'
like '… and the others continue' "$(sed -n 1p "$out")" '*"x" : 1*"context":{*'
finish

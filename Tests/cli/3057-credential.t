#!/bin/sh
# draft credential: in a file, and with a credential helper.
. "$(dirname "$0")/lib.sh"

add() { printf '%s' "$1" | { shift; draft credential add "$@"; }; }
exits 0 'add, with a name' add geheim -o table mine -u ann
is '… prints it' "$(cat "$out")" 'Created mine'
is 'the file is for the user alone' "$(stat -c '%a %s' "$DRAFT_HOME/credentials.json" | cut -d ' ' -f 1)" 600
exits 0 'add, without' add geheim -o table -u ann
like '… makes one' "$(cat "$out")" 'Created token-[a-z]*'
name=$(sed 's/Created //' "$out")
run add geheim -o record -u bob
ok 'as a record' valid_records "$out"
like '… of the public half' "$(jq -c .credential "$out")" '{"name":"token-*","user":"bob","store":"file"}'
not_ok '… alone' grep -q geheim "$out"
is 'list' "$(draft credential list -o table | grep -e '^mine' -e "^$name:")" "$(printf 'mine: ann\n%s: ann' "$name")"
is '… what a pattern names' "$(draft credential list -o record 'm?ne' | jq -r .credential.name)" mine
is '… or what contains it' "$(draft credential list -o record token | jq -r .credential.user | sort | tr '\n' ' ')" \
  'ann bob '
is '… which may be nothing' "$(draft credential list 'mine*x')" ''
exits 73 'a name that is taken' add other mine -u eve
like '… is said' "$(cat "$err")" \
  "draft-credential: cannot add 'mine': there is a credential of that name*draft credential rm mine"
exits 64 'the secret as an argument' draft credential add TOKEN hush-hush
like '… is refused, with the other way' "$(cat "$err")" \
  'draft-credential: a secret is not taken from the command line*draft credential add \[NAME\] --username TOKEN <FILE*'
not_ok '… and is not said' grep -q hush "$err"
exits 64 'no user' add geheim
exits 64 'no secret' add '' -u ann
exits 64 'a secret of several lines' add 'a
b' -u ann
exits 64 'a secret that is no text' sh -c 'printf "\377" | draft credential add -u ann'
exits 64 'a secret without an end' sh -c 'head -c 70000 /dev/zero | tr "\0" a | draft credential add -u ann'
exits 64 'a user with a colon' add geheim -u a:b
exits 64 'a name with a slash' add geheim a/b -u ann
exits 78 'rm of one that is not there' draft credential rm mine mien
like '… has a near one' "$(cat "$err")" "draft-credential: there is no credential 'mien'*did you mean 'mine'?"
is '… and removes none' "$(draft credential list -o record mine | wc -l)" 1
exits 0 'rm' draft credential rm -q mine
is '… removes it' "$(draft credential list -o record mine)" ''
# shellcheck disable=SC2016 # it is for the other shell
ok 'many at once' sh -c \
  'for i in 1 2 3 4 5 6; do echo x | draft credential add -q "at-once-$i" -u ann >/dev/null & done; wait'
is 'none is lost' "$(draft credential list -o record at-once | wc -l)" 6
echo '[' >"$DRAFT_HOME/credentials.json"
exits 78 'a damaged file' draft credential list
like '… is said' "$(cat "$err")" "draft-credential: '*credentials.json' is not a file of credentials*"
echo x | draft credential add -q -u ann >/dev/null 2>&1
is '… and left as it is' "$(cat "$DRAFT_HOME/credentials.json")" '['

# A helper, by docker's protocol.
mkdir bin store
cat >bin/docker-credential-box <<'S'
#!/bin/sh
echo "$1" >>"$BOX.log"
case $1 in
  store) jq -c . >"$BOX/new" && mv "$BOX/new" "$BOX/$(jq -r .ServerURL "$BOX/new" | tr / _)" ;;
  get)
    read -r url
    jq -c '{ServerURL, Username, Secret}' "$BOX/$(echo "$url" | tr / _)" 2>/dev/null && exit
    echo 'credentials not found in native keychain'
    exit 1 ;;
  erase) read -r url; rm "$BOX/$(echo "$url" | tr / _)" ;;
  list) cat "$BOX"/* 2>/dev/null | jq -s 'map({key: .ServerURL, value: .Username}) | from_entries' ;;
esac
S
chmod +x bin/docker-credential-box
export PATH="$scratch/bin:$PATH" BOX="$scratch/store"
printf '{"ServerURL":"https://index.docker.io/v1/","Username":"me","Secret":"x"}' >store/docker
ok 'a helper is set' draft config set credential-helper box
exits 0 'it keeps a login' add geheim -o table held -u ann
is '… and lists it, and nothing of others' "$(draft credential list -o record | jq -c .credential)" \
  '{"name":"held","user":"ann","store":"box"}'
is '… where it keeps things' "$(jq -r .Secret store/*held)" geheim
is '… and not in the file' "$(cat "$DRAFT_HOME/credentials.json")" '['
exits 0 'rm' draft credential rm -q held
is '… erases it' "$(ls store)" docker
printf '#!/bin/sh\necho geheim >&2; exit 3\n' >bin/docker-credential-box
exits 69 'a helper that fails' draft credential list
like '… is named' "$(cat "$err")" "draft-credential: cannot use 'docker-credential-box': 'list' exited 3*"
not_ok '… without what it said' grep -q geheim "$err"
DRAFT_CREDENTIAL_HELPER=none exits 69 'a helper that is not there' draft credential list
exits 64 'a helper that is a path' draft config set credential-helper ../box

# Words.
exits 64 'no word' draft credential
exits 64 'a wrong word' draft credential del x
exits 64 'rm without a name' draft credential rm
exits 64 'list with two' draft credential list a b
exits 64 'a user for another word' draft credential list -u ann
finish

#!/bin/sh
# draft doctor about charts: repositories, the age of their indexes, logins, gpg and its keys.
. "$(dirname "$0")/lib.sh"
export GNUPGHOME="$scratch/gpg"
state() { jq -r --arg n "$1" '[.doctor.checks[] | select(.name == $n) | "\(.state) \(.message)"] | join("; ")' "$out"; }
hint() { jq -r --arg n "$1" '[.doctor.checks[] | select(.name == $n) | .hint // empty] | join("; ")' "$out"; }
doctor() { run draft doctor -o record; }
mkdir serve
(cd serve && exec /usr/bin/python3 "$root/Tests/cli/repository-server.py" "$scratch/port" "$scratch/log") \
  >server.out 2>&1 3>&- &
server=$!
trap 'kill $server 2>/dev/null; gpgconf --kill all 2>/dev/null; cd /; rm -rf "$scratch"' EXIT
await test -s port
url=http://127.0.0.1:$(cat port)
mkdir -p web/templates
printf 'apiVersion: v2\nname: web\nversion: 1.0.0\n' >web/Chart.yaml
draft publish -q -u serve web >/dev/null

doctor
is 'no repository, no login: nothing to check' "$(state repo)$(state logins)" ''
is 'gpg without keys' "$(state gpg)" "ok $(gpg --version | sed -n '1s/.* //p'), and no keys"
not_ok '… makes no directory' test -e gpg

draft repo add -q team "$url" >/dev/null
printf secret | draft credential add -q mine -u me >/dev/null
draft repo add -q -c mine closed "$url/closed" >/dev/null
: >log
doctor
is 'repositories that answer' "$(state repo)" \
  "ok 'team' answers; its index here is of today; ok 'closed' answers; its index here is of today"
is 'each is asked once' "$(wc -l <log)" 2
is 'a login' "$(state logins)" 'ok 1 in a file for you alone'
ok 'as a record' valid_records "$out"
touch -d '20 days ago' "$HOME/.cache/helm/repository/team-index.yaml"
rm "$HOME/.cache/helm/repository/closed-index.yaml"
doctor
is 'an old index, and one that is not there' "$(state repo)" \
  "$(printf '%s; ' "warning 'team' answers, but its index here is 20 days old" &&
    echo "warning 'closed' answers, but there is no index of it here")"
is '… with a hint' "$(hint repo)" "try 'draft repo update team'; try 'draft repo update closed'"
ok '… that helps' draft repo update -q team closed
sed -i 's/password: secret/password: other/' "$HOME/.config/helm/repositories.yaml"
doctor
like 'a login that is not accepted' "$status $(state repo)" \
  "1 *failure cannot fetch '$url/closed/index.yaml': 401 from *: the login is not accepted"
mv serve/index.yaml serve/gone
doctor
like 'no index any more' "$(state repo)" "failure 'team' has no index at '$url'*"
cp "$HOME/.config/helm/repositories.yaml" kept
ok 'a repository that is not wanted' sh -c "$(hint repo | sed "s/.*'\\(draft repo rm [a-z]*\\)'.*/\\1/")"
doctor
not_ok '… which goes' grep -q "'team'" "$out"
mv kept "$HOME/.config/helm/repositories.yaml"
kill $server; wait $server 2>/dev/null
doctor
like 'a server that is not there' "$status $(state repo)" "1 failure cannot fetch '$url/index.yaml': no answer from *"
draft repo rm -q team closed >/dev/null
chmod 644 "$DRAFT_HOME/credentials.json"
doctor
is 'logins that others can read' "$status $(state logins)" "1 failure others can read '$DRAFT_HOME/credentials.json'"
ok '… the hint helps' sh -c "$(hint logins)"
doctor
is '…' "$status $(state logins)" '0 ok 1 in a file for you alone'
echo '[' >"$DRAFT_HOME/credentials.json"
doctor
like 'a damaged file' "$status $(state logins)" "1 failure '*credentials.json' is not a file of credentials"
rm "$DRAFT_HOME/credentials.json"

mkdir -m 700 "$GNUPGHOME"
gpg --batch --quiet --passphrase '' --quick-generate-key 'Ann <ann@example.com>' rsa2048 sign never 2>/dev/null
gpg --batch --quiet --faked-system-time 20200101T000000 --passphrase '' \
  --quick-generate-key 'Bob <bob@example.com>' rsa2048 sign 1d 2>/dev/null
gpg --export bob@example.com >bob.gpg
gpgconf --kill all
bob=$(gpg --batch --no-autostart --list-keys --with-colons bob@example.com | awk -F: '/^fpr/ { print $10; exit }')
doctor
is 'a key that has expired' "$status $(state gpg)" "0 warning the key '$bob' has expired"
is '… with a hint' "$(hint gpg)" "try 'gpg --quick-set-expire $bob 1y'"
options="--batch --passphrase '' --pinentry-mode loopback"
ok '… that helps a key' sh -c "$(hint gpg | sed "s/.*'gpg \\(.*\\)'/gpg $options \\1/")"
gpgconf --kill all
doctor
like '… which can be used again' "$(state gpg)" 'ok *, with 2 keys to sign with'
gpg --batch --yes --quiet --delete-secret-keys "$bob" 2>/dev/null
gpgconf --kill all
doctor
like 'the keys of others do not count' "$(state gpg)" 'ok *, with 1 key to sign with'
not_ok 'no agent is started' pgrep -f "gpg-agent.*$GNUPGHOME"
chmod 755 "$GNUPGHOME"
doctor
is 'a directory that others may look into' "$(state gpg)" "warning others may look into '$GNUPGHOME'"
ok '… the hint helps' sh -c "$(hint gpg)"
mkdir fake
printf '#!/bin/sh\nexit 2\n' >fake/gpg
chmod +x fake/gpg
PATH=$PWD/fake:$PATH doctor
is 'gpg that does not run' "$(state gpg) $(hint gpg)" "failure does not print its version see what 'gpg --version' says"
printf '#!/bin/sh\ncase $* in *--version*) echo "gpg (GnuPG) 2.2.40" ;; *) exit 2 ;; esac\n' >fake/gpg
PATH=$PWD/fake:$PATH doctor
is 'gpg that cannot read its keys' "$(state gpg) $(hint gpg)" \
  "failure cannot list its keys see what 'gpg --list-keys' says"
finish

#!/bin/sh
# The advice of draft-doctor. Each piece of advice is followed by a test, which the list below names; other advice
# fails here.
. "$(dirname "$0")/lib.sh"
cd "$root" || exit 1

# ADVICE | TEST | ASSERTION: words of the advice as in the sources, or its case; the test that follows it, and where.
sed 's/ *| */|/g' >"$scratch/followed" <<'EOF_LIST'
'draft init' creates it               | cli/2120-doctor.t       | 'draft init' makes a home
change its owner, or set DRAFT_HOME   | cli/2120-doctor.t       | … or its owner
make room:                            | cli/2120-doctor.t       | … has room when the cache is deleted
install it, or set 'builder' to       | cli/2120-doctor.t       | a configured builder
start its daemon, and join            | cli/1320-docker.t       | doctor: … its daemon is started
see '\(name) info'                    | cli/2120-doctor.t       | … and so for buildah
see 'podman info'                    | cli/2120-doctor.t       | podman that cannot run: there is a command to ask
as root: usermod                      | cli/2120-doctor.t       | … and works
apt install uidmap                    | cli/2121-advice.t       | of Debian
apt install git                       | cli/2121-advice.t       | of Debian
fs.inotify.max_user_watches=          | cli/2120-doctor.t       | … set as it says
name large directories in .draftignore | cli/2120-doctor.t      | … a large directory named in .draftignore
fs.inotify.max_user_instances=        | cli/2120-doctor.t       | few programs that may watch
RegistryError.login(                  | cli/2120-doctor.t       | … and what it takes
see what 'helm version' says          | cli/2120-doctor.t       | … and it is well when it does
install helm 3 or later:              | cli/2120-doctor.t       | helm 4, which has no --client
see what 'kubectl version' says       | cli/2120-doctor.t       | kubectl that does not print its version
name them in .helmignore              | cluster/2220-doctor.t   | … named in .helmignore
a helm is working on it               | cluster/2220-doctor.t   | … the advice is taken
needs to read and write Secrets       | cluster/2220-doctor.t   | … which is granted, and they are checked
RemoteError.noServer                  | cluster/2600-server.t   | … which installs it there
RemoteError.notReady                  | cluster/2600-server.t   | … there is a command to ask
RemoteError.mayNotUse                 | cluster/2600-server.t   | … a user with the role may use it
ProgramMissing.buildah                | cli/2121-advice.t       | of Debian
ProgramMissing.podman                 | cli/2121-advice.t       | of Debian
ProgramMissing.docker                 | cli/2121-advice.t       | of Debian
ProgramMissing.kubectl                | cli/2121-advice.t       | of Debian
ProgramMissing.git                    | cli/2121-advice.t       | of Debian
ProgramMissing.skopeo                 | cli/2121-advice.t       | of Debian
ProgramMissing.helm                   | cli/2121-advice.t       | helm from PyPI
ReleaseError.noChart                  | cli/2120-doctor.t       | … which writes one
ClusterError.kubeConfig               | cli/2120-doctor.t       | … or another one
ClusterError.noSuchContext            | cli/2120-doctor.t       | … 'kubectl config get-contexts' lists them
ClusterError.notLocal                 | cli/2120-doctor.t       | … works
ReleaseError.noSharedStore            | cli/2120-doctor.t       | … a registry is set
ClusterError.unreachable              | cluster/2140-api-away.t | doctor: … it is started
ClusterError.forbidden                | cli/2120-doctor.t       | … with another user
ClusterError.notLoggedIn              | cluster/2120-refused.t  | … logged in again
ClusterError.loginPlugin              | cluster/2120-refused.t  | … run by hand
HelmError.badDriver                   | cli/2120-doctor.t       | … and kept where they can be read
PortError.taken                       | cli/2120-doctor.t       | … what held it ended
LibraryMissing                        | cli/2121-advice.t       | of Debian
RegistryError.unreachable             | cli/2120-doctor.t       | a registry that does not run
RegistryError.tls                     | cli/2120-doctor.t       | … made so, or done without
RegistryError.status                  | cli/2120-doctor.t       | … after a while, or with one at the address
RegistryError.login                   | cli/2120-doctor.t       | … is what it takes
RegistryError.answer                  | cli/2120-doctor.t       | … after a while, or with one at the address
RegistryError.credentials             | cli/2120-doctor.t       | … removed, and logged in
RegistryError.helper                  | cli/2120-doctor.t       | … another one
stops using one                       | cli/2120-doctor.t       | … which is no more asked for
RemoteError.badTarget                 | cli/2120-doctor.t       | an invalid place
RemoteError.unreachable               | cluster/2600-server.t   | … a user with the role may use it
ArchiveError.badChart                 | cli/2120-doctor.t       | … mended
YAMLError.hint                        | cli/2120-doctor.t       | … mended
apt install gnupg                     | cli/2121-advice.t       | of Debian
see what 'gpg --version' says         | cli/3075-doctor-charts.t | gpg that does not run
see what 'gpg --list-keys' says       | cli/3075-doctor-charts.t | gpg that cannot read its keys
chmod 700                             | cli/3075-doctor-charts.t | … the hint helps
chmod 600                             | cli/3075-doctor-charts.t | … the hint helps
gpg --quick-set-expire                | cli/3075-doctor-charts.t | … that helps a key
is its URL right?                     | cli/3075-doctor-charts.t | … which goes
install helm 4:                       | cli/2120-doctor.t       | helm 4, which has no --client
EOF_LIST
# Advice of other commands that doctor never gives.
never='
ClusterError: namespaceEnding noNamespace noPod
HelmError: cluster helm pending overtaken doesNotRender rejected immutable hook timedOut noRelease
HelmError: unreadableRelease unreadableObject noRevision
HelmError: subchartsLost badChartPath
PodmanError: noRelease nothingToRun imageMissing exited silent podmanSlow
AttachError: noContainer noPorts forwardFailed
ReleaseError: badImage badTimeout badEngine badName notByDraft otherChart somebodyElses notKept noTests
ReleaseError: chartDiffers chartGone elsewhere nameTaken namesNoChart noDocument otherName
ReleaseError: needsCluster noSet fileGone fileDiffers badReference noResolver strangersResolver
RegistryError: digest unreadable taken
RemoteError: noTarget lost gibberish version refused noChart differs badToken notInCluster mayNotRelease
RemoteError: isThere isNotThere stageDied
ArchiveError: noDockerfile outside changed vanished unreadable notForChart badSourceDate cannotWrite
ArchiveError: payloadMissing payloadDiffers holes'

# Advice in the sources: the lines of checks with their own advice, and the cases of errors that checks pass on.
advice() {
  # A hint may begin on the next line, and be in pieces.
  cat Sources/Checks/*.swift Sources/*/check.swift Sources/Releases/StuckRelease.swift |
    perl -0pe 's/\n *(\+ |\? )?"/ $1"/g; s/" \+ "//g' | sed -n 's/.*hint\(:\| =\) //p' | grep '"'
  grep -h 'RegistryError.login(' Sources/Registry/check.swift
  for file in Cluster/ClusterError Helm/HelmError Podman/PodmanError Podman/PortError Attach/AttachError \
    Releases/ReleaseError Registry/RegistryError Remote/RemoteError Archives/ArchiveError; do
    awk -v error="${file#*/}" '/var hint: String/ { on = 1 } /^  }/ { on = 0 } on && /^    case .*\./ && !/: nil$/ { sub(/:.*/, ""); sub(/ where .*/, ""); print }' \
      "Sources/$file+Diagnosis.swift" | grep -o '\.[a-z][A-Za-z]*' | sed "s/^/${file#*/}/" | sort -u
  done
  sed -n '/packages = \[/,/\]/p' Sources/Command/Child.swift |
    grep -oE '"[a-z]+":' | sed 's/"\(.*\)":/ProgramMissing.\1/'
  sed -n "s/.*struct \(LibraryMissing\): Diagnosis.*/\1/p" Sources/HTTP/*.swift
  echo YAMLError.hint
}
advice >"$scratch/advice"
ok 'there is advice' test "$(wc -l <"$scratch/advice")" -gt 60
cut -d '|' -f 1 "$scratch/followed" >"$scratch/words"
echo "$never" | awk -F '[: ]+' '{ for (i = 2; i <= NF; i++) print $1 "." $i }' >"$scratch/never"
is 'every hint is followed by a test' \
  "$(grep -vF -f "$scratch/words" "$scratch/advice" | grep -vxF -f "$scratch/never")" ''
is 'every hint in the list exists' \
  "$(while read -r words; do grep -qF -- "$words" "$scratch/advice" || echo "$words"; done <"$scratch/words")" ''
is '… and is printed by some command' "$(grep -vxF -f "$scratch/advice" "$scratch/never")" ''
is 'the tests exist' "$(while IFS='|' read -r _ file name; do grep -qF -- "$name" "Tests/$file" ||
    echo "$file: $name"; done <"$scratch/followed")" ''

# Packages: each is in Debian, and contains the program.
provides() { # PACKAGE FILE...: by what is installed, else by what the package says of itself
  _package=$1
  shift
  for _file; do
    if [ "$(dpkg-query -W -f '${db:Status-Status}' "$_package" 2>/dev/null)" = installed ]; then
      dpkg -L "$_package" | grep -q "/$_file\$" || return 1
    else
      apt-cache show "$_package" | grep -q "$_file" || return 1
    fi
  done
}
if command -v dpkg-query >/dev/null; then
  grep -rhoE 'apt install [a-z0-9.-]+' Sources | sed 's/.* //' | sort -u >"$scratch/packages"
  while read -r package; do
    case $package in
      docker.io) files=docker ;;
      kubernetes-client) files=kubectl ;;
      libcurl4) files=libcurl.so.4 ;;
      uidmap) files='newuidmap newgidmap' ;;
      *) files=$package ;;
    esac
    # shellcheck disable=SC2086 # a list
    ok "$package, of Debian" provides "$package" $files
  done <"$scratch/packages"
else
  skip 'packages of Debian' 'there is no dpkg here'
fi
ok 'helm from PyPI: the tests use it' grep -q \
  "python=\"*$(grep -rhoE 'pip install [a-z-]+' Sources/Command/Child.swift | sed 's/.* //')" Tests/packages
# Kernel parameters: each sysctl in a message exists.
grep -rhoE 'sysctl [a-z_.]+=' Sources | sed 's/.* //; s/=//' | sort -u >"$scratch/keys"
while read -r key; do ok "sysctl $key" test -f "/proc/sys/$(echo "$key" | tr . /)"; done <"$scratch/keys"
finish

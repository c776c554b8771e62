# Completion of draft and its commands for bash.
#
# What is offered goes by the kind of an operand or a value. Nothing may keep a <TAB> waiting or change anything:
# environments are those of draft.toml here, contexts those of the kubeconfig, and releases those of `draft list`, which is
# given two seconds and is asked again after ten at the earliest. A name that needs quotes is not offered: anybody may have
# thought of it.

# Made by completions/generate from --describe; do not edit up to the end mark.
__draft_core="detect
scaffold
watch
pack
sync
build
push
release
tasks
remote
create
up
logs
connect
list
status
history
redeploy
delete
target
params
lint
package
publish
fetch
render
repo
search
credential
values
manifest
charts
instances
test
env
use
order
indent
yaml2json
json2yaml
trust
init
doctor
home
config
version
serve
help
commands
which
dm
line
each
check-stage
records"
__draft_lines() {
  case $1 in
    '') echo 'home	-	directory
debug	-	-
kube-context	-	context
environment	e	environment
help	h	-
describe	-	-
version	-	-' ;;
    detect) echo '-	-	directory
pack	p	text
app	a	text
environment	e	environment
jobs	j	number
output	o	+record +table
quiet	q	-
home	-	directory
debug	-	-
help	h	-
describe	-	-
version	-	-' ;;
    scaffold) echo '-	-	directory
pack	p	text
app	a	text
environment	e	environment
dry-run	-	-
jobs	j	number
output	o	+record +table
quiet	q	-
home	-	directory
debug	-	-
help	h	-
describe	-	-
version	-	-' ;;
    watch) echo '-	-	directory
environment	e	environment
watch-delay	-	seconds
auto	-	-
output	o	+record +table
quiet	q	-
home	-	directory
debug	-	-
help	h	-
describe	-	-
version	-	-' ;;
    pack) echo '-	-	directory
environment	e	environment
dockerfile	-	file
chart	-	directory
jobs	j	number
output	o	+record +table
quiet	q	-
home	-	directory
debug	-	-
help	h	-
describe	-	-
version	-	-' ;;
    sync) echo '-	-	directory
environment	e	environment
kube-context	-	context
namespace	-	namespace
registry	-	text
set	-	setting
restart	-	-
signal	-	+HUP +USR1 +USR2 +WINCH
jobs	j	number
output	o	+record +table
quiet	q	-
home	-	directory
debug	-	-
help	h	-
describe	-	-
version	-	-' ;;
    build) echo '-	-	directory
environment	e	environment
builder	-	text
dockerfile	-	file
build-arg	-	setting
tag	-	text
registry	-	text
force	f	-
no-append	-	-
jobs	j	number
output	o	+record +table
quiet	q	-
home	-	directory
debug	-	-
help	h	-
describe	-	-
version	-	-' ;;
    push) echo '-	-	directory
environment	e	environment
registry	-	text
plain-http	-	-
jobs	j	number
output	o	+record +table
quiet	q	-
home	-	directory
debug	-	-
help	h	-
describe	-	-
version	-	-' ;;
    release) echo '-	-	directory file
environment	e	environment
kube-context	-	context
namespace	-	namespace
engine	-	+helm +podman
set	-	setting
name	-	text
values	f	file
take-over	-	-
wait	-	-
no-wait	-	-
timeout	-	seconds
jobs	j	number
output	o	+record +table
quiet	q	-
home	-	directory
debug	-	-
help	h	-
describe	-	-
version	-	-' ;;
    tasks) echo '-	-	directory
environment	e	environment
kube-context	-	context
engine	-	+helm +podman
pre-up	-	-
post-deploy	-	-
post-up	-	-
cleanup	-	-
jobs	j	number
output	o	+record +table
quiet	q	-
home	-	directory
debug	-	-
help	h	-
describe	-	-
version	-	-' ;;
    remote) echo '-	-	directory
environment	e	environment
kube-context	-	context
namespace	-	namespace
to	-	text
token-file	-	file
no-push	-	-
no-release	-	-
registry	-	text
builder	-	text
build-arg	-	setting
tag	-	text
force	f	-
plain-http	-	-
engine	-	+helm +podman
set	-	setting
take-over	-	-
wait	-	-
no-wait	-	-
timeout	-	seconds
jobs	j	number
output	o	+record +table
quiet	q	-
home	-	directory
debug	-	-
help	h	-
describe	-	-
version	-	-' ;;
    create) echo '-	-	directory
app	a	text
pack	p	text
dry-run	-	-
environment	e	environment
jobs	j	number
output	o	+record +table
quiet	q	-
home	-	directory
debug	-	-
help	h	-
describe	-	-
version	-	-' ;;
    up) echo '-	-	directory
environment	e	environment
kube-context	-	context
engine	-	+helm +podman
watch	-	-
no-watch	-	-
auto-connect	-	-
no-auto-connect	-	-
sync	-	-
restart	-	-
skip-image-push	-	-
take-over	-	-
remote	-	text
no-remote	-	-
with	-	text
no-with	-	-
jobs	j	number
output	o	+record +table
quiet	q	-
home	-	directory
debug	-	-
help	h	-
describe	-	-
version	-	-' ;;
    logs) echo '-	-	text
application	a	release
follow	f	-
pods	-	-
previous	-	-
container	c	text
tail	-	number
environment	e	environment
kube-context	-	context
namespace	-	namespace
engine	-	+helm +podman
home	-	directory
debug	-	-
help	h	-
describe	-	-
version	-	-' ;;
    connect) echo '-	-	release directory
override-port	p	text
container	c	text
tail	-	number
no-logs	-	-
detach	-	-
dry-run	-	-
auto	-	-
environment	e	environment
kube-context	-	context
namespace	-	namespace
engine	-	+helm +podman
output	o	+record +table
quiet	q	-
home	-	directory
debug	-	-
help	h	-
describe	-	-
version	-	-' ;;
    list) echo '-	-	-
environment	e	environment
kube-context	-	context
namespace	-	namespace
engine	-	+helm +podman
all-namespaces	A	-
all	a	-
output	o	+record +table
quiet	q	-
home	-	directory
debug	-	-
help	h	-
describe	-	-
version	-	-' ;;
    status) echo '-	-	release directory
environment	e	environment
kube-context	-	context
namespace	-	namespace
engine	-	+helm +podman
jobs	j	number
output	o	+record +table
quiet	q	-
home	-	directory
debug	-	-
help	h	-
describe	-	-
version	-	-' ;;
    history) echo '-	-	release directory
environment	e	environment
kube-context	-	context
namespace	-	namespace
engine	-	+helm +podman
max	-	number
jobs	j	number
output	o	+record +table
quiet	q	-
home	-	directory
debug	-	-
help	h	-
describe	-	-
version	-	-' ;;
    redeploy) echo '-	-	release directory
environment	e	environment
kube-context	-	context
namespace	-	namespace
engine	-	+helm +podman
revision	-	number
chart	-	text
stored	-	-
values	f	file
set	-	setting
wait	-	-
no-wait	-	-
timeout	-	seconds
jobs	j	number
output	o	+record +table
quiet	q	-
home	-	directory
debug	-	-
help	h	-
describe	-	-
version	-	-' ;;
    delete) echo '-	-	release directory
environment	e	environment
kube-context	-	context
namespace	-	namespace
engine	-	+helm +podman
images	-	-
jobs	j	number
output	o	+record +table
quiet	q	-
home	-	directory
debug	-	-
help	h	-
describe	-	-
version	-	-' ;;
    target) echo '-	-	directory
environment	e	environment
kube-context	-	context
namespace	-	namespace
engine	-	+helm +podman
check	-	-
skip-image-push	-	-
take-over	-	-
remote	-	text
auto-connect	-	-
no-auto-connect	-	-
jobs	j	number
output	o	+record +table
quiet	q	-
home	-	directory
debug	-	-
help	h	-
describe	-	-
version	-	-' ;;
    params) echo '-	-	directory file
subcharts	-	-
write	-	file
schema	-	-
from	-	release
environment	e	environment
kube-context	-	context
namespace	-	namespace
engine	-	+helm +podman
output	o	+record +table
quiet	q	-
home	-	directory
debug	-	-
help	h	-
describe	-	-
version	-	-' ;;
    lint) echo '-	-	directory file
values	f	file
kube-version	-	text
fail-on	-	+error +warning +info +never
all	a	-
output	o	+record +table
quiet	q	-
home	-	directory
debug	-	-
help	h	-
describe	-	-
version	-	-' ;;
    package) echo '-	-	directory file
destination	d	directory
version	-	text
app-version	-	text
dependency-update	u	-
sign	-	-
key	-	text
keyring	-	file
passphrase-file	-	file
verify	-	-
jobs	j	number
output	o	+record +table
quiet	q	-
home	-	directory
debug	-	-
help	h	-
describe	-	-
version	-	-' ;;
    publish) echo '-	-	directory file
url	u	text
snapshot	-	-
release	-	-
sign	-	-
key	-	text
keyring	-	file
passphrase-file	-	file
jobs	j	number
output	o	+record +table
quiet	q	-
home	-	directory
debug	-	-
help	h	-
describe	-	-
version	-	-' ;;
    fetch) echo '-	-	file directory
destination	d	directory
untar	-	-
verify	-	-
keyring	-	file
jobs	j	number
output	o	+record +table
quiet	q	-
home	-	directory
debug	-	-
help	h	-
describe	-	-
version	-	-' ;;
    render) echo '-	-	directory file
name	-	text
namespace	n	namespace
values	f	file
set	-	setting
set-string	-	setting
set-json	-	setting
set-file	-	setting
set-literal	-	setting
show-only	s	text
include-crds	-	-
skip-tests	-	-
no-hooks	-	-
is-upgrade	-	-
skip-schema-validation	-	-
because	-	-
kube-version	-	text
api-versions	a	text
output	o	+record +table +yaml
quiet	q	-
home	-	directory
debug	-	-
help	h	-
describe	-	-
version	-	-' ;;
    repo) echo '-	-	text directory
-1	-	+add +list +rm +update +index +push +copy
credential	c	text
ca-file	-	file
cert-file	-	file
key-file	-	file
force-update	-	-
url	-	text
merge	-	file
keyring	-	file
output	o	+record +table
quiet	q	-
home	-	directory
debug	-	-
help	h	-
describe	-	-
version	-	-' ;;
    search) echo '-	-	text
regexp	r	-
version	-	text
versions	l	-
devel	-	-
output	o	+record +table
quiet	q	-
home	-	directory
debug	-	-
help	h	-
describe	-	-
version	-	-' ;;
    credential) echo '-	-	text
-1	-	+add +list +rm
username	u	text
output	o	+record +table
quiet	q	-
home	-	directory
debug	-	-
help	h	-
describe	-	-
version	-	-' ;;
    values) echo '-	-	release directory
environment	e	environment
kube-context	-	context
namespace	-	namespace
engine	-	+helm +podman
revision	-	number
write	w	file
quiet	q	-
home	-	directory
debug	-	-
help	h	-
describe	-	-
version	-	-' ;;
    manifest) echo '-	-	release directory
environment	e	environment
kube-context	-	context
namespace	-	namespace
engine	-	+helm +podman
revision	-	number
write	w	file
output	o	+record +yaml
quiet	q	-
home	-	directory
debug	-	-
help	h	-
describe	-	-
version	-	-' ;;
    charts) echo '-	-	-
environment	e	environment
kube-context	-	context
namespace	-	namespace
engine	-	+helm +podman
all-namespaces	A	-
output	o	+record +table
quiet	q	-
home	-	directory
debug	-	-
help	h	-
describe	-	-
version	-	-' ;;
    instances) echo '-	-	directory
environment	e	environment
kube-context	-	context
namespace	-	namespace
engine	-	+helm +podman
all-namespaces	A	-
deep	-	-
output	o	+record +table
quiet	q	-
home	-	directory
debug	-	-
help	h	-
describe	-	-
version	-	-' ;;
    test) echo '-	-	directory file release
kube-version	-	text
junit	-	file
environment	e	environment
kube-context	-	context
namespace	-	namespace
engine	-	+helm +podman
timeout	-	seconds
output	o	+record +table
quiet	q	-
home	-	directory
debug	-	-
help	h	-
describe	-	-
version	-	-' ;;
    env) echo '-	-	text
environments-file	f	file
all	-	-
list	l	-
check	-	-
output	o	+record +table
quiet	q	-
home	-	directory
debug	-	-
help	h	-
describe	-	-
version	-	-' ;;
    use) echo '-	-	text
environments-file	f	file
init	-	-
all	-	-
quiet	q	-
home	-	directory
debug	-	-
help	h	-
describe	-	-
version	-	-' ;;
    order) echo '-	-	-
output	o	+record +table
quiet	q	-
home	-	directory
debug	-	-
help	h	-
describe	-	-
version	-	-' ;;
    indent) echo '-	-	file
mapping	-	number
offset	-	number
quiet	q	-
home	-	directory
debug	-	-
help	h	-
describe	-	-
version	-	-' ;;
    yaml2json) echo '-	-	file
home	-	directory
debug	-	-
help	h	-
describe	-	-
version	-	-' ;;
    json2yaml) echo '-	-	file
home	-	directory
debug	-	-
help	h	-
describe	-	-
version	-	-' ;;
    trust) echo '-	-	directory
environment	e	environment
kube-context	-	context
engine	-	+helm +podman
environments-file	f	file
show	-	-
ask	-	-
revoke	-	-
list	-	-
home	-	directory
debug	-	-
help	h	-
describe	-	-
version	-	-' ;;
    init) echo '-	-	-
config	f	file
dry-run	-	-
quiet	q	-
kube-context	-	context
server	-	-
upgrade	-	-
uninstall	-	-
image	-	text
server-namespace	-	namespace
release-to	-	namespace
registry	-	text
plain-http	-	text
home	-	directory
debug	-	-
help	h	-
describe	-	-
version	-	-' ;;
    doctor) echo '-	-	directory
environment	e	environment
kube-context	-	context
namespace	-	namespace
engine	-	+helm +podman
output	o	+record +table
home	-	directory
debug	-	-
help	h	-
describe	-	-
version	-	-' ;;
    home) echo '-	-	-
prune	-	-
home	-	directory
debug	-	-
help	h	-
describe	-	-
version	-	-' ;;
    config) echo '-	-	+registry +builder +kube-context +engine +remote +with +credential-helper +exclusive +basedomain +disable-push-warning +resource-group-name
-1	-	+list +get +set +unset
home	-	directory
debug	-	-
help	h	-
describe	-	-
version	-	-' ;;
    version) echo '-	-	-
short	s	-
home	-	directory
debug	-	-
help	h	-
describe	-	-
version	-	-' ;;
    serve) echo '-	-	-
home	-	directory
debug	-	-
help	h	-
describe	-	-
version	-	-' ;;
    help) echo '-	-	command
home	-	directory
debug	-	-
help	h	-
describe	-	-
version	-	-' ;;
    commands) echo '-	-	-
names	-	-
paths	-	-
options	-	command
home	-	directory
debug	-	-
help	h	-
describe	-	-
version	-	-' ;;
    which) echo '-	-	command
home	-	directory
debug	-	-
help	h	-
describe	-	-
version	-	-' ;;
    dm) echo '-	-	text
home	-	directory
debug	-	-
help	h	-
describe	-	-
version	-	-' ;;
    line) echo '-	-	release directory
app	a	text
environment	e	environment
kube-context	-	context
namespace	-	namespace
jobs	j	number
output	o	+record +table
quiet	q	-
home	-	directory
debug	-	-
help	h	-
describe	-	-
version	-	-' ;;
    each) echo '-	-	directory
-1	-	text
environment	e	environment
jobs	j	number
output	o	+record +table
quiet	q	-
home	-	directory
debug	-	-
help	h	-
describe	-	-
version	-	-' ;;
    check-stage) echo '-	-	text
record	r	file
timeout	t	seconds
home	-	directory
debug	-	-
help	h	-
describe	-	-
version	-	-' ;;
    records) echo '-	-	+app +language +pack +scaffold +change +context +chart +package +publish +fetch +match +repository +credential +sync +image +push +values +order +triggers +resources +release +origin +use +tasks +connect +status +history +deletion +target +doctor +param +finding +test +object +failure
schema	-	-
home	-	directory
debug	-	-
help	h	-
describe	-	-
version	-	-' ;;
    *) timeout -k 1 2 draft commands --options "$1" 2>/dev/null </dev/null ;;
  esac
}
# end

__draft_environments() {
  sed -n 's/^[[:space:]]*\[environments\.\([A-Za-z0-9_-]*\)[].].*/\1/p' draft.toml 2>/dev/null | sort -u
}
__draft_contexts() { timeout -k 1 2 kubectl config get-contexts -o name 2>/dev/null </dev/null; }
__draft_releases() { # those of the place that the line names so far
  local at value
  local -a place=()
  for ((at = 1; at + 1 < COMP_CWORD; at++)); do
    case ${COMP_WORDS[at]} in
      -e | --environment | --kube-context | --namespace | --engine | --home)
        value=${COMP_WORDS[at + 1]}
        [[ $value != = ]] || value=${COMP_WORDS[at + 2]}
        place+=("${COMP_WORDS[at]}" "$value") ;;
    esac
  done
  if [[ ${__draft_asked-} != "$PWD ${place[*]}" ]] || ((SECONDS - __draft_asked_at >= 10)); then
    __draft_found=$(timeout -k 1 2 draft list -q -o record "${place[@]}" 2>/dev/null </dev/null |
      sed -n 's/^{"draft":[0-9]*,"app":{"name":"\([^"]*\)".*/\1/p')
    __draft_asked="$PWD ${place[*]}" __draft_asked_at=$SECONDS
  fi
}
# The lines of standard input that begin like the word and need no quotes.
__draft_add() {
  local line
  while IFS= read -r line; do
    if [[ $line == "$1"* && $line =~ ^[A-Za-z0-9][A-Za-z0-9._@:/+-]*$ ]]; then COMPREPLY+=("$line"); fi
  done
}
__draft_offer() { # WORD KIND...
  local word=$1 kind
  shift
  for kind; do
    case $kind in
      +*) __draft_add "$word" <<<"${kind#+}" ;;
      directory) mapfile -t -O ${#COMPREPLY[@]} COMPREPLY < <(compgen -d -- "$word") ;;
      file) mapfile -t -O ${#COMPREPLY[@]} COMPREPLY < <(compgen -f -- "$word") ;;
      # The names of plugins come from `draft commands --names`, which runs none of them.
      command) __draft_add "$word" < <(draft commands --names 2>/dev/null || printf '%s\n' $__draft_core) ;;
      environment) __draft_add "$word" < <(__draft_environments) ;;
      context) __draft_add "$word" < <(__draft_contexts) ;;
      release) __draft_releases; __draft_add "$word" <<<"$__draft_found" ;;
    esac
  done
}

_draft() {
  local word=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]} command='' index=0 name letter kinds
  local value='' first='' operand=file at
  local -a options=()
  COMPREPLY=()
  # `--output=record` is three words.
  if [[ $word == = ]]; then word=; elif [[ $previous == = ]]; then previous=${COMP_WORDS[COMP_CWORD - 2]}; fi
  if [[ ${COMP_WORDS[0]##*/} == draft-* ]]; then
    command=${COMP_WORDS[0]##*/}
    command=${command#draft-}
  else
    for ((index = 1; index < COMP_CWORD; index++)); do
      case ${COMP_WORDS[index]} in
        --home | --kube-context | -e | --environment)
          ((index++))
          [[ ${COMP_WORDS[index]} != = ]] || ((index++)) ;;
        -* | =) ;;
        *) command=${COMP_WORDS[index]}; break ;;
      esac
    done
    [[ -n $command ]] || operand='command'
  fi
  while IFS=$'\t' read -r name letter kinds _; do
    case $name in
      -) operand=$kinds ;;
      -1) first=$kinds ;;
      *)
        options+=("--$name")
        [[ $previous != "--$name" ]] || value=$kinds
        [[ $letter != - ]] || continue
        options+=("-$letter")
        [[ $previous != "-$letter" ]] || value=$kinds ;;
    esac
  done < <(__draft_lines "$command")
  if [[ -n $value && $value != - ]]; then
    __draft_offer "$word" $value
  elif [[ $word == -* ]]; then
    for name in "${options[@]}"; do [[ $name != "$word"* ]] || COMPREPLY+=("$name"); done
  else
    for ((at = index + 1; at < COMP_CWORD; at++)); do [[ ${COMP_WORDS[at]} == -* ]] || first=; done
    __draft_offer "$word" ${first:-$operand}
  fi
}

complete -o filenames -F _draft draft
for __draft_name in $__draft_core; do complete -o filenames -F _draft "draft-$__draft_name"; done
unset __draft_name

# Made by completions/generate from --help; do not edit.
__draft_core="detect scaffold watch pack sync build push release tasks remote create up logs connect list status history redeploy delete target trust init doctor home config version serve help commands which line each check-stage"
__draft_options() {
  case $1 in
    detect) echo "-p --pack -a --app -e --environment -j --jobs -o --output -q --quiet --home --debug -h --help --version" ;;
    scaffold) echo "-p --pack -a --app -e --environment --dry-run -j --jobs -o --output -q --quiet --home --debug -h --help --version" ;;
    watch) echo "-e --environment --watch-delay --auto -o --output -q --quiet --home --debug -h --help --version" ;;
    pack) echo "-e --environment --dockerfile --chart -j --jobs -o --output -q --quiet --home --debug -h --help --version" ;;
    sync) echo "-e --environment --kube-context --namespace --registry --set --restart --signal -j --jobs -o --output -q --quiet --home --debug -h --help --version" ;;
    build) echo "-e --environment --builder --dockerfile --build-arg --tag --registry -f --force --no-append -j --jobs -o --output -q --quiet --home --debug -h --help --version" ;;
    push) echo "-e --environment --registry --plain-http -j --jobs -o --output -q --quiet --home --debug -h --help --version" ;;
    release) echo "-e --environment --kube-context --namespace --engine --set --take-over --wait --no-wait --timeout -j --jobs -o --output -q --quiet --home --debug -h --help --version" ;;
    tasks) echo "-e --environment --kube-context --engine --pre-up --post-deploy --post-up --cleanup -j --jobs -o --output -q --quiet --home --debug -h --help --version" ;;
    remote) echo "-e --environment --kube-context --to --namespace --token-file --no-push --no-release --registry --builder --build-arg --tag -f --force --plain-http --engine --set --take-over --wait --no-wait --timeout -j --jobs -o --output -q --quiet --home --debug -h --help --version" ;;
    create) echo "-a --app -p --pack --dry-run -e --environment -j --jobs -o --output -q --quiet --home --debug -h --help --version" ;;
    up) echo "-e --environment --kube-context --engine --watch --no-watch --auto-connect --no-auto-connect --sync --restart --skip-image-push --take-over --remote --no-remote --with --no-with -j --jobs -o --output -q --quiet --home --debug -h --help --version" ;;
    logs) echo "-a --application -f --follow --pods --previous -c --container --tail -e --environment --namespace --kube-context --engine --home --debug -h --help --version" ;;
    connect) echo "-p --override-port -c --container --tail --no-logs --detach --dry-run --auto -e --environment --namespace --kube-context --engine -o --output -q --quiet --home --debug -h --help --version" ;;
    list) echo "-e --environment --kube-context --namespace -A --all-namespaces -a --all --engine -o --output -q --quiet --home --debug -h --help --version" ;;
    status) echo "-e --environment --kube-context --namespace --engine -j --jobs -o --output -q --quiet --home --debug -h --help --version" ;;
    history) echo "-e --environment --kube-context --namespace --engine --max -j --jobs -o --output -q --quiet --home --debug -h --help --version" ;;
    redeploy) echo "-e --environment --kube-context --namespace --engine --revision -f --values --set --wait --no-wait --timeout -j --jobs -o --output -q --quiet --home --debug -h --help --version" ;;
    delete) echo "-e --environment --kube-context --namespace --engine --images -j --jobs -o --output -q --quiet --home --debug -h --help --version" ;;
    target) echo "-e --environment --kube-context --namespace --engine --check --skip-image-push --take-over --remote --auto-connect --no-auto-connect -j --jobs -o --output -q --quiet --home --debug -h --help --version" ;;
    trust) echo "-e --environment --kube-context --engine --show --ask --revoke --list --home --debug -h --help --version" ;;
    init) echo "-f --config --dry-run -q --quiet --kube-context --server --upgrade --uninstall --image --server-namespace --release-to --registry --plain-http --home --debug -h --help --version" ;;
    doctor) echo "-e --environment --kube-context --namespace --engine -o --output --home --debug -h --help --version" ;;
    home) echo "--prune --home --debug -h --help --version" ;;
    config) echo "--home --debug -h --help --version" ;;
    version) echo "-s --short --home --debug -h --help --version" ;;
    serve) echo "--home --debug -h --help --version" ;;
    help) echo "--home --debug -h --help --version" ;;
    commands) echo "--names --paths --home --debug -h --help --version" ;;
    which) echo "--home --debug -h --help --version" ;;
    line) echo "-a --app -e --environment --kube-context --namespace -j --jobs -o --output -q --quiet --home --debug -h --help --version" ;;
    each) echo "-e --environment -j --jobs -o --output -q --quiet --home --debug -h --help --version" ;;
    check-stage) echo "-r --record -t --timeout --home --debug -h --help --version" ;;
  esac
}
# What the value of an option is: nothing for a switch.
__draft_value() {
  case $1$2 in
    detect--pack | detect-p) echo "NAME" ;;
    detect--app | detect-a) echo "NAME" ;;
    detect--environment | detect-e) echo "NAME" ;;
    detect--jobs | detect-j) echo "NUMBER" ;;
    detect--output | detect-o) echo "record|table" ;;
    detect--home) echo "DIRECTORY" ;;
    scaffold--pack | scaffold-p) echo "NAME" ;;
    scaffold--app | scaffold-a) echo "NAME" ;;
    scaffold--environment | scaffold-e) echo "NAME" ;;
    scaffold--jobs | scaffold-j) echo "NUMBER" ;;
    scaffold--output | scaffold-o) echo "record|table" ;;
    scaffold--home) echo "DIRECTORY" ;;
    watch--environment | watch-e) echo "NAME" ;;
    watch--watch-delay) echo "SECONDS" ;;
    watch--output | watch-o) echo "record|table" ;;
    watch--home) echo "DIRECTORY" ;;
    pack--environment | pack-e) echo "NAME" ;;
    pack--dockerfile) echo "PATH" ;;
    pack--chart) echo "PATH" ;;
    pack--jobs | pack-j) echo "NUMBER" ;;
    pack--output | pack-o) echo "record|table" ;;
    pack--home) echo "DIRECTORY" ;;
    sync--environment | sync-e) echo "NAME" ;;
    sync--kube-context) echo "NAME" ;;
    sync--namespace) echo "NAME" ;;
    sync--registry) echo "HOST[/PATH]" ;;
    sync--set) echo "KEY=VALUE" ;;
    sync--signal) echo "HUP|USR1|USR2|WINCH" ;;
    sync--jobs | sync-j) echo "NUMBER" ;;
    sync--output | sync-o) echo "record|table" ;;
    sync--home) echo "DIRECTORY" ;;
    build--environment | build-e) echo "NAME" ;;
    build--builder) echo "NAME" ;;
    build--dockerfile) echo "PATH" ;;
    build--build-arg) echo "NAME=VALUE" ;;
    build--tag) echo "TAG" ;;
    build--registry) echo "HOST[/PATH]" ;;
    build--jobs | build-j) echo "NUMBER" ;;
    build--output | build-o) echo "record|table" ;;
    build--home) echo "DIRECTORY" ;;
    push--environment | push-e) echo "NAME" ;;
    push--registry) echo "HOST[/PATH]" ;;
    push--jobs | push-j) echo "NUMBER" ;;
    push--output | push-o) echo "record|table" ;;
    push--home) echo "DIRECTORY" ;;
    release--environment | release-e) echo "NAME" ;;
    release--kube-context) echo "NAME" ;;
    release--namespace) echo "NAME" ;;
    release--engine) echo "helm|podman" ;;
    release--set) echo "KEY=VALUE" ;;
    release--timeout) echo "SECONDS" ;;
    release--jobs | release-j) echo "NUMBER" ;;
    release--output | release-o) echo "record|table" ;;
    release--home) echo "DIRECTORY" ;;
    tasks--environment | tasks-e) echo "NAME" ;;
    tasks--kube-context) echo "NAME" ;;
    tasks--engine) echo "helm|podman" ;;
    tasks--jobs | tasks-j) echo "NUMBER" ;;
    tasks--output | tasks-o) echo "record|table" ;;
    tasks--home) echo "DIRECTORY" ;;
    remote--environment | remote-e) echo "NAME" ;;
    remote--kube-context) echo "NAME" ;;
    remote--to) echo "PLACE" ;;
    remote--namespace) echo "NAME" ;;
    remote--token-file) echo "FILE" ;;
    remote--registry) echo "HOST[/PATH]" ;;
    remote--builder) echo "NAME" ;;
    remote--build-arg) echo "NAME=VALUE" ;;
    remote--tag) echo "TAG" ;;
    remote--engine) echo "helm|podman" ;;
    remote--set) echo "KEY=VALUE" ;;
    remote--timeout) echo "SECONDS" ;;
    remote--jobs | remote-j) echo "NUMBER" ;;
    remote--output | remote-o) echo "record|table" ;;
    remote--home) echo "DIRECTORY" ;;
    create--app | create-a) echo "NAME" ;;
    create--pack | create-p) echo "NAME" ;;
    create--environment | create-e) echo "NAME" ;;
    create--jobs | create-j) echo "NUMBER" ;;
    create--output | create-o) echo "record|table" ;;
    create--home) echo "DIRECTORY" ;;
    up--environment | up-e) echo "NAME" ;;
    up--kube-context) echo "NAME" ;;
    up--engine) echo "helm|podman" ;;
    up--remote) echo "PLACE" ;;
    up--with) echo "NAME@STAGE" ;;
    up--jobs | up-j) echo "NUMBER" ;;
    up--output | up-o) echo "record|table" ;;
    up--home) echo "DIRECTORY" ;;
    logs--application | logs-a) echo "NAME" ;;
    logs--container | logs-c) echo "NAME" ;;
    logs--tail) echo "NUMBER" ;;
    logs--environment | logs-e) echo "NAME" ;;
    logs--namespace) echo "NAME" ;;
    logs--kube-context) echo "NAME" ;;
    logs--engine) echo "helm|podman" ;;
    logs--home) echo "DIRECTORY" ;;
    connect--override-port | connect-p) echo "LOCAL:REMOTE" ;;
    connect--container | connect-c) echo "NAME" ;;
    connect--tail) echo "NUMBER" ;;
    connect--environment | connect-e) echo "NAME" ;;
    connect--namespace) echo "NAME" ;;
    connect--kube-context) echo "NAME" ;;
    connect--engine) echo "helm|podman" ;;
    connect--output | connect-o) echo "record|table" ;;
    connect--home) echo "DIRECTORY" ;;
    list--environment | list-e) echo "NAME" ;;
    list--kube-context) echo "NAME" ;;
    list--namespace) echo "NAME" ;;
    list--engine) echo "helm|podman" ;;
    list--output | list-o) echo "record|table" ;;
    list--home) echo "DIRECTORY" ;;
    status--environment | status-e) echo "NAME" ;;
    status--kube-context) echo "NAME" ;;
    status--namespace) echo "NAME" ;;
    status--engine) echo "helm|podman" ;;
    status--jobs | status-j) echo "NUMBER" ;;
    status--output | status-o) echo "record|table" ;;
    status--home) echo "DIRECTORY" ;;
    history--environment | history-e) echo "NAME" ;;
    history--kube-context) echo "NAME" ;;
    history--namespace) echo "NAME" ;;
    history--engine) echo "helm|podman" ;;
    history--max) echo "NUMBER" ;;
    history--jobs | history-j) echo "NUMBER" ;;
    history--output | history-o) echo "record|table" ;;
    history--home) echo "DIRECTORY" ;;
    redeploy--environment | redeploy-e) echo "NAME" ;;
    redeploy--kube-context) echo "NAME" ;;
    redeploy--namespace) echo "NAME" ;;
    redeploy--engine) echo "helm|podman" ;;
    redeploy--revision) echo "NUMBER" ;;
    redeploy--values | redeploy-f) echo "FILE" ;;
    redeploy--set) echo "KEY=VALUE" ;;
    redeploy--timeout) echo "SECONDS" ;;
    redeploy--jobs | redeploy-j) echo "NUMBER" ;;
    redeploy--output | redeploy-o) echo "record|table" ;;
    redeploy--home) echo "DIRECTORY" ;;
    delete--environment | delete-e) echo "NAME" ;;
    delete--kube-context) echo "NAME" ;;
    delete--namespace) echo "NAME" ;;
    delete--engine) echo "helm|podman" ;;
    delete--jobs | delete-j) echo "NUMBER" ;;
    delete--output | delete-o) echo "record|table" ;;
    delete--home) echo "DIRECTORY" ;;
    target--environment | target-e) echo "NAME" ;;
    target--kube-context) echo "NAME" ;;
    target--namespace) echo "NAME" ;;
    target--engine) echo "helm|podman" ;;
    target--remote) echo "PLACE" ;;
    target--jobs | target-j) echo "NUMBER" ;;
    target--output | target-o) echo "record|table" ;;
    target--home) echo "DIRECTORY" ;;
    trust--environment | trust-e) echo "NAME" ;;
    trust--kube-context) echo "NAME" ;;
    trust--engine) echo "helm|podman" ;;
    trust--home) echo "DIRECTORY" ;;
    init--config | init-f) echo "FILE" ;;
    init--kube-context) echo "NAME" ;;
    init--image) echo "IMAGE" ;;
    init--server-namespace) echo "NAME" ;;
    init--release-to) echo "NAMESPACE" ;;
    init--registry) echo "HOST[/PATH]" ;;
    init--plain-http) echo "HOST" ;;
    init--home) echo "DIRECTORY" ;;
    doctor--environment | doctor-e) echo "NAME" ;;
    doctor--kube-context) echo "NAME" ;;
    doctor--namespace) echo "NAME" ;;
    doctor--engine) echo "helm|podman" ;;
    doctor--output | doctor-o) echo "record|table" ;;
    doctor--home) echo "DIRECTORY" ;;
    home--home) echo "DIRECTORY" ;;
    config--home) echo "DIRECTORY" ;;
    version--home) echo "DIRECTORY" ;;
    serve--home) echo "DIRECTORY" ;;
    help--home) echo "DIRECTORY" ;;
    commands--home) echo "DIRECTORY" ;;
    which--home) echo "DIRECTORY" ;;
    line--app | line-a) echo "NAME" ;;
    line--environment | line-e) echo "NAME" ;;
    line--kube-context) echo "NAME" ;;
    line--namespace) echo "NAME" ;;
    line--jobs | line-j) echo "NUMBER" ;;
    line--output | line-o) echo "record|table" ;;
    line--home) echo "DIRECTORY" ;;
    each--environment | each-e) echo "NAME" ;;
    each--jobs | each-j) echo "NUMBER" ;;
    each--output | each-o) echo "record|table" ;;
    each--home) echo "DIRECTORY" ;;
    check-stage--record | check-stage-r) echo "FILE" ;;
    check-stage--timeout | check-stage-t) echo "SECONDS" ;;
    check-stage--home) echo "DIRECTORY" ;;
  esac
}
__draft_operands() {
  case $1 in
    detect) echo directories ;;
    scaffold) echo directories ;;
    watch) echo directories ;;
    pack) echo directories ;;
    sync) echo directories ;;
    build) echo directories ;;
    push) echo directories ;;
    release) echo directories ;;
    tasks) echo directories ;;
    remote) echo directories ;;
    create) echo directories ;;
    up) echo directories ;;
    logs) echo none ;;
    connect) echo directories ;;
    list) echo none ;;
    status) echo directories ;;
    history) echo directories ;;
    redeploy) echo directories ;;
    delete) echo directories ;;
    target) echo directories ;;
    trust) echo none ;;
    init) echo none ;;
    doctor) echo none ;;
    home) echo none ;;
    config) echo keys ;;
    version) echo none ;;
    serve) echo none ;;
    help) echo names ;;
    commands) echo none ;;
    which) echo names ;;
    line) echo directories ;;
    each) echo directories ;;
    check-stage) echo directories ;;
  esac
}
# The names of plugins come from `draft commands --names`, which runs none of them.
__draft_names() { draft commands --names 2>/dev/null || echo "$__draft_core"; }

_draft() {
  local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]} command= index value
  COMPREPLY=()
  if [[ ${COMP_WORDS[0]##*/} == draft-* ]]; then
    command=${COMP_WORDS[0]##*/} index=0
    command=${command#draft-}
  else
    for ((index = 1; index < COMP_CWORD; index++)); do
      case ${COMP_WORDS[index]} in
        --home | --kube-context | -e | --environment) ((index++)) ;;
        -*) ;;
        *) command=${COMP_WORDS[index]}; break ;;
      esac
    done
  fi
  if [[ -z $command ]]; then
    case $previous in
      --home) mapfile -t COMPREPLY < <(compgen -d -- "$current"); return ;;
      --kube-context | -e | --environment) return ;;
    esac
    if [[ $current == -* ]]; then
      mapfile -t COMPREPLY < <(compgen -W '--home --debug --kube-context -e --environment --help --version' -- "$current")
    else
      mapfile -t COMPREPLY < <(compgen -W "$(__draft_names)" -- "$current")
    fi
    return
  fi
  value=
  ((COMP_CWORD - 1 == index)) || value=$(__draft_value "$command" "$previous")
  case $value in
    '') ;;
    DIRECTORY) mapfile -t COMPREPLY < <(compgen -d -- "$current"); return ;;
    *'|'*) mapfile -t COMPREPLY < <(compgen -W "${value//|/ }" -- "$current"); return ;;
    *) return ;;
  esac
  if [[ $current == -* ]]; then
    mapfile -t COMPREPLY < <(compgen -W "$(__draft_options "$command")" -- "$current")
  else
    case $(__draft_operands "$command") in
      directories) mapfile -t COMPREPLY < <(compgen -d -- "$current") ;;
      names) mapfile -t COMPREPLY < <(compgen -W "$(__draft_names)" -- "$current") ;;
      keys) ((COMP_CWORD - 1 != index)) || mapfile -t COMPREPLY < <(compgen -W 'list get set unset' -- "$current") ;;
      none) ;;
      *) mapfile -t COMPREPLY < <(compgen -f -- "$current") ;;
    esac
  fi
}
complete -o filenames -F _draft draft draft-detect draft-scaffold draft-watch draft-pack draft-sync draft-build draft-push draft-release draft-tasks draft-remote draft-create draft-up draft-logs draft-connect draft-list draft-status draft-history draft-redeploy draft-delete draft-target draft-trust draft-init draft-doctor draft-home draft-config draft-version draft-serve draft-help draft-commands draft-which draft-line draft-each draft-check-stage

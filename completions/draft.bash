# Made by completions/generate from --help; do not edit.
__draft_core="detect scaffold watch pack build push release create up home config version help commands which"
__draft_options() {
  case $1 in
    detect) echo "-p --pack -a --app -e --environment -j --jobs -o --output -q --quiet --home --debug -h --help --version" ;;
    scaffold) echo "-p --pack -a --app -e --environment --dry-run -j --jobs -o --output -q --quiet --home --debug -h --help --version" ;;
    watch) echo "-e --environment --watch-delay --auto -o --output -q --quiet --home --debug -h --help --version" ;;
    pack) echo "-e --environment --dockerfile --chart -j --jobs -o --output -q --quiet --home --debug -h --help --version" ;;
    build) echo "-e --environment --builder --dockerfile --build-arg --tag --registry -f --force --no-append -j --jobs -o --output -q --quiet --home --debug -h --help --version" ;;
    push) echo "-e --environment --registry --plain-http -j --jobs -o --output -q --quiet --home --debug -h --help --version" ;;
    release) echo "-e --environment --kube-context --namespace --engine --set --wait --no-wait --timeout -j --jobs -o --output -q --quiet --home --debug -h --help --version" ;;
    create) echo "-a --app -p --pack --dry-run -e --environment -j --jobs -o --output -q --quiet --home --debug -h --help --version" ;;
    up) echo "-e --environment --kube-context --watch --no-watch --skip-image-push -j --jobs -o --output -q --quiet --home --debug -h --help --version" ;;
    home) echo "--home --debug -h --help --version" ;;
    config) echo "--home --debug -h --help --version" ;;
    version) echo "-s --short --home --debug -h --help --version" ;;
    help) echo "--home --debug -h --help --version" ;;
    commands) echo "--names --paths --home --debug -h --help --version" ;;
    which) echo "--home --debug -h --help --version" ;;
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
    create--app | create-a) echo "NAME" ;;
    create--pack | create-p) echo "NAME" ;;
    create--environment | create-e) echo "NAME" ;;
    create--jobs | create-j) echo "NUMBER" ;;
    create--output | create-o) echo "record|table" ;;
    create--home) echo "DIRECTORY" ;;
    up--environment | up-e) echo "NAME" ;;
    up--kube-context) echo "NAME" ;;
    up--jobs | up-j) echo "NUMBER" ;;
    up--output | up-o) echo "record|table" ;;
    up--home) echo "DIRECTORY" ;;
    home--home) echo "DIRECTORY" ;;
    config--home) echo "DIRECTORY" ;;
    version--home) echo "DIRECTORY" ;;
    help--home) echo "DIRECTORY" ;;
    commands--home) echo "DIRECTORY" ;;
    which--home) echo "DIRECTORY" ;;
  esac
}
__draft_operands() {
  case $1 in
    detect) echo directories ;;
    scaffold) echo directories ;;
    watch) echo directories ;;
    pack) echo directories ;;
    build) echo directories ;;
    push) echo directories ;;
    release) echo directories ;;
    create) echo directories ;;
    up) echo directories ;;
    home) echo none ;;
    config) echo keys ;;
    version) echo none ;;
    help) echo names ;;
    commands) echo none ;;
    which) echo names ;;
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
complete -o filenames -F _draft draft draft-detect draft-scaffold draft-watch draft-pack draft-build draft-push draft-release draft-create draft-up draft-home draft-config draft-version draft-help draft-commands draft-which

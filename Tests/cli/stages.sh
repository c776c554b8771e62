# Sourced by the tests of create and up: `install_stages DIR` creates a draft whose stages are scripts that print
# their arguments and behave as FAKE_<stage> says, so that every way in which a stage can end is tested.
# shellcheck shell=sh
install_stages() {
  mkdir -p "$1/bin" "$1/share/draft"
  cp "$DRAFT_BIN"/draft "$DRAFT_BIN"/draft-create "$DRAFT_BIN"/draft-up "$1/bin"
  cp "$root/Sources/draft/commands" "$root"/Sources/draft/*.sh "$root"/Sources/draft/*.awk "$1/share/draft"
  cat >"$1/bin/stage" <<'END'
#!/bin/sh
# A stage: directories after --, else records; adds its own member.
me=${0##*/draft-}
echo "$me $*" >>"$CALLS"
eval "do=\${FAKE_$me-}"
eval "$do"
directories=
while [ $# -gt 0 ]; do if [ "$1" = -- ]; then shift; directories=yes; break; fi; shift; done
if [ -n "$directories" ] && [ $# -gt 0 ]; then
  for directory; do printf '{"draft":1,"app":{"name":"%s"},"%s":{}}\n' "$directory" "$me"; done
else
  while IFS= read -r line; do printf '%s,"%s":{}}\n' "${line%\}}" "$me"; done
fi
exit "${code:-0}"
END
  chmod +x "$1/bin/stage"
  for stage in detect scaffold tasks target watch pack build push release remote connect; do
    cp "$1/bin/stage" "$1/bin/draft-$stage"
  done
  # Asked before the pipe; see the test of draft-trust.
  printf '#!/bin/sh\neval "${FAKE_trust-}"\n' >"$1/bin/draft-trust"
  chmod +x "$1/bin/draft-trust"
}

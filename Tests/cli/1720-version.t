#!/bin/sh
# draft-version: the version of draft.
. "$(dirname "$0")/lib.sh"

version=$(sed -n 's/^public let draftVersion = "\(.*\)"$/\1/p' "$root/Sources/Command/Version.swift")
like "the source has a version" "$version" '[0-9]*.[0-9]*.[0-9]*'
is "plain" "$(draft-version)" "draft $version"
is "-s" "$(draft-version -s)" "v$version"
is "--short" "$(draft-version --short)" "v$version"
is "--version" "$(draft-version --version)" "draft-version $version"
exits 64 "no operand" draft-version x
is "no operand, nothing on standard output" "$(cat "$out")" ""
status=0; draft-version >/dev/full 2>"$err" || status=$?
is "a full disk" "$status" 74
finish

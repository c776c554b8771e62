#!/bin/sh
# The seven steps of HACKING.md, followed in a copy of the tree: a new command appears in help, and the tests of the
# manual, the completions and the protocol find it by themselves. It is linked with the compiled objects of
# draft-each, which uses the same libraries; nothing else is built again.
# shellcheck disable=SC2016 # the Makefile's
. "$(dirname "$0")/lib.sh"
built=
for kind in debug release; do
  # The one that the commands under test are from, if there are both.
  if [ -f "$root/.build/$kind/draft-each.product/Objects.LinkFileList" ]; then built=$root/.build/$kind; fi
  case $kind-$DRAFT_BIN in debug-*/draft-debug/bin) break ;; esac
done
if [ -z "$built" ] || ! command -v swiftc >/dev/null; then
  skip 'a new command in seven steps' 'there is no build in .build, or no swiftc'
  finish
  exit
fi
steps=$(grep -cE '^[0-9]\. ' "$root/HACKING.md")
is 'HACKING.md has seven steps' "$steps" 7

mkdir -p tree/.build/debug
for part in Makefile Package.swift HACKING.md Sources Tests man completions packs; do cp -r "$root/$part" tree; done
cd tree || exit 1

# 1. A line in the list.
echo 'hello swift loop greet an application' >>Sources/draft/commands
# 2. Entry and target.
mkdir Sources/draft-hello
cat >Sources/draft-hello/Entry.swift <<'END'
// Reads: app. Writes: hello.
import Command
import Records
import Settings

@main struct Entry {
  static func main() {
    Command(
      name: "draft-hello", summary: "greet an application", operands: "[DIRECTORY...]",
      reads: "records with 'app', or directories",
      writes: "the same records, with 'hello'", options: [.environment, Option("loudly", help: "greet loudly")],
      examples: ["draft line */ | draft hello | jq -r .hello"]
    ).runStage(begin: Project.begin) { record, call in
      let greeting = "hello, \(try record.required(App.self).name)"
      record.set("hello", to: .string(call.arguments.has("loudly") ? greeting.uppercased() : greeting))
    }
  }
}
END
target='.executableTarget(name: "draft-hello", dependencies: ["Records", "Command", "Settings"]),'
sed -i "s/^    \.executableTarget(name: \"draft-each\".*/&\n    $target/" Package.swift
ok 'the target is in Package.swift' grep -q 'name: "draft-hello"' Package.swift
# The C modules that the libraries use and this command does not.
set -- -I "$built/Modules"
for map in "$built"/C*.build/module.modulemap; do set -- "$@" -Xcc "-fmodule-map-file=$map"; done
for map in "$root"/Sources/C*/module.modulemap; do set -- "$@" -Xcc "-fmodule-map-file=$map"; done
grep -v '/draft_each\.build/' "$built/draft-each.product/Objects.LinkFileList" >objects
ok 'it compiles' swiftc -parse-as-library -module-name draft_hello \
  "$@" Sources/draft-hello/Entry.swift @objects -o .build/debug/draft-hello \
  -Xlinker -l:libyaml.a -Xlinker -lstdc++ -Xlinker -ldl
# 3, 4. It does one line of work, which needs no library and cannot fail.
# 5. The manual page; its options are filled in below.
cat >man/draft-hello.1 <<'END'
.Dd November 30, 2026
.Dt DRAFT-HELLO 1
.Os draft
.Sh NAME
.Nm draft-hello
.Nd greet an application
.Sh SYNOPSIS
.Nm
.Op Fl e Ar name
.Op Fl -loudly
.Op Ar directory ...
.Sh DESCRIPTION
.Nm
reads records and adds the member
.Li hello .
.Sh OPTIONS
.Bl -tag -width Ds
.El
.Sh EXIT STATUS
See
.Xr draft 7 .
.Sh EXAMPLES
Greet them all:
.Bd -literal
$ draft line */ | draft hello | jq -r .hello
.Ed
.Pp
One, loudly:
.Bd -literal
$ draft hello --loudly . | jq -r .hello
.Ed
.Sh SEE ALSO
.Xr draft-line 1 ,
.Xr draft 7
END
# 6. Its test.
cat >Tests/cli/1050-hello.t <<'END'
#!/bin/sh
# draft-hello: greets an application.
. "$(dirname "$0")/lib.sh"
mkdir web
is 'hello: it greets' "$(draft hello web | jq -r .hello)" 'hello, web'
is 'hello: with --loud' "$(draft-line web | draft-hello --loudly | jq -r .hello)" 'HELLO, WEB'
finish
END

# What `make debug` does except compiling: the Makefile copies the commands in the list.
# shellcheck disable=SC2013 # words
for command in $(awk '!/^#/ && $2 == "swift" { print $1 }' Sources/draft/commands); do
  [ -x ".build/debug/draft-$command" ] ||
    printf '#!/bin/sh\nexec "%s/draft-%s" "$@"\n' "$DRAFT_BIN" "$command" >".build/debug/draft-$command"
done
chmod +x .build/debug/draft-*
ok 'make debug' make debug SWIFT=:
export DRAFT_BIN="$PWD/.build/draft-debug/bin"
PATH=$DRAFT_BIN:$PATH
ok 'man/generate' man/generate "$DRAFT_BIN"
ok 'its options are on the page' grep -q '^\.It Fl -loudly$' man/draft-hello.1
# 7. Completions, and the checks.
ok 'completions/generate' completions/generate "$DRAFT_BIN"
for file in draft.bash _draft draft.fish; do ok "it is in $file" grep -q 'loudly' "completions/$file"; done
like 'it is in the list of draft help' "$(draft help)" '*  hello *greet an application*'
exits 0 'draft help opens its page' draft help hello
like '… which has the command' "$(cat "$out")" '*draft-hello*greet an application*'
checked() { # TEST [NAME]: a test of the copy
  run sh "Tests/cli/$1" ${2:+"$2"}
  is "$1: passes" "$status $(grep -A 5 '^not ok' "$out")" '0 '
  ok "$1: … and tests draft-hello" grep -q '^ok .*hello' "$out"
}
checked 0000-protocol.t hello
checked 0200-manual.t hello
checked 1050-hello.t
mv man/draft-hello.1 page
sed 's/--loudly/--softly/; s/-loudly/-softly/' page >man/draft-hello.1
run sh Tests/cli/0200-manual.t hello
like '… and fails for a wrong page' "$(grep '^not ok' "$out")" '*draft-hello.1 is up to date: run man/generate*'
finish
